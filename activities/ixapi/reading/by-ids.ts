import type { ListName, RawRow } from '../../../store/ixapi/reading/raw';
import { readOne, readPage, type Get } from './lists';

/** What is known of some ids: the rows that are there, and the ids of which there is none. */
export interface Settled {
  readonly found: readonly RawRow[];
  readonly absent: readonly string[];
}

/** Ids that are asked for at once, and their length in an address: it has to fit into what proxies take. */
export const IDS_AT_ONCE = 100;
const LONGEST = 4_000;

function* portionsOf(ids: readonly string[]): Generator<readonly string[]> {
  let portion: string[] = [];
  let length = 0;
  for (const id of ids) {
    const more = encodeURIComponent(`${id},`).length;
    if (portion.length === IDS_AT_ONCE || (portion.length > 0 && length + more > LONGEST)) {
      yield portion;
      portion = [];
      length = 0;
    }
    portion.push(id);
    length += more;
  }
  if (portion.length > 0) yield portion;
}

async function* oneByOne(get: Get, list: ListName, ids: readonly string[]): AsyncGenerator<Settled> {
  for (const id of ids) {
    const row = await readOne(get, list, id);
    yield row === undefined ? { found: [], absent: [id] } : { found: [row], absent: [] };
  }
}

/**
 * Those that were not shown are asked for again, until of those that are left none is: an answer may be a page, or cut
 * off, or rows moved while it was made.
 */
async function* together(get: Get, list: ListName, ids: readonly string[]): AsyncGenerator<Settled> {
  for (let left = ids; left.length > 0;) {
    const { rows } = await readPage(get, list, 0, [['id', left.join(',')]]);
    const found = rows.filter(({ id }) => left.includes(id));
    left = left.filter((id) => !found.some((row) => row.id === id));
    if (found.length > 0) yield { found, absent: [] };
    // Unknown filters are ignored (IX-API 2.1.0, "Filters").
    const isFiltered = found.length === rows.length;
    if (isFiltered && found.length > 0) continue;
    if (isFiltered) yield { found, absent: left };
    else yield* oneByOne(get, list, left);
    return;
  }
}

/**
 * Asks for rows of a list by their ids, with one request more than there are pages at most; one by one where the exchange
 * does not filter by ids. What is settled is told at once.
 */
export async function* askByIds(get: Get, list: ListName, ids: readonly string[]): AsyncGenerator<Settled> {
  for (const portion of portionsOf(ids)) yield* together(get, list, portion);
}
