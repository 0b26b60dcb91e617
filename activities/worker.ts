import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type NativeConnection,
  type WorkflowBundle,
} from '@temporalio/worker';
import { TASK_QUEUE } from '../workflows/shared/job';
import { withFailures } from './shared/failure';

/** How long activities may go on after a stop was asked for; then they are cancelled, and done again elsewhere. */
const GRACE = '10s';
/** What a cancelled activity has to let go. */
const FORCE = '15s';

/** A worker that is running. */
export interface RunningWorker {
  /** Takes no new work, lets running activities end, then resolves. */
  stop(): Promise<void>;
  /** Rejects when the worker fails by itself. */
  readonly finished: Promise<void>;
}

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: object;
  readonly bundle: WorkflowBundle | { readonly codePath: string };
}

/** Bundles the workflows for the sandbox; some seconds of work. */
export const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({ workflowsPath: require.resolve('../workflows'), logger: new DefaultLogger('ERROR') });

/** Starts a worker on the product's task queue. */
export async function startWorker({
  connection,
  namespace,
  activities,
  bundle,
}: WorkerOptions): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: bundle,
    activities: withFailures(activities as Parameters<typeof withFailures>[0]),
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
    // Heartbeats are throttled to a share of their timeout; this bounds how late a cancellation arrives.
    maxHeartbeatThrottleInterval: '2s',
    // What each cached workflow costs is memory; there are few long-lived ones.
    maxCachedWorkflows: 200,
  });
  const finished = worker.run();
  return {
    finished,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    },
  };
}
