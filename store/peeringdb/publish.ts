import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { withTransaction } from '../client';
import { add, unchangedRows, type Counts } from './counts';
import { emptyCache, FencedError } from './empty';
import type { ObjectTag } from './objects';
import { first, rows } from './statements';
import { overGuard, planTypes, remember, type Removals, type TypeWork } from './publish-plan';
import { publishType, type Work } from './publish-type';

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
  readonly removals: Removals;
}

/** What is published, and under which conditions. */
export interface Publication {
  readonly synchronisation: number;
  readonly clock: () => Date;
  /** The share of a type that may be missing from a list; a fraction of one. */
  readonly guard: number;
  /** What to do with removals beyond the guard: ask, remove after all, or keep those rows. */
  readonly removals: 'ask' | 'remove' | 'keep';
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

/** Whom the cache is compared for from now on: an anonymous client does not take a key's place until a flush. */
const establishedIdentity = (state: StateRow, identity: string, flush: boolean): string =>
  identity === 'anonymous' && state.identity !== null && !flush ? state.identity : identity;

async function finish(
  client: PoolClient,
  { synchronisation, clock }: Publication,
  sync: SynchronisationRow,
  state: StateRow,
  { objects, total }: Published,
): Promise<void> {
  const whole = sync.mode !== 'incremental';
  const now = clock().toISOString();
  await client.query(
    `UPDATE peeringdb_state SET snapshot = $1, published = $2,
       identity = CASE WHEN $3 THEN $4 ELSE identity END, last_full = CASE WHEN $3 THEN $5::timestamptz ELSE last_full END`,
    [synchronisation, now, whole, establishedIdentity(state, sync.identity, sync.mode === 'flush'), sync.started],
  );
  await client.query(
    `UPDATE peeringdb_synchronisation SET status = 'completed', finished = $2, objects = $3,
       created = $4, updated = $5, deleted = $6, unchanged = $7, quarantined = $8 WHERE id = $1`,
    [
      synchronisation,
      now,
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
  let total: Counts = unchangedRows(0);
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
  const { synchronisation, clock } = publication;
  return withTransaction(knex, async (client) => {
    const { state, sync } = await enter(client, synchronisation);
    if (sync.status === 'completed')
      return { outcome: 'published', objects: sync.objects, total: countsOf(sync), kept: [] };
    if (sync.status !== 'running')
      throw new FencedError(`synchronisation ${synchronisation} has ended: ${sync.status}`);

    const flush = sync.mode === 'flush';
    const weaker =
      state.identity !== null && state.identity !== 'anonymous' && state.identity !== sync.identity && !flush;
    const types = await planTypes(client, { synchronisation, now: clock(), flush, weaker });
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
