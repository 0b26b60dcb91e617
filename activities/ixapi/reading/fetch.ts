import type { Knex } from 'knex';
import { lastAsked, type Asked } from '../../../store/ixapi/reading/asked';
import { knownIds } from '../../../store/ixapi/reading/known';
import { keptLists, unread, type KeptList } from '../../../store/ixapi/reading/pages';
import { NAMED_LISTS, WHOLE_LISTS, type ListName, type RawLists } from '../../../store/ixapi/reading/raw';
import { inLanes } from '../../shared/lanes';
import { fetchAbout, type About } from './about';
import { askAgain, idsIn, noted } from './asked';
import { askByIds, IDS_AT_ONCE } from './by-ids';
import { badAnswer } from '../errors';
import { createPageKeeper, type PageKeeper } from './keeper';
import { readPage, type Get } from './lists';
import { IN_ORDER, named } from './references';

/** Reads all lists of an IX-API object to their ends. */

/** A reading, and the IX-API object that is read. */
export interface ReadingRef {
  readonly ix_api: number;
  readonly reading: number;
}

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

/** What was read. */
export interface Read extends About {
  /** All that was asked and answered; undefined where a part was read by an earlier attempt. */
  readonly asked: readonly Asked[] | undefined;
  /** The lists; where all was answered as before, they are made of the answers when they are asked for. */
  readonly lists: () => Promise<RawLists>;
}

interface Work extends Fetching {
  readonly keeper: PageKeeper;
  /** As they were left, and as they are read then. */
  readonly lists: Lists;
}

const listOf = (lists: Lists, list: ListName): KeptList => lists.get(list) ?? unread();

/** Reads a list from where it was left to its end; what is kept of it then. */
async function readWhole({ get, keeper, lists, mostPages = MOST_PAGES }: Work, list: ListName): Promise<KeptList> {
  const kept = listOf(lists, list);
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
    await keeper.keep(list, { start, rows: page.rows, is_last: page.isLast });
    start = page.isLast ? undefined : start + page.rows.length;
  }
  return { ...kept, next: undefined };
}

/** Asks for those rows that are neither there nor known not to be. */
async function readByIds({ get, keeper }: Work, list: ListName, kept: KeptList, ids: Iterable<string>): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !kept.rows.has(id) && !kept.absent.has(id));
  let start = kept.below;
  for await (const { found, absent } of askByIds(get, list, unknown)) {
    for (const row of found) kept.rows.set(row.id, row);
    if (found.length > 0) await keeper.keep(list, { start: start--, rows: found, is_last: false });
    const none = absent.map((id) => ({ id }));
    if (none.length > 0) await keeper.keep(list, { start: start--, rows: none, is_last: true });
  }
}

/**
 * Asks again for rows that should be there and were not shown: those that others name, and those that were known before.
 * A row that was deleted while the list was read moves another one out of its page; only what is absent now is gone.
 */
async function complete(work: Work, list: ListName, known: readonly string[] = []): Promise<void> {
  const { lists } = work;
  await readByIds(work, list, listOf(lists, list), [...named(lists, list), ...known]);
}

/** Reads those rows that others name, by way of the whole list where these are many. */
async function readNamed(work: Work, list: ListName): Promise<void> {
  const { keeper, lists } = work;
  const ids = named(lists, list);
  const areMany = ids.size > IDS_AT_ONCE;
  const kept = areMany ? await readWhole(work, list) : listOf(lists, list);
  lists.set(list, kept);
  await readByIds(work, list, kept, ids);
  if (kept.next !== undefined) await keeper.keep(list, { start: 0, rows: [], is_last: true });
}

async function readLists(work: Work): Promise<RawLists> {
  const { knex, ref, lists } = work;
  const known = await knownIds(knex, ref.ix_api);
  await inLanes(LANES, WHOLE_LISTS, async (list) => lists.set(list, await readWhole(work, list)));
  for (const list of IN_ORDER) await complete(work, list, known.get(list));
  await inLanes(
    LANES,
    NAMED_LISTS.filter((list) => list !== 'facilities'),
    (list) => readNamed(work, list),
  );
  await readNamed(work, 'facilities');
  const read = [...lists].map(([list, { rows }]) => [list, [...rows.values()]] as const);
  return Object.fromEntries(read) as unknown as RawLists;
}

/** Reads the lists. Where that fails, what was read is kept for the next attempt. */
async function readKeeping(fetching: Fetching, lists: Lists): Promise<RawLists> {
  const keeper = createPageKeeper(fetching.knex, fetching.ref.reading);
  try {
    return await readLists({ ...fetching, keeper, lists });
  } catch (error) {
    // What cannot be kept is asked for again.
    await keeper.flush().catch(() => undefined);
    throw error;
  }
}

/** Whether it is to be asked again: not, where it was only to learn that what was known is gone. */
function isToAskAgain(lists: Lists, one: Asked): boolean {
  const ids = idsIn(one);
  const isThere = one.status !== null && one.rows !== 0;
  return ids.length === 0 || isThere || ids.some((id) => named(lists, one.path.split('/')[0] as ListName).has(id));
}

/**
 * Reads everything, beginning with what was asked the last time. What an earlier attempt has read is not asked for again;
 * where it fails, that is kept for the next.
 */
export async function fetchAll(fetching: Fetching): Promise<Read> {
  const { knex, ref } = fetching;
  const about = await fetchAbout(fetching.get);
  const kept: Lists = await keptLists(knex, ref.reading);
  if (kept.size > 0) {
    const lists = await readKeeping(fetching, kept);
    return { ...about, asked: undefined, lists: () => Promise.resolve(lists) };
  }
  const before = await lastAsked(knex, ref.ix_api);
  const again = await askAgain(fetching.get, before, LANES);
  const { get, asked } = noted(again.get);
  const read = (): Promise<RawLists> => readKeeping({ ...fetching, get }, kept);
  if (again.isSame) return { ...about, asked: before, lists: read };
  const lists = await read();
  const toAskAgain = asked.filter((one) => isToAskAgain(kept, one));
  return { ...about, asked: toAskAgain, lists: () => Promise.resolve(lists) };
}
