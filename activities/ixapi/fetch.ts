import type { Knex } from 'knex';
import { knownIds } from '../../store/ixapi/known';
import { keepPage, keptList, type KeptList, type Page } from '../../store/ixapi/pages';
import { NAMED_LISTS, WHOLE_LISTS, type ListName } from '../../store/ixapi/raw';
import type { ReadingRef } from '../../workflows/ixapi/activities';
import { inLanes } from '../shared/lanes';
import { fetchAbout } from './about';
import { askByIds, IDS_AT_ONCE } from './by-ids';
import { badAnswer } from './errors';
import { readPage, type Get } from './lists';
import { IN_ORDER, named } from './references';

/** Reads all lists of an IX-API object to their ends. */

/** What reading works with. */
export interface Fetching {
  readonly knex: Knex;
  readonly get: Get;
  readonly ref: ReadingRef;
  /** Pages of a list that are read at one go. */
  readonly mostPages?: number;
}

/** Lists at once: as many as there are connections to an exchange. */
const LANES = 4;
/** More than any member has: a list that goes on has no end. */
const MOST_ROWS = 500_000;
const MOST_PAGES = 2_000;

type Lists = Map<ListName, KeptList>;

const keep = ({ knex, ref }: Fetching, list: ListName, page: Page): Promise<void> =>
  keepPage(knex, ref.reading, list, page);

/** Reads a list from where it was left to its end; what is kept of it then. */
async function readWhole(fetching: Fetching, list: ListName): Promise<KeptList> {
  const { knex, get, ref, mostPages = MOST_PAGES } = fetching;
  const kept = await keptList(knex, ref.reading, list);
  const { rows } = kept;
  let pages = 0;
  for (let start = kept.next; start !== undefined; pages++) {
    const page = await readPage(get, list, start);
    const before = rows.size;
    for (const row of page.rows) rows.set(row.id, row);
    if (!page.isLast && rows.size === before)
      throw badAnswer(`the list ${list} does not get on: from ${start} it shows what it showed before`);
    if (rows.size > MOST_ROWS || pages === mostPages)
      throw badAnswer(`the list ${list} has no end: ${rows.size} rows and more to come`);
    await keep(fetching, list, { start, rows: page.rows, is_last: page.isLast });
    start = page.isLast ? undefined : start + page.rows.length;
  }
  return { ...kept, next: undefined };
}

/** Asks for those rows that are neither there nor known not to be. */
async function readByIds(fetching: Fetching, list: ListName, kept: KeptList, ids: Iterable<string>): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !kept.rows.has(id) && !kept.absent.has(id));
  let start = kept.below;
  for await (const { found, absent } of askByIds(fetching.get, list, unknown)) {
    for (const row of found) kept.rows.set(row.id, row);
    if (found.length > 0) await keep(fetching, list, { start: start--, rows: found, is_last: false });
    const none = absent.map((id) => ({ id }));
    if (none.length > 0) await keep(fetching, list, { start: start--, rows: none, is_last: true });
  }
}

/**
 * Asks again for rows that should be there and were not shown: those that others name, and those that were known before.
 * A row that was deleted while the list was read moves another one out of its page; only what is absent now is gone.
 */
async function complete(fetching: Fetching, list: ListName, lists: Lists): Promise<void> {
  const { knex, ref } = fetching;
  const kept = lists.get(list);
  if (kept === undefined) throw new Error(`the list ${list} is completed before it is read`);
  await readByIds(fetching, list, kept, [...named(lists, list), ...(await knownIds(knex, ref.ix_api, list))]);
}

/** Reads those rows that others name, by way of the whole list where these are many. */
async function readNamed(fetching: Fetching, list: ListName, lists: Lists): Promise<void> {
  const { knex, ref } = fetching;
  const ids = named(lists, list);
  const areMany = ids.size > IDS_AT_ONCE;
  const kept = areMany ? await readWhole(fetching, list) : await keptList(knex, ref.reading, list);
  lists.set(list, kept);
  await readByIds(fetching, list, kept, ids);
  if (kept.next !== undefined) await keep(fetching, list, { start: 0, rows: [], is_last: true });
}

/** Reads everything. What an earlier attempt has read is not asked for again. */
export async function fetchAll(fetching: Fetching): Promise<void> {
  await fetchAbout(fetching);
  const lists: Lists = new Map();
  await inLanes(LANES, WHOLE_LISTS, async (list) => lists.set(list, await readWhole(fetching, list)));
  for (const list of IN_ORDER) await complete(fetching, list, lists);
  await inLanes(
    LANES,
    NAMED_LISTS.filter((list) => list !== 'facilities'),
    (list) => readNamed(fetching, list, lists),
  );
  await readNamed(fetching, 'facilities', lists);
}
