import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { startWorker, type RunningWorker } from '../../activities/worker';
import type { peeringdbClear } from '../../workflows/peeringdb/clear.workflow';
import {
  PEERINGDB_SYNC_WORKFLOW_ID,
  type PeeringdbSyncResult,
  type SyncDurations,
  type SyncMode,
} from '../../workflows/peeringdb/messages';
import type { peeringdbScheduled } from '../../workflows/peeringdb/scheduled.workflow';
import type { peeringdbSync } from '../../workflows/peeringdb/sync.workflow';
import { progressQuery, startsOn, TASK_QUEUE, type JobProgress } from '../../workflows/shared/job';
import type { Activities } from './synchronise-site';
import { connectTestTemporal, testBundle, testNamespace, type TestTemporal } from './temporal';

/** A started synchronisation or clearing. */
export interface StartedJob<R> {
  readonly job_id: string;
  readonly handle: WorkflowHandleWithFirstExecutionRunId<() => Promise<R>>;
}

/** A worker on this jest worker's namespace, and what starts workflows on it. */
export interface TestWorker {
  readonly temporal: TestTemporal;
  /** From here on these are the activities. */
  use(activities: Activities): void;
  start(mode: SyncMode | 'scheduled', durations?: SyncDurations): Promise<StartedJob<PeeringdbSyncResult>>;
  /** Runs a synchronisation to its end. */
  synchronise(mode: SyncMode | 'scheduled', durations?: SyncDurations): Promise<PeeringdbSyncResult>;
  clear(): Promise<StartedJob<{ readonly deleted: number }>>;
  /** Starts what the schedule starts. */
  scheduled(durations?: SyncDurations): Promise<WorkflowHandle<typeof peeringdbScheduled>>;
  /** Whatever runs under the id of synchronisations: the newest run. */
  readonly current: () => WorkflowHandle<typeof peeringdbSync>;
  /** Waits until what a running synchronisation says of itself is as `is` wants it. */
  progress(is: (progress: JobProgress) => boolean): Promise<JobProgress>;
  /** Ends what a test left running, so that the next one finds the id free. */
  terminate(): Promise<void>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

/** Short, so that tests need not wait: a tenth of a second after the first failure, one second in all. */
export const SHORT: SyncDurations = { guard_seconds: 30, patience_seconds: 1, backoff_seconds: 0.1 };

let installed = false;

/** Workers of this process say nothing of themselves but errors. */
export function silenceRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
}

/** Activities that are whatever `current` says at the time of each call. */
function delegate(current: () => Activities): object {
  const names: (keyof Activities)[] = [
    'openSynchronisation',
    'fetchObject',
    'fetchMissingParents',
    'publishSynchronisation',
    'closeSynchronisation',
    'clearPeeringdb',
    'renewRecords',
    'startJob',
    'finishJob',
  ];
  return Object.fromEntries(names.map((name) => [name, (input: never) => current()[name](input)]));
}

/** Starts a worker in this process. Close it in `afterAll`. */
export async function createTestWorker(): Promise<TestWorker> {
  silenceRuntime();
  const temporal = await connectTestTemporal();
  const { client, connection } = temporal;
  let activities: Activities | undefined;
  let worker: RunningWorker | undefined;
  const current = (): WorkflowHandle<typeof peeringdbSync> => client.workflow.getHandle(PEERINGDB_SYNC_WORKFLOW_ID);
  const options = (job_id: string, mode?: string) => ({
    workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    memo: { job_id, ...(mode === undefined ? {} : { mode }) },
    typedSearchAttributes: new TypedSearchAttributes(startsOn('peeringdb')),
  });
  const start: TestWorker['start'] = async (mode, durations = SHORT) => {
    const job_id = randomUUID();
    const handle = await client.workflow.start<typeof peeringdbSync>('peeringdbSync', {
      ...options(job_id, mode),
      args: [{ job_id, mode, durations }],
    });
    return { job_id, handle };
  };
  const run: TestWorker['startWorker'] = async () => {
    const given = delegate(() => {
      if (activities === undefined) throw new Error('no activities are in use: expected a call of use()');
      return activities;
    });
    worker = await startWorker({ connection, namespace: testNamespace(), activities: given, bundle: testBundle() });
  };
  const stopWorker = async (): Promise<void> => {
    await worker?.stop();
    worker = undefined;
  };
  await run();
  return {
    temporal,
    use: (next) => {
      activities = next;
    },
    start,
    synchronise: async (mode, durations) => (await start(mode, durations)).handle.result(),
    clear: async () => {
      const job_id = randomUUID();
      const handle = await client.workflow.start<typeof peeringdbClear>('peeringdbClear', {
        ...options(job_id),
        args: [{ job_id }],
      });
      return { job_id, handle };
    },
    scheduled: (durations = SHORT) =>
      client.workflow.start<typeof peeringdbScheduled>('peeringdbScheduled', {
        workflowId: `peeringdb-${randomUUID()}`,
        taskQueue: TASK_QUEUE,
        args: [{ durations }],
      }),
    current,
    progress: async (is) => {
      for (const deadline = Date.now() + 20_000; ;) {
        const progress = await current().query(progressQuery);
        if (is(progress)) return progress;
        if (Date.now() > deadline) throw new Error(`progress stayed at ${JSON.stringify(progress)}`);
        await sleep(50);
      }
    },
    terminate: async () => {
      await current()
        .terminate('the test is over')
        .catch(() => undefined);
    },
    stopWorker,
    startWorker: run,
    close: async () => {
      await stopWorker();
      await temporal.close();
    },
  };
}
