import type { PoolClient } from 'pg';
import type { Knex } from 'knex';
import { withTransaction } from '../client';
import { RANK } from './bodies';
import { OBJECT_TAGS, OBJECTS, type ObjectTag, type PeeringdbObject } from './objects';
import * as sql from './publish-sql';
import { bind, type Parameters } from '../sql';

/** Rows of one type by what a publication did to them; `quarantined` is how many wait after it. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

/** What a publication did: of every type, and altogether. */
export interface Published {
  readonly outcome: 'published';
  readonly objects: Readonly<Record<ObjectTag, Counts>>;
  readonly total: Counts;
  /** Types whose missing rows were kept, since nobody confirmed their removal. */
  readonly kept: readonly ObjectTag[];
}

/** The guard stopped it before anything was written: these types would lose more than their share. */
export interface Guarded {
  readonly outcome: 'guarded';
  readonly removals: Readonly<Partial<Record<ObjectTag, { readonly removed: number; readonly of: number }>>>;
}

/** What is published, and under which conditions. */
export interface Publication {
  readonly synchronisation: number;
  readonly now: Date;
  /** The share of a type that may be missing from a list; a fraction of one. */
  readonly guard: number;
  /** What to do with removals beyond the guard: ask, remove after all, or keep those rows. */
  readonly removals: 'ask' | 'remove' | 'keep';
}

/** Thrown when a publication comes too late: its synchronisation has ended, or a newer one has begun. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** Thrown when staged rows were lost with a crash of PostgreSQL: they have to be staged again from their bodies. */
export class StagingLostError extends Error {
  override readonly name = 'StagingLostError';
}

interface SynchronisationRow {
  readonly mode: 'incremental' | 'full' | 'flush';
  readonly status: string;
  readonly identity: string;
  readonly started: string;
  readonly objects: Published['objects'];
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

interface StateRow {
  readonly snapshot: number | null;
  readonly identity: string | null;
}

interface BodyRow {
  readonly id: number;
  readonly tag: ObjectTag;
  readonly part: string;
  readonly rank: number;
  readonly staged: boolean;
  readonly rows: number;
  readonly newest: string | null;
  readonly generated: string | null;
}

interface ObjectRow {
  readonly tag: ObjectTag;
  readonly row_count: number;
  readonly list_generated: string | null;
}

/** What the work on one type needs to know. */
interface TypeWork {
  readonly object: PeeringdbObject;
  readonly before: number;
  readonly bodies: readonly BodyRow[];
  /** The whole list to compare with, if there is one that is not older than the one compared last. */
  readonly list: { readonly generated: string } | undefined;
  readonly parameters: Parameters;
}

/** One transaction of a publication. */
interface Work {
  readonly client: PoolClient;
  readonly flush: boolean;
  readonly weaker: boolean;
  /** Ids of rows that went so far, by type. */
  readonly gone: Map<ObjectTag, number[]>;
}

async function run(
  client: PoolClient,
  text: string,
  parameters: Parameters,
): Promise<{ count: number; ids: number[] }> {
  const result = await client.query<{ id: number }>(bind(text, parameters));
  return { count: result.rowCount ?? 0, ids: result.rows.map((row) => row.id) };
}

async function rows<T extends object>(client: PoolClient, text: string, values: unknown[] = []): Promise<T[]> {
  return (await client.query<T>(text, values)).rows;
}

const first = <T>(list: readonly T[], what: string): T => {
  if (list[0] === undefined) throw new Error(`${what} is missing`);
  return list[0];
};

const BODIES = `
  SELECT b.id, b.tag, b.part, b.rank, s.body IS NOT NULL AS staged, coalesce(s.rows, 0) AS rows, s.newest, s.generated
  FROM peeringdb_body b LEFT JOIN peeringdb_staged s ON s.body = b.id WHERE b.synchronisation = $1 AND b.complete`;

/** The newest instant a list speaks for: when it was written, or where it does not say, its newest row. */
const ageOf = (list: BodyRow | undefined): string | null => list?.generated ?? list?.newest ?? null;

async function planTypes(
  client: PoolClient,
  publication: Publication,
  flush: boolean,
  weaker: boolean,
): Promise<TypeWork[]> {
  const bodies = await rows<BodyRow>(client, BODIES, [publication.synchronisation]);
  if (bodies.some((body) => !body.staged)) throw new StagingLostError('staged rows are missing');
  const objects = await rows<ObjectRow>(client, 'SELECT tag, row_count, list_generated FROM peeringdb_object');
  return OBJECT_TAGS.map((tag) => {
    const known = first(
      objects.filter((row) => row.tag === tag),
      `peeringdb_object ${tag}`,
    );
    const age = ageOf(bodies.find((body) => body.tag === tag && body.rank === RANK.list));
    const outdated =
      !flush && age !== null && known.list_generated !== null && Date.parse(age) < Date.parse(known.list_generated);
    const own = bodies.filter((body) => body.tag === tag && !(outdated && body.rank === RANK.list));
    return {
      object: OBJECTS[tag],
      before: flush ? 0 : known.row_count,
      bodies: own,
      list: age === null || outdated || flush ? undefined : { generated: age },
      parameters: {
        bodies: own.map((body) => body.id),
        now: publication.now.toISOString(),
        synchronisation: publication.synchronisation,
        generated: age,
        weaker,
      },
    };
  });
}

/** The types whose lists leave out more than the guard allows. */
async function overGuard(client: PoolClient, types: readonly TypeWork[], guard: number): Promise<Guarded['removals']> {
  const removals: Partial<Record<ObjectTag, { removed: number; of: number }>> = {};
  for (const { object, before, list, parameters } of types) {
    if (list === undefined || before === 0) continue;
    const counted = await client.query<{ absent: number }>(bind(sql.countAbsent(object), parameters));
    const absent = counted.rows[0]?.absent ?? 0;
    if (absent > before * guard) removals[object.tag] = { removed: absent, of: before };
  }
  return removals;
}

async function removeTold({ client, flush }: Work, { object, parameters }: TypeWork): Promise<number[]> {
  await run(client, sql.dropSuperseded(object), parameters);
  await run(client, sql.quarantineInvalid(object), parameters);
  await run(client, sql.quarantineRetried(object), parameters);
  await run(client, sql.buryTombstones(object), parameters);
  await run(client, sql.releaseDeleted(object), parameters);
  if (flush) return [];
  const invalid = await run(client, sql.removeInvalid(object), parameters);
  const deleted = await run(client, sql.removeDeleted(object), parameters);
  return [...invalid.ids, ...deleted.ids];
}

async function upsert(
  work: Work,
  type: TypeWork,
  rank: number,
): Promise<{ created: number; updated: number; removed: number[] }> {
  const { client, weaker } = work;
  const { object, parameters } = type;
  let removed: number[] = [];
  if (object.parents.length > 0) {
    const orphans = await run(client, sql.quarantineOrphans(object, rank), parameters);
    if (orphans.ids.length > 0) removed = (await run(client, sql.removeByIds(object), { ids: orphans.ids })).ids;
  }
  const updated = await run(client, sql.updateRows(object, rank, weaker), parameters);
  const created = await run(client, sql.insertRows(object, rank), parameters);
  return { created: created.count, updated: updated.count, removed };
}

/** Rows that a whole list leaves out, and contacts that only a stronger client could see. */
async function compareAbsence(work: Work, { object, list, parameters }: TypeWork, keep: boolean): Promise<number[]> {
  if (list === undefined) return [];
  const { client, weaker } = work;
  if (object.tag === 'poc') {
    if (weaker) await run(client, sql.markUnconfirmed(object), parameters);
    await run(client, sql.confirmMarked(object), parameters);
  }
  if (keep) return [];
  await run(client, sql.releaseAbsent(object), parameters);
  return (await run(client, sql.removeAbsent(object), parameters)).ids;
}

/** Rows whose parent went just now and is not there again: they wait in quarantine for it. */
async function removeLeftBehind({ client, gone }: Work, { object, parameters }: TypeWork): Promise<number[]> {
  const left: number[] = [];
  for (const { column, tag } of object.parents) {
    const parents = gone.get(tag) ?? [];
    if (parents.length === 0) continue;
    const back = await rows<{ id: number }>(client, `SELECT id FROM ${OBJECTS[tag].table} WHERE id = ANY($1)`, [
      parents,
    ]);
    const present = new Set(back.map((row) => row.id));
    const ids = parents.filter((id) => !present.has(id));
    left.push(...(await run(client, sql.quarantineLeftBehind(object, column, tag), { ...parameters, ids })).ids);
  }
  return left;
}

const unchangedType = (count: number): Counts => ({
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: count,
  quarantined: 0,
});

async function publishType(work: Work, type: TypeWork, keep: boolean): Promise<Counts> {
  const told = type.list !== undefined || type.bodies.some((body) => body.rows > 0);
  const bereft = type.object.parents.some(({ tag }) => (work.gone.get(tag)?.length ?? 0) > 0);
  if (!told && !bereft) return unchangedType(type.before);

  const ranks = [RANK.change, RANK.list, RANK.retry].filter((rank) =>
    type.bodies.some((b) => b.rank === rank && b.rows > 0),
  );
  const removed = told ? await removeTold(work, type) : [];
  let created = 0;
  let updated = 0;
  for (const rank of ranks) {
    const done = await upsert(work, type, rank);
    created += done.created;
    updated += done.updated;
    removed.push(...done.removed);
  }
  removed.push(...(await compareAbsence(work, type, keep)), ...(await removeLeftBehind(work, type)));
  if (ranks.length > 0) await run(work.client, sql.releasePublished(type.object), {});
  work.gone.set(type.object.tag, removed);
  return {
    created,
    updated,
    deleted: removed.length,
    unchanged: type.before - updated - removed.length,
    quarantined: 0,
  };
}

/** Where the next incremental synchronisation goes on. Parents asked for by id say nothing of what lies before them. */
function newestOf(type: TypeWork): string | null {
  const times = type.bodies
    .filter((body) => (body.part === 'since' || body.part === 'list') && body.newest !== null)
    .map((body) => body.newest as string);
  return times.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
}

async function remember(client: PoolClient, type: TypeWork, counts: Counts, flush: boolean): Promise<void> {
  await client.query(
    `UPDATE peeringdb_object SET row_count = $2,
       cursor = CASE WHEN $5 THEN $3::timestamptz ELSE GREATEST(cursor, $3) END,
       list_generated = CASE WHEN $5 THEN $4::timestamptz ELSE GREATEST(list_generated, $4) END
     WHERE tag = $1`,
    [
      type.object.tag,
      type.before + counts.created - counts.deleted,
      newestOf(type),
      ageOf(type.bodies.find((body) => body.rank === RANK.list)),
      flush,
    ],
  );
}

const add = (a: Counts, b: Counts): Counts => ({
  created: a.created + b.created,
  updated: a.updated + b.updated,
  deleted: a.deleted + b.deleted,
  unchanged: a.unchanged + b.unchanged,
  quarantined: a.quarantined + b.quarantined,
});

async function emptyCache(client: PoolClient): Promise<number> {
  let deleted = 0;
  for (const tag of OBJECT_TAGS) deleted += (await client.query(`DELETE FROM ${OBJECTS[tag].table}`)).rowCount ?? 0;
  for (const table of ['tombstone', 'quarantine', 'missing_parent'])
    await client.query(`DELETE FROM peeringdb_${table}`);
  return deleted;
}

/** Whom the cache is compared for from now on: an anonymous client does not take a key's place until a flush. */
const establishedIdentity = (state: StateRow, identity: string, flush: boolean): string =>
  identity === 'anonymous' && state.identity !== null && !flush ? state.identity : identity;

async function finish(
  client: PoolClient,
  { synchronisation, now }: Publication,
  sync: SynchronisationRow,
  state: StateRow,
  { objects, total }: Published,
): Promise<void> {
  const whole = sync.mode !== 'incremental';
  await client.query(
    `UPDATE peeringdb_state SET snapshot = $1, published = $2,
       identity = CASE WHEN $3 THEN $4 ELSE identity END, last_full = CASE WHEN $3 THEN $5::timestamptz ELSE last_full END`,
    [
      synchronisation,
      now.toISOString(),
      whole,
      establishedIdentity(state, sync.identity, sync.mode === 'flush'),
      sync.started,
    ],
  );
  await client.query(
    `UPDATE peeringdb_synchronisation SET status = 'completed', finished = $2, objects = $3,
       created = $4, updated = $5, deleted = $6, unchanged = $7, quarantined = $8 WHERE id = $1`,
    [
      synchronisation,
      now.toISOString(),
      JSON.stringify(objects),
      ...[total.created, total.updated, total.deleted, total.unchanged, total.quarantined],
    ],
  );
}

/** The synchronisation under the fence: the row of the state is locked until the transaction ends. */
async function enter(
  client: PoolClient,
  synchronisation: number,
): Promise<{ state: StateRow; sync: SynchronisationRow }> {
  // A dead worker's statement ends when its client is gone, not when it is done.
  await client.query("SET LOCAL client_connection_check_interval = '2s'");
  const state = first(
    await rows<StateRow>(client, 'SELECT snapshot, identity FROM peeringdb_state FOR UPDATE'),
    'peeringdb_state',
  );
  const found = await rows<SynchronisationRow>(client, 'SELECT * FROM peeringdb_synchronisation WHERE id = $1', [
    synchronisation,
  ]);
  return { state, sync: first(found, `synchronisation ${synchronisation}`) };
}

async function publishTypes(
  client: PoolClient,
  types: readonly TypeWork[],
  work: Work,
  kept: ReadonlySet<ObjectTag>,
): Promise<Published> {
  const objects: Partial<Record<ObjectTag, Counts>> = {};
  for (const type of types) objects[type.object.tag] = await publishType(work, type, kept.has(type.object.tag));
  const waiting = await rows<{ tag: ObjectTag; count: number }>(
    client,
    'SELECT tag, count(*) AS count FROM peeringdb_quarantine GROUP BY tag',
  );
  let total: Counts = unchangedType(0);
  for (const type of types) {
    const tag = type.object.tag;
    const counts = { ...(objects[tag] as Counts), quarantined: waiting.find((row) => row.tag === tag)?.count ?? 0 };
    objects[tag] = counts;
    total = add(total, counts);
    await remember(client, type, counts, work.flush);
  }
  return { outcome: 'published', objects: objects as Published['objects'], total, kept: [...kept] };
}

/**
 * Makes all that a synchronisation gathered visible, in one transaction: readers see the snapshot before it or the one
 * after it, and wait for neither. Publishing twice gives the first one's result. Throws {@link FencedError} and
 * {@link StagingLostError}.
 */
export function publish(knex: Knex, publication: Publication): Promise<Published | Guarded> {
  return withTransaction(knex, async (client) => {
    const { state, sync } = await enter(client, publication.synchronisation);
    if (sync.status === 'completed')
      return { outcome: 'published', objects: sync.objects, total: countsOf(sync), kept: [] };
    if (sync.status !== 'running')
      throw new FencedError(`synchronisation ${publication.synchronisation} has ended: ${sync.status}`);

    const flush = sync.mode === 'flush';
    const weaker =
      state.identity !== null && state.identity !== 'anonymous' && state.identity !== sync.identity && !flush;
    const types = await planTypes(client, publication, flush, weaker);
    const removals =
      flush || publication.removals === 'remove' ? {} : await overGuard(client, types, publication.guard);
    if (publication.removals === 'ask' && Object.keys(removals).length > 0) return { outcome: 'guarded', removals };

    const emptied = flush ? await emptyCache(client) : 0;
    const work: Work = { client, flush, weaker, gone: new Map() };
    const done = await publishTypes(client, types, work, new Set(Object.keys(removals) as ObjectTag[]));
    const published = { ...done, total: { ...done.total, deleted: done.total.deleted + emptied } };
    await finish(client, publication, sync, state, published);
    return published;
  });
}

const countsOf = (sync: SynchronisationRow): Counts => ({
  created: sync.created,
  updated: sync.updated,
  deleted: sync.deleted,
  unchanged: sync.unchanged,
  quarantined: sync.quarantined,
});

/** Empties the cache and fetches nothing: how many rows went. Refused while a synchronisation runs. */
export function clearCache(knex: Knex, now: Date): Promise<number> {
  return withTransaction(knex, async (client) => {
    await client.query('SELECT FROM peeringdb_state FOR UPDATE');
    const running = await rows(client, "SELECT FROM peeringdb_synchronisation WHERE status = 'running'");
    if (running.length > 0) throw new FencedError('a synchronisation is running');
    const deleted = await emptyCache(client);
    await client.query('UPDATE peeringdb_object SET row_count = 0, cursor = NULL, list_generated = NULL');
    await client.query(
      'UPDATE peeringdb_state SET snapshot = NULL, published = $1, identity = NULL, last_full = NULL',
      [now.toISOString()],
    );
    return deleted;
  });
}
