import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createStore } from '../../store/knex';
import { OBJECT_TAGS, OBJECTS } from '../../store/peeringdb/objects';
import { CacheEmptyError, readSnapshot } from '../../store/peeringdb/snapshot';

/** Readers that read the whole cache again and again while faults happen. */
export interface Readers {
  /** What was read of each snapshot: counts and checksums of all 13 types, as text. */
  readonly seen: ReadonlyMap<number, ReadonlySet<string>>;
  /** Reads that ended well. */
  readonly reads: () => number;
  /** What readers must never meet: a lock that they wait for, a cache that is empty once it was filled. */
  readonly violations: readonly string[];
  stop(): Promise<void>;
}

/** PostgreSQL's code of a statement that waited for a lock too long. */
const LOCK_NOT_AVAILABLE = '55P03';
const PAUSE_MS = 20;

const ignore = (): void => undefined;
/** For pools on a server that comes and goes: knex would tell of each connection that it cannot get. */
export const SILENT_KNEX = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };

/** A text that is equal for equal caches. Each type is a statement of its own, so that a publication can come between. */
function fingerprint(knex: Knex): Promise<{ readonly snapshot: number; readonly text: string }> {
  return readSnapshot(knex, async (trx, snapshot) => {
    // Readers wait for no lock at all; this is how long one that did would be told from a busy machine.
    await trx.raw("SET LOCAL lock_timeout = '1s'");
    const parts: string[] = [];
    for (const tag of OBJECT_TAGS) {
      const result = await trx.raw<{ rows: { part: string }[] }>(
        `SELECT concat_ws(' ', count(*), sum(hashtext(t::text)::bigint)) AS part FROM ${OBJECTS[tag].table} t`,
      );
      parts.push(`${tag} ${result.rows[0]?.part ?? ''}`);
    }
    return { snapshot, text: parts.join(', ') };
  });
}

/** Starts a reader on a pool of its own. PostgreSQL may come and go: what breaks is read again. */
export function startReaders(url: string): Readers {
  const knex = createStore(url, { max: 1, applicationName: 'readers', log: SILENT_KNEX });
  const seen = new Map<number, Set<string>>();
  const violations: string[] = [];
  let reads = 0;
  const stopping = new AbortController();
  const judge = (error: unknown): void => {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE)
      violations.push(`waited for a lock: ${String(error)}`);
    if (error instanceof CacheEmptyError && seen.size > 0) violations.push('the cache was empty');
  };
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const { snapshot, text } = await fingerprint(knex);
        seen.set(snapshot, (seen.get(snapshot) ?? new Set()).add(text));
        reads++;
      } catch (error) {
        judge(error);
      }
      await sleep(PAUSE_MS);
    }
  })();
  return {
    seen,
    reads: () => reads,
    violations,
    stop: async () => {
      stopping.abort();
      await loop;
      await knex.destroy();
    },
  };
}
