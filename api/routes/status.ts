import type { Knex } from 'knex';
import { z } from 'zod';
import { cacheState } from '../../store/peeringdb/synchronisations';
import { postgresVersion } from '../../store/versions';
import { TASK_QUEUE } from '../../workflows/shared/job';
import { endpoint, type Endpoint } from '../http/endpoint';
import { timeOut } from '../http/schemas';
import type { Temporal } from '../temporal/client';

export interface StatusDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly version: string;
}

const DEADLINE_MS = 2_000;

const orNull = <T>(question: Promise<T>): Promise<T | null> => question.catch(() => null);

const temporalVersion = ({ temporal }: StatusDeps): Promise<string | null> =>
  temporal.call(async ({ workflowService }) => (await workflowService.getSystemInfo({})).serverVersion, DEADLINE_MS);

/** Workers that asked for work lately. */
async function workersRunning({ temporal }: StatusDeps): Promise<number> {
  const { namespace } = temporal;
  const queue = { namespace, taskQueue: { name: TASK_QUEUE } };
  const { pollers } = await temporal.call(
    ({ workflowService }) => workflowService.describeTaskQueue(queue),
    DEADLINE_MS,
  );
  return pollers.length;
}

async function peeringdb(knex: Knex, now: Date): Promise<z.output<typeof freshness>> {
  const { snapshot, published } = await cacheState(knex);
  if (snapshot === null || published === null) return { synchronisation: null, last_sync: null, age_seconds: null };
  const age = Math.max(0, Math.round((now.getTime() - Date.parse(published)) / 1_000));
  return { synchronisation: snapshot, last_sync: published, age_seconds: age };
}

const freshness = z.object({
  synchronisation: z.int().nullable(),
  last_sync: timeOut.nullable(),
  age_seconds: z.int().nullable(),
});

const statusSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    postgresql: z.string().nullable(),
    temporal: z.string().nullable(),
    namespace: z.string(),
    workers: z.int().nullable(),
    freshness: z.object({ peeringdb: freshness.nullable() }),
  })
  .meta({ id: 'Status' });

/** Versions, workers, freshness. What does not answer is null: whether all is well is for `/health/ready`. */
export function createStatusRoutes(deps: StatusDeps): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/status/',
      summary: 'Versions, running workers, and how fresh the data is',
      tags: ['operation'],
      scope: 'read',
      responses: { 200: { description: 'What is known; null for what does not answer', schema: statusSchema } },
      handler: async (_input, { now }) => {
        const [postgresql, temporal, workers, cache] = await Promise.all([
          orNull(postgresVersion(deps.knex)),
          orNull(temporalVersion(deps)),
          orNull(workersRunning(deps)),
          orNull(peeringdb(deps.knex, now)),
        ]);
        return {
          body: {
            version: deps.version,
            node: process.version,
            ...{ postgresql, temporal, namespace: deps.temporal.namespace, workers },
            freshness: { peeringdb: cache },
          },
        };
      },
    }),
  ];
}
