import { Context } from '@temporalio/activity';
import { ensureJob, finishJob, startJob, type JobResult } from '../../store/jobs';
import { adoptLists, dropOldBodies, dropPublishedBodies } from '../../store/peeringdb/bodies';
import { OBJECT_TAGS, OBJECTS } from '../../store/peeringdb/objects';
import { forgetAsked } from '../../store/peeringdb/parents';
import { clearCache, FencedError } from '../../store/peeringdb/empty';
import { publish } from '../../store/peeringdb/publish';
import type { Guarded, Publication, Published } from '../../store/peeringdb/publish';
import { StagingLostError } from '../../store/peeringdb/publish-plan';
import { clearStaging } from '../../store/peeringdb/staging';
import {
  describeSynchronisation,
  endSynchronisation,
  findSynchronisation,
  objectStates,
  openSynchronisation,
  type Synchronisation,
} from '../../store/peeringdb/synchronisations';
import type { PeeringdbActivities, PublicationOutcome } from '../../workflows/peeringdb/activities';
import { PEERINGDB_SYNC_JOB } from '../../workflows/peeringdb/messages';
import { whileHeartbeating } from '../shared/heartbeat';
import { execution } from '../shared/execution';
import { logStep, type PeeringdbDeps } from './deps';
import { fenced } from './errors';
import { createGathering, type Gathering } from './gather';
import { decideMode } from './plan';
import { summarise } from './summary';

/** A type is analysed once more than this share of it changed, so that plans fit its new size. */
const ANALYZE_SHARE = 0.1;

type Ending = Parameters<PeeringdbActivities['closeSynchronisation']>[0]['ending'];

const asFenced = (error: unknown): unknown => (error instanceof FencedError ? fenced(error.message) : error);

/** Publishes; rows that were lost with a crash of PostgreSQL are staged again first. */
async function publishStaged(
  deps: PeeringdbDeps,
  gathering: Gathering,
  publication: Publication,
): Promise<Published | Guarded> {
  for (;;) {
    try {
      return await publish(deps.knex, publication);
    } catch (error) {
      if (!(error instanceof StagingLostError)) throw asFenced(error);
      await gathering.restage(publication.synchronisation);
    }
  }
}

async function analyze({ knex }: PeeringdbDeps, { objects }: Synchronisation): Promise<void> {
  for (const tag of OBJECT_TAGS) {
    const counts = objects[tag];
    if (counts === undefined) continue;
    const changed = counts.created + counts.updated + counts.deleted;
    const rows = counts.created + counts.updated + counts.unchanged;
    if (changed > ANALYZE_SHARE * rows) await knex.raw(`ANALYZE ${OBJECTS[tag].table}`);
  }
}

async function publishAndDescribe(
  deps: PeeringdbDeps,
  gathering: Gathering,
  { synchronisation, removals }: Parameters<PeeringdbActivities['publishSynchronisation']>[0],
): Promise<PublicationOutcome> {
  const { knex, guard, clock } = deps;
  logStep(deps, { step: 'publish', synchronisation });
  const sync = await findSynchronisation(knex, synchronisation);
  if (sync === undefined) throw fenced(`there is no synchronisation ${synchronisation}`);
  if (sync.status === 'running') await gathering.stageQuarantine(synchronisation);
  const done = await publishStaged(deps, gathering, { synchronisation, removals, guard, clock });
  if (done.outcome === 'guarded') return done;
  // Published already: the first time knew more of it.
  const summary = sync.summary ?? summarise(sync.mode, done);
  await describeSynchronisation(knex, synchronisation, summary);
  return { outcome: 'published', result: { synchronisation, mode: sync.mode, ...done.total, summary } };
}

/** The job says what changed of own records too; too much, perhaps, for a history. */
const withRecords = (ending: Ending, sync: Synchronisation | undefined): JobResult =>
  ending.status === 'completed' ? { ...ending, result: { ...ending.result, records: sync?.records ?? null } } : ending;

/** The activities of the PeeringDB workflows. */
export function createPeeringdbActivities(deps: PeeringdbDeps): PeeringdbActivities {
  const { knex, clock, identity, repeatIntervalMs } = deps;
  const gathering = createGathering(deps);
  const anHourAgo = (): Date => new Date(clock().getTime() - repeatIntervalMs);

  return {
    fetchObject: gathering.fetchObject,
    fetchMissingParents: gathering.fetchMissingParents,
    publishSynchronisation: (input) => whileHeartbeating(publishAndDescribe(deps, gathering, input)),

    async openSynchronisation({ job_id, mode }) {
      logStep(deps, { step: 'open', job_id });
      const now = clock();
      await ensureJob(knex, { id: job_id, type: PEERINGDB_SYNC_JOB, input: { mode }, ...execution(Context.current()) });
      await startJob(knex, job_id, now);
      const modeOf: Parameters<typeof openSynchronisation>[1]['modeOf'] = (state) =>
        decideMode(mode, state, identity, now);
      const sync = await openSynchronisation(knex, { job_id, identity, now, modeOf });
      if (sync.mode !== 'incremental') {
        await adoptLists(knex, sync.id, identity, anHourAgo().toISOString());
        await forgetAsked(knex, now);
      }
      const states = await objectStates(knex);
      return {
        synchronisation: sync.id,
        mode: sync.mode,
        tags: states.map(({ tag }) => ({ tag, list: sync.mode !== 'incremental' })),
      };
    },

    closeSynchronisation: ({ job_id, ending }) =>
      whileHeartbeating(
        (async () => {
          logStep(deps, { step: 'close', job_id });
          const now = clock();
          if (ending.status !== 'completed') await endSynchronisation(knex, job_id, { ...ending, now });
          await clearStaging(knex);
          const sync =
            ending.status === 'completed' ? await findSynchronisation(knex, ending.result.synchronisation) : undefined;
          if (sync) {
            await analyze(deps, sync);
            await dropPublishedBodies(knex, sync.id);
          }
          await dropOldBodies(knex, anHourAgo());
          await finishJob(knex, job_id, withRecords(ending, sync), now);
        })(),
      ),

    clearPeeringdb: async () => ({ deleted: await whileHeartbeating(clearCache(knex, clock())) }),
  };
}
