import type { Knex } from 'knex';
import { objectStates, type CacheState } from './synchronisations';
import type { ObjectTag } from './objects';

/** Thrown when the cache was never filled, or was cleared. */
export class CacheEmptyError extends Error {
  override readonly name = 'CacheEmptyError';

  constructor() {
    super('the PeeringDB cache is empty: start a synchronisation with POST /api/peeringdb/cache/update-local/');
  }
}

/** Whether the cache was never filled, or was cleared: it says nothing then. */
export async function isCacheEmpty(knex: Knex): Promise<boolean> {
  const state = await knex<CacheState>('peeringdb_state').first('snapshot');
  return state === undefined || state.snapshot === null;
}

/** For what cannot be answered without the cache. Throws {@link CacheEmptyError}. */
export async function requireCache(knex: Knex): Promise<void> {
  if (await isCacheEmpty(knex)) throw new CacheEmptyError();
}

/**
 * Reads from one snapshot of the cache: whatever `read` asks for in its transaction comes from the synchronisation
 * whose id it is given, also while the next one is published. Throws {@link CacheEmptyError}.
 */
export function readSnapshot<T>(
  knex: Knex,
  read: (trx: Knex.Transaction, synchronisation: number) => Promise<T>,
): Promise<T> {
  return knex.transaction(
    async (trx) => {
      const state = await trx<CacheState>('peeringdb_state').first('snapshot');
      if (state === undefined || state.snapshot === null) throw new CacheEmptyError();
      return read(trx, state.snapshot);
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** Counts of the cache, in the words of Peering Manager's statistics. */
export interface CacheStatistics extends Record<`${ObjectTag}-count`, number> {
  readonly 'sync-count': number;
  /** When the published snapshot was published, ISO 8601; null while the cache is empty. */
  readonly last_sync: string | null;
  /** Whether the published rows were fetched with an API key. */
  readonly authenticated: boolean;
  /** Whether a key was added since, so that rows are missing which it could see. */
  readonly flush_advised: boolean;
  /** The id of the running synchronisation; null if none runs. */
  readonly running: number | null;
}

/**
 * Counts of the cache, and the id of the synchronisation that they are of (null while the cache is empty); `hasKey` is
 * whether an API key is configured now.
 */
export function cacheStatistics(
  knex: Knex,
  hasKey: boolean,
): Promise<{ readonly snapshot: number | null; readonly statistics: CacheStatistics }> {
  return knex.transaction(
    async (trx) => {
      const state = await trx<CacheState>('peeringdb_state').first();
      const objects = await objectStates(trx);
      const counts = Object.fromEntries(objects.map(({ tag, row_count }) => [`${tag}-count`, row_count]));
      const [syncs] = await trx('peeringdb_synchronisation').count<{ count: number }[]>('* as count');
      const running = await trx<{ id: number; status: string }>('peeringdb_synchronisation')
        .where({ status: 'running' })
        .first('id');
      const identity = state?.identity ?? null;
      const snapshot = state?.snapshot ?? null;
      const statistics: CacheStatistics = {
        ...(counts as Record<`${ObjectTag}-count`, number>),
        'sync-count': syncs?.count ?? 0,
        last_sync: snapshot === null ? null : (state?.published ?? null),
        authenticated: identity !== null && identity !== 'anonymous',
        flush_advised: hasKey && identity === 'anonymous',
        running: running?.id ?? null,
      };
      return { snapshot, statistics };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}
