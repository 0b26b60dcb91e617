import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Knex } from 'knex';
import type { Step } from '../../activities/peeringdb/deps';
import { startPostgres, type EmbeddedPostgres } from '../../engine/postgres';
import { startTemporal, type EmbeddedTemporal } from '../../engine/temporal';
import { findJob, isFinal, type JobRow } from '../../store/jobs';
import { createStore } from '../../store/knex';
import { migrate } from '../../store/migrate';
import type { Body } from '../../store/peeringdb/bodies';
import { PEERINGDB_SYNC_WORKFLOW_ID, type SyncDurations, type SyncMode } from '../../workflows/peeringdb/messages';
import type { peeringdbSync } from '../../workflows/peeringdb/sync.workflow';
import { startsOn, TASK_QUEUE } from '../../workflows/shared/job';
import { spawnFakePeeringdb, type RemotePeeringdb, type SpawnOptions } from '../fakes/peeringdb/remote';
import { fileLog, temporaryFolder } from './engine';
import { until } from './processes';
import { startProductProcess, type LogLine, type ProductProcess } from './product-process';
import { SILENT_KNEX, startReaders, type Readers } from './product-readers';

/** What can be killed. */
export type Victim = 'worker' | 'postgres' | 'temporal';

/** A step that a worker said it begins. */
export interface SeenStep extends Step {
  readonly worker: ProductProcess;
}

/** PostgreSQL, a Temporal server, two workers and a PeeringDB, each a process, and readers of the cache meanwhile. */
export interface Rig {
  readonly fake: RemotePeeringdb;
  readonly knex: Knex;
  readonly readers: Readers;
  /** The steps begun since the newest synchronisation was started, in order. */
  readonly steps: readonly SeenStep[];
  /** Workers that ended although nobody ended them. */
  readonly crashed: readonly string[];
  /** Everything that workers logged with this text in it. */
  logged(text: string): LogLine[];
  /** Starts a synchronisation; the id of its job. */
  start(mode: SyncMode): Promise<string>;
  /** The index of the `nth` beginning of such a step, from the index `from` on; waits for it. */
  reach(is: (step: Step) => boolean, from?: number, nth?: number): Promise<number>;
  /** Kills with SIGKILL. A worker has a successor at once; the servers come back by themselves. */
  kill(victim: Victim, worker?: ProductProcess): Promise<void>;
  /** Waits until a job and its workflow are over. */
  ended(job_id: string): Promise<JobRow>;
  /** Asks a worker to end, as an operator does, and starts a successor; how it ended. */
  stop(worker: ProductProcess): Promise<number | NodeJS.Signals>;
  /** By activity, how often the newest synchronisation had to begin one of them. */
  attempts(): Promise<Readonly<Record<string, number>>>;
  /** Requests for bodies that were complete already when something was killed. */
  askedAgain(): Promise<string[]>;
  close(): Promise<void>;
}

/** Upstream failures are waited out quickly, and a person need not be waited for. */
const DURATIONS: SyncDurations = { backoff_seconds: 0.5, guard_seconds: 1 };
const NAMESPACE = 'crossconnect';
const JOB_MS = 240_000;
const POLL_MS = 100;

/** A crash of a process loses nothing that the system was given: waiting for the disk would only take time. */
const NO_DISK_WAITS = { fsync: 'off' };

interface Servers {
  readonly postgres: EmbeddedPostgres;
  readonly temporal: EmbeddedTemporal;
}

async function startServers(folder: string): Promise<Servers> {
  const log = fileLog(join(folder, 'engine.log'));
  const postgres = await startPostgres({ dataDir: folder, log, settings: NO_DISK_WAITS });
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  const others = { namespaces: [NAMESPACE], uiPort: null, synchronous: 'off', progress: console.error } as const;
  const temporal = await startTemporal({ dataDir: folder, cliPath, log, ...others }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return { postgres, temporal };
}

/** Asks again until PostgreSQL is there to answer. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}

/** Whether a request asked for this body. */
function asksFor(path: string, { tag, part }: Body): boolean {
  if (part === 'list') return path === `/api/${tag}`;
  if (part === 'since') return path.startsWith(`/api/${tag}?since=`) && !path.includes('id__in');
  return path === `/api/${tag}?since=1&id__in=${part.replace('parents-', '')}`;
}

const isTakingWork = ({ lines }: ProductProcess): boolean =>
  lines.some(({ msg }) => msg.startsWith('Worker state changed'));

/** Workers, and what they log. */
function createWorkers(settings: Readonly<Record<string, string>>) {
  const all: ProductProcess[] = [];
  const expectedToEnd = new Set<ProductProcess>();
  const steps: SeenStep[] = [];
  const crashed: string[] = [];
  const add = (): ProductProcess => {
    const worker = startProductProcess('worker', settings, (line) => {
      if (typeof line['step'] === 'string') steps.push({ ...(line as unknown as Step), worker });
    });
    all.push(worker);
    void worker.exit.then((how) => {
      if (expectedToEnd.has(worker)) return;
      // One that found no database when it started is started again, as any process manager does.
      if (isTakingWork(worker)) crashed.push(`${how}: ${JSON.stringify(worker.lines.slice(-5))}`);
      else add();
    });
    return worker;
  };
  return {
    all,
    steps,
    crashed,
    expectedToEnd,
    /** Workers to kill: rather one that takes work than one that only starts. */
    living: () =>
      all
        .filter((worker) => !worker.hasEnded() && !expectedToEnd.has(worker))
        .sort((a, b) => Number(isTakingWork(b)) - Number(isTakingWork(a))),
    add,
  };
}

/** Starts it all, with two workers, so that one can go on where the other was killed. */
export async function createRig(options: SpawnOptions = {}): Promise<Rig> {
  const folder = temporaryFolder('faults');
  const { postgres, temporal } = await startServers(folder);
  const fake = await spawnFakePeeringdb({ scale: 0.01, ...options });
  const knex = createStore(postgres.url, { max: 2, applicationName: 'test', log: SILENT_KNEX });
  await migrate(knex);
  const readers = startReaders(postgres.url);
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: NAMESPACE });
  const workers = createWorkers({
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: NAMESPACE,
    DATA_DIR: folder,
    SECRET_KEY: 'the secret key of the fault tests',
    LOG_LEVELS: 'peeringdb=debug,temporal=debug',
    PEERINGDB_API: fake.url,
    PEERINGDB_API_KEY: fake.key,
    PEERINGDB_RATE_LIMIT: '1000000',
    PEERINGDB_DELETE_GUARD: '100%',
  });
  let kept: { readonly bodies: readonly Body[]; readonly asked: number }[] = [];

  const addWorker = async (): Promise<void> => {
    const worker = workers.add();
    await until(() => isTakingWork(worker), 120_000);
  };

  /** From now on what is complete must not be asked for again. */
  async function noteComplete(): Promise<void> {
    const bodies = await insist(() => knex<Body>('peeringdb_body').where({ complete: true }).select());
    kept.push({ bodies, asked: (await fake.requests()).length });
  }

  async function killServer(server: EmbeddedPostgres | EmbeddedTemporal): Promise<void> {
    await until(() => server.status().state === 'running' && server.status().pid !== undefined, 120_000);
    process.kill(server.status().pid!, 'SIGKILL');
  }

  await Promise.all([addWorker(), addWorker()]);
  return {
    fake,
    knex,
    readers,
    steps: workers.steps,
    crashed: workers.crashed,
    logged: (text) => workers.all.flatMap(({ lines }) => lines.filter(({ msg }) => msg.includes(text))),

    async start(mode) {
      await until(() => [postgres, temporal].every((server) => server.status().state === 'running'), 120_000);
      workers.steps.length = 0;
      kept = [];
      await fake.clearRequests();
      const job_id = randomUUID();
      await client.workflow.start<typeof peeringdbSync>('peeringdbSync', {
        workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
        taskQueue: TASK_QUEUE,
        memo: { job_id, mode },
        typedSearchAttributes: new TypedSearchAttributes(startsOn('peeringdb')),
        args: [{ job_id, mode, durations: DURATIONS }],
      });
      return job_id;
    },

    async reach(is, from = 0, nth = 1) {
      const found = (): number => {
        const indices = workers.steps.flatMap((seen, index) => (index >= from && is(seen) ? [index] : []));
        return indices[nth - 1] ?? -1;
      };
      await until(() => found() >= 0, JOB_MS);
      return found();
    },

    async kill(victim, worker) {
      if (victim === 'worker') {
        const target = worker?.hasEnded() === false ? worker : workers.living()[0]!;
        workers.expectedToEnd.add(target);
        await target.kill();
        workers.add();
      } else await killServer(victim === 'postgres' ? postgres : temporal);
      await noteComplete();
    },

    stop(worker) {
      workers.expectedToEnd.add(worker);
      worker.signal('SIGTERM');
      workers.add();
      return worker.exit;
    },

    async attempts() {
      const { events } = await client.workflow.getHandle(PEERINGDB_SYNC_WORKFLOW_ID).fetchHistory();
      const most: Record<string, number> = {};
      for (const { activityTaskStartedEventAttributes: begun } of events ?? []) {
        if (!begun) continue;
        const scheduled = events?.[Number(begun.scheduledEventId) - 1]?.activityTaskScheduledEventAttributes;
        const name = scheduled?.activityType?.name ?? '';
        most[name] = Math.max(most[name] ?? 0, begun.attempt ?? 0);
      }
      return most;
    },

    async ended(job_id) {
      const deadline = Date.now() + JOB_MS;
      for (;;) {
        const job = await insist(() => findJob(knex, job_id));
        const workflow = await client.workflow
          .getHandle(PEERINGDB_SYNC_WORKFLOW_ID)
          .describe()
          .catch(() => undefined);
        const closed = workflow !== undefined && workflow.status.name !== 'RUNNING';
        if (job && isFinal(job.status) && closed) return job;
        if (Date.now() > deadline) throw new Error(`job ${job_id} did not end: ${JSON.stringify({ job, workflow })}`);
        await sleep(POLL_MS);
      }
    },

    async askedAgain() {
      const requests = await fake.requests();
      const again = kept.flatMap(({ bodies, asked }) =>
        requests.slice(asked).filter(({ path }) => bodies.some((body) => asksFor(path, body))),
      );
      return [...new Set(again.map(({ path }) => path))];
    },

    async close() {
      for (const worker of workers.all) workers.expectedToEnd.add(worker);
      await Promise.all(workers.all.map((worker) => worker.kill()));
      await readers.stop();
      await connection.close();
      await knex.destroy();
      await fake.close();
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
