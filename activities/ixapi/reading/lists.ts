import type { RawRow } from '../../../store/ixapi/reading/raw';
import type { IxapiAnswer } from '../client';
import { badAnswer } from '../errors';
import type { Parameters } from '../http/url';

/**
 * Asks one exchange for a path; undefined: it knows no such thing. `before`: the digest of the answer of before, if it is
 * known; where the same comes again, it costs less.
 */
export type Get = (path: string, parameters: Parameters, before?: string) => Promise<IxapiAnswer | undefined>;

/** A page of a list, as it came; `isLast`: there is nothing behind it. */
export interface Page {
  readonly rows: readonly RawRow[];
  readonly isLast: boolean;
}

/** Exchanges answer fewer where that is too many. */
const ROWS_OF_PAGE = 1000;
/** More than an exchange has of anything that is read whole: a list that goes on has no end. */
const MOST_ROWS = 100_000;

/** What came as a row; an id that is a number is read as a text. Undefined: it is none. */
function toRow(value: unknown): RawRow | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id } = value as { readonly id?: unknown };
  if (Number.isSafeInteger(id)) return { ...value, id: String(id) };
  return typeof id === 'string' && id !== '' ? (value as RawRow) : undefined;
}

/**
 * Reads the page of a list that begins with row `start`. 206 says that there is more, 200 that this is all (2.7.1); a
 * version without pages ignores what asks for them and answers 200 with the whole list (2.1.0).
 */
export async function readPage(get: Get, list: string, start: number, parameters: Parameters = []): Promise<Page> {
  const page: Parameters = [
    ['page_limit', ROWS_OF_PAGE],
    ['page_offset', start],
  ];
  const answer = await get(list, [...parameters, ...page]);
  if (answer === undefined) throw badAnswer(`the list ${list} is not there (404)`);
  const { status, body } = answer;
  if (!Array.isArray(body)) throw badAnswer(`the list ${list} is none: expected an array`);
  const rows = body.map(toRow);
  const wrong = rows.indexOf(undefined);
  if (wrong !== -1) throw badAnswer(`row ${start + wrong} of the list ${list} is none: expected an object with an id`);
  if (status === 206 && rows.length === 0 && start === 0)
    throw badAnswer(`the list ${list} is empty and says that there is more (206)`);
  return { rows: rows as RawRow[], isLast: status === 200 || rows.length === 0 };
}

/** Reads a list to its end, each row once. Throws `badAnswer` where it does not get on. */
export async function readAll(get: Get, list: string, parameters: Parameters = []): Promise<RawRow[]> {
  const found = new Map<string, RawRow>();
  for (let start = 0; ;) {
    const before = found.size;
    const { rows, isLast } = await readPage(get, list, start, parameters);
    for (const row of rows) found.set(row.id, row);
    if (isLast) return [...found.values()];
    if (found.size === before)
      throw badAnswer(`the list ${list} does not get on: from ${start} it shows what it showed before`);
    if (found.size > MOST_ROWS) throw badAnswer(`the list ${list} has no end: ${found.size} rows and more to come`);
    start += rows.length;
  }
}

/** What leads to another path in an address, and so is nobody's. */
const PATHS = ['', '.', '..'];

/** Reads one row; undefined: there is none. 2.1.0 declares an array of one for some of them. */
export async function readOne(get: Get, list: string, id: string): Promise<RawRow | undefined> {
  if (PATHS.includes(id)) return undefined;
  const answer = await get(`${list}/${encodeURIComponent(id)}`, []);
  if (answer === undefined) return undefined;
  const row = toRow(Array.isArray(answer.body) ? answer.body[0] : answer.body);
  if (row?.id !== id) throw badAnswer(`what the list ${list} shows under ${id} is something else`);
  return row;
}
