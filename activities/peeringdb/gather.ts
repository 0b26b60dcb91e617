import { Context } from '@temporalio/activity';
import { beginBody, completeBody, findBody, listBodies, RANK, unstagedBodies } from '../../store/peeringdb/bodies';
import { findMissingParents, rememberAsked } from '../../store/peeringdb/parents';
import { quarantinedTags, readQuarantine } from '../../store/peeringdb/quarantine';
import { findStaged, outlivesChanges, type Staged } from '../../store/peeringdb/staging';
import {
  findSynchronisation,
  objectStates,
  type ObjectState,
  type Synchronisation,
} from '../../store/peeringdb/synchronisations';
import type { ObjectTag } from '../../store/peeringdb/objects';
import type { PeeringdbActivities } from '../../workflows/peeringdb/activities';
import { SYNC_FAILURES } from '../../workflows/peeringdb/messages';
import { AppError } from '../shared/failure';
import { whileHeartbeating } from '../shared/heartbeat';
import { logStep, type PeeringdbDeps } from './deps';
import { fenced } from './errors';
import { createFetcher, type Call } from './fetch';
import { sinceOf } from './plan';
import { stageRows } from './stage';

/** Ids in one request for parents: PeeringDB asks for no more than 150, and the address has to fit. */
const PARENTS_AT_ONCE = 100;
/** Most requests for parents in one synchronisation; what is left is asked for in the next. */
const MOST_PARENT_REQUESTS = 20;

/** Gathers what a synchronisation publishes: bodies of upstream's, and rows of the quarantine. */
export interface Gathering extends Pick<PeeringdbActivities, 'fetchObject' | 'fetchMissingParents'> {
  /** Stages rows that wait in quarantine like a body of upstream's, to be judged once more. */
  stageQuarantine(synchronisation: number): Promise<void>;
  /** Stages everything again that was lost with a crash of PostgreSQL. */
  restage(synchronisation: number): Promise<void>;
}

const call = (): Call => {
  const context = Context.current();
  return { signal: context.cancellationSignal, onPiece: (rows) => context.heartbeat(rows) };
};

/** The activities that fetch. */
export function createGathering(deps: PeeringdbDeps): Gathering {
  const { knex, identity, clock } = deps;
  const fetcher = createFetcher(deps);

  async function running(id: number): Promise<Synchronisation> {
    const sync = await findSynchronisation(knex, id);
    if (sync?.status !== 'running') throw fenced(`synchronisation ${id} has ended`);
    return sync;
  }

  async function stageQuarantine(synchronisation: number): Promise<void> {
    // A flush takes nothing over from what there was: its lists tell all that there is.
    if ((await findSynchronisation(knex, synchronisation))?.mode === 'flush') return;
    for (const tag of await quarantinedTags(knex)) {
      const key = { synchronisation, tag, part: 'quarantine' };
      const kept = await findBody(knex, key);
      if (kept && (await findStaged(knex, kept.id))) continue;
      const begun = { ...key, rank: RANK.retry, identity, fetched: clock().toISOString() };
      const id = kept?.id ?? (await beginBody(knex, begun));
      await stageRows(knex, { id, tag, rank: RANK.retry }, readQuarantine(knex, tag), call().onPiece);
      await completeBody(knex, id, 0);
    }
  }

  /** The whole list; undefined when it is empty and upstream tells that all cached rows are deleted. */
  async function listOrNothing(
    { id, mode }: Synchronisation,
    tag: ObjectTag,
    state: ObjectState | undefined,
  ): Promise<Staged | undefined> {
    try {
      return await fetcher.list(id, tag, state?.row_count ?? 0, call());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== SYNC_FAILURES.emptyList) throw error;
      await fetcher.since(id, tag, sinceOf(mode === 'flush' ? null : state?.cursor, null), call());
      if (await outlivesChanges(knex, id, tag)) throw error;
      return undefined;
    }
  }

  async function restageBodies(synchronisation: number): Promise<void> {
    const lost = await unstagedBodies(knex, synchronisation);
    if (lost.length > 0)
      deps.log.warn({ synchronisation, bodies: lost.length }, 'staged rows were lost, staging them again from bodies');
    for (const body of lost) await fetcher.restage(body, call().onPiece);
  }

  async function fetchObject(synchronisation: number, tag: ObjectTag, list: boolean): Promise<{ rows: number }> {
    const sync = await running(synchronisation);
    const state = (await objectStates(knex)).find((object) => object.tag === tag);
    const whole = list ? await listOrNothing(sync, tag, state) : undefined;
    const known = sync.mode === 'flush' ? null : state?.cursor;
    const changes = await fetcher.since(synchronisation, tag, sinceOf(known, whole?.newest), call());
    return { rows: (whole?.rows ?? 0) + changes.rows };
  }

  async function fetchMissingParents(synchronisation: number): Promise<{ asked: number }> {
    logStep(deps, { step: 'parents', synchronisation });
    await running(synchronisation);
    const bodies = await listBodies(knex, synchronisation);
    let left = MOST_PARENT_REQUESTS - bodies.filter((body) => body.part.startsWith('parents-')).length;
    let asked = 0;
    // A parent may itself name a parent that nobody has; the chain is three long (netixlan, net, org).
    for (;;) {
      // Rows that a crash of PostgreSQL took from staging would seem to be nowhere.
      await restageBodies(synchronisation);
      const missing = await findMissingParents(knex, synchronisation);
      const batches = missing.flatMap(({ tag, ids }) =>
        Array.from({ length: Math.ceil(ids.length / PARENTS_AT_ONCE) }, (_, i) => ({
          tag,
          ids: ids.slice(i * PARENTS_AT_ONCE, (i + 1) * PARENTS_AT_ONCE),
        })),
      );
      if (batches.length === 0 || left <= 0) return { asked };
      for (const { tag, ids } of batches.slice(0, left)) {
        await fetcher.byIds(synchronisation, tag, ids, call());
        await rememberAsked(knex, tag, ids, clock());
        asked += ids.length;
      }
      left -= batches.length;
    }
  }

  return {
    stageQuarantine,

    async restage(synchronisation) {
      await restageBodies(synchronisation);
      await stageQuarantine(synchronisation);
    },

    fetchObject: ({ synchronisation, tag, list }) => whileHeartbeating(fetchObject(synchronisation, tag, list)),
    fetchMissingParents: ({ synchronisation }) => whileHeartbeating(fetchMissingParents(synchronisation)),
  };
}
