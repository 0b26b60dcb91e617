import type { Knex } from 'knex';
import type { ListName, RawRow } from './raw';

/** Readings, and the pages that are kept of them until they are published. */

/** A page, or what was asked for by ids: these begin below 0. */
export interface Page {
  readonly start: number;
  readonly rows: readonly RawRow[];
  /** Whether the list ends with it; of what was asked for by ids: that there are no such rows. */
  readonly is_last: boolean;
}

/** What is kept of a list. */
export interface KeptList {
  readonly rows: Map<string, RawRow>;
  /** Ids that were asked for, and of which there is no row. */
  readonly absent: ReadonlySet<string>;
  /** Where the next page begins; undefined: it was read to its end. */
  readonly next: number | undefined;
  /** Where the next rows that are asked for by ids are kept. */
  readonly below: number;
}

interface Reading {
  readonly id: number;
  readonly ix_api: number;
  readonly key: string;
  readonly began: string;
}

/** Nobody goes on with a reading that is so old: its workflow is gone. Milliseconds. */
const ABANDONED_MS = 24 * 3_600_000;

/** Forgets pages of readings that are gone: with their IX-API object, or while somebody was still reading. */
async function dropPages(knex: Knex): Promise<void> {
  await knex('ixapi_page').whereNotIn('reading', knex('ixapi_reading').select('id')).delete();
}

/** Begins a reading, or finds the one of this key; its id. What others abandoned goes, and what was read of another object. */
export async function openReading(knex: Knex, key: string, ix_api: number, now: Date): Promise<number> {
  const before = new Date(now.getTime() - ABANDONED_MS).toISOString();
  await knex<Reading>('ixapi_reading').where('began', '<', before).delete();
  await knex<Reading>('ixapi_reading').where({ key }).whereNot({ ix_api }).delete();
  await dropPages(knex);
  const reading = { key, ix_api, began: now.toISOString() };
  await knex('ixapi_reading').insert(reading).onConflict('key').ignore();
  const row = await knex<Reading>('ixapi_reading').where({ key }).first('id');
  if (!row) throw new Error(`the reading ${key} was not kept`);
  return row.id;
}

/** Forgets a reading and its pages. */
export async function closeReading(knex: Knex, key: string): Promise<void> {
  await knex<Reading>('ixapi_reading').where({ key }).delete();
  await dropPages(knex);
}

/** Passwords, of sessions with route servers and of routers, are none of our business, wherever in a row they stand. */
const withoutPasswords = (name: string, value: unknown): unknown => (/password/i.test(name) ? undefined : value);

/** Statements have a limit of parameters, and memory one of what is sent at once. */
const PAGES_AT_ONCE = 100;

/** Keeps pages, each once. */
export async function keepPages(
  knex: Knex,
  reading: number,
  pages: readonly (Page & { readonly list: ListName })[],
): Promise<void> {
  const rows = pages.map(({ list, start, rows: read, is_last }) => ({
    ...{ reading, list, start, rows: read.length, is_last, body: JSON.stringify(read, withoutPasswords) },
  }));
  for (let i = 0; i < rows.length; i += PAGES_AT_ONCE)
    await knex('ixapi_page')
      .insert(rows.slice(i, i + PAGES_AT_ONCE))
      .onConflict(['reading', 'list', 'start'])
      .ignore();
}

interface KeptPage {
  readonly list: ListName;
  readonly start: number;
  readonly is_last: boolean;
  readonly body: string;
}

/** A list of which nothing is kept. */
export const unread = (): KeptList => ({ rows: new Map(), absent: new Set(), next: 0, below: -1 });

/** What pages of a list, in their order, hold. */
function listOf(pages: readonly KeptPage[]): KeptList {
  const rows = new Map<string, RawRow>();
  const absent = new Set<string>();
  let next: number | undefined = 0;
  for (const { start, is_last, body } of pages) {
    const read = JSON.parse(body) as RawRow[];
    if (start < 0 && is_last) for (const { id } of read) absent.add(id);
    else for (const row of read) rows.set(row.id, row);
    // What lies behind a page that is not there is read again: two who read at once had pages of different sizes.
    if (start >= 0 && next !== undefined && start <= next) next = is_last ? undefined : start + read.length;
  }
  return { rows, absent, next, below: Math.min(0, pages[0]?.start ?? 0) - 1 };
}

/** What an earlier attempt kept, by lists; of rows with one id the one that was read last counts. */
export async function keptLists(knex: Knex, reading: number): Promise<Map<ListName, KeptList>> {
  const pages = await knex<KeptPage & { readonly reading: number }>('ixapi_page')
    .where({ reading })
    .orderBy('start')
    .select('list', 'start', 'is_last', 'body');
  const names = new Set(pages.map(({ list }) => list));
  return new Map([...names].map((name) => [name, listOf(pages.filter(({ list }) => list === name))]));
}
