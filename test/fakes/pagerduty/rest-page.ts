import { json, restError, type Answer } from './answers';

const PAGE = 25;
const LARGEST_PAGE = 100;
const LAST_ROW = 10_000;

/**
 * Answers with the rows of a list that are asked for (PagerDuty docs, REST API v2, "Pagination"). That a larger limit
 * counts as 100, and the text about rows beyond 10 000, are unverified.
 */
export function page<T>(name: string, rows: readonly T[], params: URLSearchParams, show: (row: T) => object): Answer {
  const limit = Math.min(LARGEST_PAGE, readNumber(params, 'limit') ?? PAGE);
  const offset = readNumber(params, 'offset') ?? 0;
  if (offset + limit > LAST_ROW)
    return restError(400, 2001, 'Invalid Input Provided', ['Offset plus limit must be at most 10000.']);
  const shown = rows.slice(offset, offset + limit).map(show);
  return json(200, { [name]: shown, limit, offset, total: null, more: offset + limit < rows.length });
}

function readNumber(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name) ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
