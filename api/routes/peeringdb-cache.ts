import type { Knex } from 'knex';
import { z } from 'zod';
import type { JobRow } from '../../store/jobs';
import { OBJECT_TAGS } from '../../store/peeringdb/objects';
import { cacheStatistics } from '../../store/peeringdb/snapshot';
import {
  PEERINGDB_CLEAR_JOB,
  PEERINGDB_SYNC_JOB,
  PEERINGDB_SYNC_WORKFLOW_ID,
  type SyncMode,
} from '../../workflows/peeringdb/messages';
import { endpoint, type Endpoint } from '../http/endpoint';
import { jobAnswer, jobBody, jobSchema } from '../http/job-answer';
import { timeOut, waitQuery } from '../http/schemas';
import { fromSnapshot } from '../http/snapshot';
import { Problem } from '../problem';
import { startJobWorkflow, type JobDeps, type JobStart, type Started } from '../temporal/jobs';

export interface PeeringdbCacheDeps extends JobDeps {
  readonly clock: () => Date;
  /** Whether an API key of PeeringDB's is configured. */
  readonly hasPeeringdbKey: boolean;
}

const TAGS = ['peeringdb'];
const MODES = ['incremental', 'full', 'flush'] as const satisfies readonly SyncMode[];

const sync = (mode: SyncMode): JobStart => ({
  type: PEERINGDB_SYNC_JOB,
  workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
  workflowType: 'peeringdbSync',
  input: { mode },
  mode,
  object: 'peeringdb',
});

const CLEAR: JobStart = {
  type: PEERINGDB_CLEAR_JOB,
  workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
  workflowType: 'peeringdbClear',
  input: {},
  mode: 'clear',
  object: 'peeringdb',
};

/** A scheduled synchronisation fetches at least what an incremental one would. */
const isWhatIsAsked = (running: string | undefined, mode: SyncMode): boolean =>
  running === mode || (running === 'scheduled' && mode === 'incremental');

/** The job that was started, or the running one when it does what is asked for. Throws a 409 that names it. */
function jobOf(started: Started, mode: SyncMode | undefined, baseUrl: string): JobRow {
  if (started.started) return started.job;
  const { running, job } = started;
  if (job !== undefined && mode !== undefined && isWhatIsAsked(running.mode, mode)) return job;
  const what =
    running.mode === 'clear'
      ? 'the cache is being emptied'
      : `a synchronisation (${running.mode ?? 'unknown'}) is running`;
  throw new Problem('already-running', `${what}: job ${running.job_id ?? 'unknown'}; wait for it, or cancel it`, {
    members: job === undefined ? {} : { job: jobBody(job, baseUrl) },
  });
}

const statisticsSchema = z
  .object({
    ...Object.fromEntries(OBJECT_TAGS.map((tag) => [`${tag}-count`, z.int()])),
    'sync-count': z.int(),
    last_sync: timeOut.nullable(),
    authenticated: z.boolean(),
    flush_advised: z.boolean(),
    running: z.unknown(),
  })
  .meta({ id: 'CacheStatistics' });

function updateLocal(deps: PeeringdbCacheDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/api/peeringdb/cache/update-local/',
    summary: 'Synchronise the cache with PeeringDB',
    tags: TAGS,
    scope: 'admin',
    creates: true,
    request: { query: waitQuery, body: z.strictObject({ mode: z.enum(MODES).default('incremental') }) },
    responses: {
      200: { description: 'With wait: the job, completed', schema: jobSchema },
      202: { description: 'The job, or the running one of the same mode', schema: jobSchema },
      409: { description: 'Another mode is running, or with wait: the job failed' },
      502: { description: 'With wait: PeeringDB failed' },
    },
    handler: async ({ body: { mode }, query }, context) => {
      const job = jobOf(await startJobWorkflow(deps, sync(mode)), mode, context.baseUrl);
      return jobAnswer(deps, job, context, query.wait);
    },
  });
}

function clearLocal(deps: PeeringdbCacheDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/api/peeringdb/cache/clear-local/',
    summary: 'Empty the cache, and fetch nothing',
    tags: TAGS,
    scope: 'admin',
    creates: true,
    request: { query: waitQuery, body: z.strictObject({}) },
    responses: {
      200: { description: 'With wait: the job, completed', schema: jobSchema },
      202: { description: 'The job', schema: jobSchema },
      409: { description: 'A synchronisation is running, or with wait: the job failed' },
    },
    handler: async ({ query }, context) => {
      const job = jobOf(await startJobWorkflow(deps, CLEAR), undefined, context.baseUrl);
      return jobAnswer(deps, job, context, query.wait);
    },
  });
}

/** What can be done to the cache as a whole. */
export function createPeeringdbCacheRoutes(deps: PeeringdbCacheDeps): Endpoint[] {
  const { knex, hasPeeringdbKey }: { knex: Knex; hasPeeringdbKey: boolean } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/peeringdb/cache/statistics/',
      summary: 'How many rows of each type there are, and of when',
      tags: TAGS,
      scope: 'read',
      responses: { 200: { description: 'Counts and freshness', schema: statisticsSchema } },
      handler: async () => {
        const { snapshot, statistics } = await cacheStatistics(knex, hasPeeringdbKey);
        return snapshot === null ? { body: statistics } : fromSnapshot(snapshot, { body: statistics });
      },
    }),
    updateLocal(deps),
    clearLocal(deps),
  ];
}
