import type { Knex } from 'knex';
import type { Temporal } from '../api/temporal/client';
import { NotReadyError, type Probes } from '../api/http/readiness';
import { TASK_QUEUE } from '../workflows/shared/job';
import type { ChildStatus } from './child';

/** A worker polls at least once a minute; one that has not for this long is gone. */
const POLLED_WITHIN_MS = 90_000;

async function findWorker(temporal: Temporal): Promise<void> {
  const { pollers } = await temporal.call((client) =>
    client.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: TASK_QUEUE },
    }),
  );
  const last = Math.max(0, ...pollers.map((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1000));
  if (last < Date.now() - POLLED_WITHIN_MS) throw new NotReadyError('no worker polls the task queue');
}

/** A child that is being started again is named, with how often that happened. */
function alive(status: (() => ChildStatus) | undefined): void {
  const { state, restarts } = status?.() ?? { state: 'running', restarts: 0 };
  if (state !== 'running') throw new NotReadyError(`the embedded server is ${state} (restarts: ${restarts})`);
}

/** What the product needs to work: asked by `/health/ready`. */
export function createProbes(parts: {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly postgresStatus?: (() => ChildStatus) | undefined;
  readonly temporalStatus?: (() => ChildStatus) | undefined;
}): Probes {
  const { knex, temporal, postgresStatus, temporalStatus } = parts;
  return {
    database: async () => {
      alive(postgresStatus);
      await knex.raw('SELECT 1');
    },
    temporal: async () => {
      alive(temporalStatus);
      await temporal.check();
    },
    worker: () => findWorker(temporal),
  };
}
