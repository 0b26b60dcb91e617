import type { Knex } from 'knex';
import { knownIds } from '../../store/ixapi/known';
import { keepPage, keptList, type KeptList } from '../../store/ixapi/pages';
import { NAMED_LISTS, WHOLE_LISTS, type ListName, type RawRow } from '../../store/ixapi/raw';
import type { ReadingRef } from '../../workflows/ixapi/activities';
import { inLanes } from '../shared/lanes';
import { fetchAbout } from './about';
import type { IxapiClient } from './client';
import { badAnswer } from './errors';
import { readOne, readPage, type Get } from './lists';
import { IN_ORDER, named } from './references';

/** Reads all lists of an IX-API object to their ends. */

/** What reading works with. */
export interface Fetching {
  readonly knex: Knex;
  readonly client: IxapiClient;
  readonly ref: ReadingRef;
  readonly signal: AbortSignal;
}

/** Lists at once: as many as there are connections to an exchange. */
const LANES = 4;
/** Ids that are asked for at once: the address has to fit into what proxies take. */
const IDS = 100;
/** More rows than any member has: a list that goes on has no end. */
const MOST_ROWS = 500_000;

const getOf =
  ({ client, ref, signal }: Fetching): Get =>
  (path, parameters) =>
    client.get(ref.ix_api, path, parameters, signal);

/** Passwords of sessions are none of our business. */
const withoutSecrets = (rows: readonly RawRow[]): RawRow[] => rows.map(({ password: _, ...row }) => row);

async function keep(fetching: Fetching, list: ListName, start: number, rows: readonly RawRow[], is_last: boolean) {
  const { knex, ref } = fetching;
  await keepPage(knex, ref.reading, list, { start, rows, is_last });
}

/** Reads a list from where it was left to its end; all of its rows. */
async function readWhole(fetching: Fetching, list: ListName): Promise<KeptList> {
  const kept = await keptList(fetching.knex, fetching.ref.reading, list);
  const { rows } = kept;
  for (let start = kept.next; start !== undefined;) {
    const page = await readPage(getOf(fetching), list, start);
    const before = rows.size;
    const read = withoutSecrets(page.rows);
    for (const row of read) rows.set(row.id, row);
    if (read.length > 0 && rows.size === before)
      throw badAnswer(`the list ${list} does not get on: from ${start} it shows what it showed before`);
    if (rows.size > MOST_ROWS) throw badAnswer(`the list ${list} has no end: ${rows.size} rows and more to come`);
    await keep(fetching, list, start, read, page.isLast);
    start = page.isLast ? undefined : start + read.length;
  }
  return { ...kept, next: undefined };
}

function* portions(ids: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < ids.length; i += IDS) yield ids.slice(i, i + IDS);
}

/** Reads rows by their ids. Where the exchange does not filter by them, each is asked for by itself. */
async function readByIds(fetching: Fetching, list: ListName, ids: readonly string[]): Promise<RawRow[]> {
  const get = getOf(fetching);
  const { rows, isLast } = await readPage(get, list, 0, [['id', ids.join(',')]]);
  const found = rows.filter(({ id }) => ids.includes(id));
  if (isLast && found.length === rows.length) return withoutSecrets(found);
  const left = ids.filter((id) => !found.some((row) => row.id === id));
  for (const id of left) {
    const row = await readOne(get, list, id);
    if (row) found.push(row);
  }
  return withoutSecrets(found);
}

/**
 * Asks again for rows that should be there and were not shown: those that others name, and those that were known before.
 * A row that was deleted while the list was read moves another one out of its page; only what is absent now is gone.
 */
async function complete(fetching: Fetching, list: ListName, lists: Map<ListName, Map<string, RawRow>>, below: number) {
  const { knex, ref } = fetching;
  const rows = lists.get(list) ?? new Map<string, RawRow>();
  const wanted = [...named(lists, list), ...(await knownIds(knex, ref.ix_api, list))];
  const absent = [...new Set(wanted)].filter((id) => !rows.has(id));
  let start = below;
  for (const ids of portions(absent)) {
    const found = await readByIds(fetching, list, ids);
    for (const row of found) rows.set(row.id, row);
    await keep(fetching, list, start, found, false);
    start -= 1;
  }
}

/** Reads those rows that others name, or the whole list where these are many. */
async function readNamed(fetching: Fetching, list: ListName, lists: Map<ListName, Map<string, RawRow>>): Promise<void> {
  const { knex, ref } = fetching;
  const ids = [...named(lists, list)];
  if (ids.length > IDS) {
    lists.set(list, (await readWhole(fetching, list)).rows);
    return;
  }
  const kept = await keptList(knex, ref.reading, list);
  lists.set(list, kept.rows);
  if (kept.next === undefined) return;
  const found = ids.length === 0 ? [] : await readByIds(fetching, list, ids);
  for (const row of found) kept.rows.set(row.id, row);
  await keep(fetching, list, 0, found, true);
}

/** Reads everything. What an earlier attempt has read is not asked for again. */
export async function fetchAll(fetching: Fetching): Promise<void> {
  await fetchAbout(fetching);
  const lists = new Map<ListName, Map<string, RawRow>>();
  const below = new Map<ListName, number>();
  await inLanes(LANES, WHOLE_LISTS, async (list) => {
    const kept = await readWhole(fetching, list);
    lists.set(list, kept.rows);
    below.set(list, kept.below);
  });
  for (const list of IN_ORDER) await complete(fetching, list, lists, below.get(list) ?? -1);
  await inLanes(
    LANES,
    NAMED_LISTS.filter((list) => list !== 'facilities'),
    (list) => readNamed(fetching, list, lists),
  );
  await readNamed(fetching, 'facilities', lists);
}
