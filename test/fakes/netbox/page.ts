import { readInt } from './params';

/** PAGINATE_COUNT of NetBox: rows on a page for which no usable limit is given. */
const PAGE = 50;

/** What NetBox refuses with 400 and a bare list of messages. */
export class BadPageError extends Error {}

/** Which rows of a list are asked for. */
export type Window =
  | { readonly kind: 'offset'; readonly limit: number; readonly offset: number }
  | { readonly kind: 'cursor'; readonly limit: number; readonly start: number };

/** Reads `limit`, `offset` and, where there are cursors, `start`. */
export function readWindow(params: URLSearchParams, maxPageSize: number, cursor: boolean): Window {
  const limit = readLimit(params.get('limit'), maxPageSize);
  if (!cursor || !params.has('start'))
    return { kind: 'offset', limit, offset: Math.max(0, readInt(params.get('offset')) ?? 0) };
  const start = readInt(params.get('start'));
  if (start === undefined || start < 0)
    throw new BadPageError("Invalid 'start' parameter: must be a non-negative integer.");
  if (params.has('offset')) throw new BadPageError("'start' and 'offset' are mutually exclusive.");
  if (params.has('ordering'))
    throw new BadPageError('Ordering cannot be specified in conjunction with cursor-based pagination.');
  return { kind: 'cursor', limit, start };
}

/** A page of a list and the addresses of its neighbours. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Null when paged by cursor. */
  readonly count: number | null;
  readonly next: string | null;
  readonly previous: string | null;
}

/** Cuts the page out of all rows; those for a cursor are in the order of their ids. */
export function cutPage<T extends { readonly id: number }>(rows: readonly T[], window: Window, url: URL): Page<T> {
  const { limit } = window;
  if (window.kind === 'cursor') {
    const first = firstFrom(rows, window.start);
    const page = rows.slice(first, first + limit);
    const next = page.length < limit ? null : link(url, { start: page.at(-1)!.id + 1, limit });
    return { rows: page, count: null, next, previous: null };
  }
  const { offset } = window;
  const page = rows.slice(offset, offset + limit);
  const next = offset + limit < rows.length ? link(url, { offset: offset + limit, limit }) : null;
  const previous = offset > 0 ? link(url, { offset: offset > limit ? offset - limit : undefined, limit }) : null;
  return { rows: page, count: rows.length, next, previous };
}

function readLimit(text: string | null, maxPageSize: number): number {
  const limit = readInt(text);
  if (limit === undefined || limit < 0) return Math.min(PAGE, maxPageSize);
  return limit === 0 ? maxPageSize : Math.min(limit, maxPageSize);
}

/** The place of the first row whose id is not below; ids grow. */
function firstFrom(rows: readonly { readonly id: number }[], id: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same address with other parameters, which are then sorted. */
function link(url: URL, changes: Readonly<Record<string, number | undefined>>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.searchParams.delete(name);
    else next.searchParams.set(name, String(value));
  }
  next.searchParams.sort();
  return next.href;
}
