import type { Knex } from 'knex';
import type { Counts } from './counts';
import { OBJECT_TAGS, type ObjectTag } from './objects';

export type SyncMode = 'incremental' | 'full' | 'flush';

/** The record that every synchronisation leaves. Times are ISO 8601. */
export interface Synchronisation extends Counts {
  readonly id: number;
  readonly job_id: string;
  readonly mode: SyncMode;
  readonly status: 'running' | 'completed' | 'failed' | 'canceled';
  readonly identity: string;
  readonly started: string;
  readonly finished: string | null;
  readonly objects: Readonly<Partial<Record<ObjectTag, Counts>>>;
  readonly summary: string | null;
  /** What it changed of own records; null before that was looked at. */
  readonly records: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
}

/** What is known of the cache as a whole. */
export interface CacheState {
  readonly snapshot: number | null;
  readonly published: string | null;
  readonly identity: string | null;
  readonly last_full: string | null;
}

/** What is known of one type. */
export interface ObjectState {
  readonly tag: ObjectTag;
  readonly row_count: number;
  readonly cursor: string | null;
  readonly list_generated: string | null;
}

/** The state of the cache. */
export async function cacheState(knex: Knex): Promise<CacheState> {
  const state = await knex<CacheState>('peeringdb_state').first();
  if (state === undefined) throw new Error('peeringdb_state is missing');
  return state;
}

/** The state of every type, in the order of {@link OBJECT_TAGS}. */
export async function objectStates(knex: Knex): Promise<ObjectState[]> {
  const states = await knex<ObjectState>('peeringdb_object').select();
  return OBJECT_TAGS.map((tag) => states.find((state) => state.tag === tag)).filter((state) => state !== undefined);
}

/** What a synchronisation begins with. */
export interface Opening {
  readonly job_id: string;
  readonly identity: string;
  readonly now: Date;
  /** Decides the mode from the state of the cache, under the fence. */
  readonly modeOf: (state: CacheState) => SyncMode;
}

/**
 * Begins a synchronisation, or finds the one that this job began already. Whatever ran before has lost its worker:
 * it is fenced off, and can publish no more.
 */
export function openSynchronisation(knex: Knex, opening: Opening): Promise<Synchronisation> {
  return knex.transaction(async (trx) => {
    const state = await trx<CacheState>('peeringdb_state').forUpdate().first();
    if (state === undefined) throw new Error('peeringdb_state is missing');
    const known = await trx<Synchronisation>('peeringdb_synchronisation').where({ job_id: opening.job_id }).first();
    if (known !== undefined) return known;
    const now = opening.now.toISOString();
    await trx('peeringdb_synchronisation')
      .where({ status: 'running' })
      .update({
        status: 'failed',
        finished: now,
        error: JSON.stringify({
          type: 'PEERINGDB_FENCED',
          message: 'a newer synchronisation began before this one ended',
        }),
      });
    const [row] = await trx('peeringdb_synchronisation')
      .insert({
        job_id: opening.job_id,
        mode: opening.modeOf(state),
        status: 'running',
        identity: opening.identity,
        started: now,
      })
      .returning<Synchronisation[]>('*');
    if (row === undefined) throw new Error('an inserted synchronisation has no row');
    return row;
  });
}

/** One synchronisation. */
export async function findSynchronisation(knex: Knex, id: number): Promise<Synchronisation | undefined> {
  return knex<Synchronisation>('peeringdb_synchronisation').where({ id }).first();
}

/** How a synchronisation that published nothing ended. */
export interface Ending {
  readonly status: 'failed' | 'canceled';
  readonly error: { readonly type: string; readonly message: string };
  readonly now: Date;
}

/** Ends the running synchronisation of a job without publishing. One that has ended stays as it is. */
export async function endSynchronisation(knex: Knex, job_id: string, { status, error, now }: Ending): Promise<void> {
  await knex('peeringdb_synchronisation')
    .where({ job_id, status: 'running' })
    .update({ status, error: JSON.stringify(error), finished: now.toISOString() });
}

/** Keeps the sentence that says what a synchronisation did. */
export async function describeSynchronisation(knex: Knex, id: number, summary: string): Promise<void> {
  await knex('peeringdb_synchronisation').where({ id }).update({ summary });
}
