import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createJobActivities } from '../../activities/jobs';
import { createNetboxActivities } from '../../activities/netbox';
import { createNetboxClient, type NetboxClient } from '../../activities/netbox/client';
import { createNetboxWorkflows } from '../../activities/netbox/workflows';
import { startWorker, type RunningWorker } from '../../activities/worker';
import { listen, type RunningServer } from '../../api/server';
import type { Temporal } from '../../api/temporal/client';
import { Secret } from '../../config/secret';
import type { ConvergePolicy } from '../../store/netbox/converge';
import type { DeviceDurations } from '../../workflows/netbox/messages';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox, type FakeNetboxOptions } from '../fakes/netbox/server';
import { ADMIN, createTestApi, testTemporal, type TestApi } from './api';
import { createTestDatabase } from './database';
import { SILENT } from './synchronise-site';
import { connectTestTemporal, testBundle, testNamespace, type TestTemporal } from './temporal';
import { silenceRuntime } from './worker';

/** Short, so that tests need not wait. */
export const SHORT: DeviceDurations = { settle_seconds: 0.2, settle_at_most_seconds: 1, backoff_seconds: 0.1 };

/** What a router is made of unless a test says otherwise: everything NetBox's, and a guard that is in nobody's way. */
const POLICY: ConvergePolicy = {
  rules: { roles: ['router', 'firewall'], tags: [], statuses: { active: 'enabled' }, owners: {}, customFields: [] },
  guard: { share: 1, number: 1000 },
  graceMs: 86_400_000,
};

export interface NetboxSiteOptions extends FakeNetboxOptions {
  readonly policy?: { readonly [K in keyof ConvergePolicy]?: Partial<ConvergePolicy[K]> };
  /** What webhooks are signed with. */
  readonly secret?: string;
  readonly graceMs?: number;
  /** How long after a change was seen its webhook counts as missed; at once by default. */
  readonly missedAfterMs?: number;
}

/** A NetBox that sends its webhooks to a real API, a worker, and a database. */
export interface NetboxSite {
  readonly fake: FakeNetbox;
  readonly knex: Knex;
  readonly api: TestApi;
  readonly url: string;
  readonly temporal: TestTemporal;
  readonly policy: ConvergePolicy;
  /** The routers, in the order of their devices. */
  routers(): Promise<Record<string, unknown>[]>;
  /** What became of routers, in order. */
  audit(): Promise<Record<string, unknown>[]>;
  /** Waits until all webhooks are delivered and no device's workflow has anything to do. */
  settled(): Promise<void>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

function policyFor({ policy = {}, graceMs }: NetboxSiteOptions): ConvergePolicy {
  return {
    rules: { ...POLICY.rules, ...policy.rules },
    guard: { ...POLICY.guard, ...policy.guard },
    graceMs: graceMs ?? POLICY.graceMs,
  };
}

/** Workflows of devices that have something to do; those that sleep have not. */
async function busyDevices({ client }: TestTemporal): Promise<number> {
  const query = `WorkflowType = 'netboxDevice' AND ExecutionStatus = 'Running' AND CrossconnectState != 'sleeping'`;
  return (await client.workflow.count(query)).count;
}

/** Visibility follows what happens after a moment: calm is what stays calm for a while. */
const CALM_MS = 600;
const LONGEST_MS = 60_000;

async function calm(fake: FakeNetbox, temporal: TestTemporal, heldBack: () => Promise<number>): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  for (let calmSince = Date.now(); Date.now() - calmSince < CALM_MS;) {
    await fake.webhooks.idle();
    if ((await busyDevices(temporal)) + (await heldBack()) > 0) calmSince = Date.now();
    if (Date.now() > deadline) throw new Error('the workflows of devices do not come to an end');
    await sleep(50);
  }
}

async function terminateAll({ client }: TestTemporal): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (workflowId.startsWith('netbox-'))
      await client.workflow
        .getHandle(workflowId, runId)
        .terminate('the test is over')
        .catch(() => undefined);
  }
}

async function apiOf(
  knex: Knex,
  temporal: Temporal,
  policy: ConvergePolicy,
  secret: string | undefined,
): Promise<{ api: TestApi; server: RunningServer }> {
  const { roles, tags } = policy.rules;
  const secrets = secret === undefined ? [] : [new Secret(secret)];
  const api = createTestApi(knex, temporal, { netbox: { missing: [], roles, tags, secrets, durations: SHORT } });
  // Times of jobs and routers are those of the clock on the wall.
  Object.defineProperty(api, 'now', { get: () => new Date() });
  return { api, server: await listen(api.app, { host: '127.0.0.1', port: 0 }) };
}

/** Starts it all. Close it in `afterAll`. */
export async function createNetboxSite(options: NetboxSiteOptions = {}): Promise<NetboxSite> {
  silenceRuntime();
  const database = await createTestDatabase();
  const { knex } = database;
  const policy = policyFor(options);
  const fake = await startFakeNetbox(options);
  const temporal = await connectTestTemporal();
  await terminateAll(temporal);
  const apiTemporal = testTemporal();
  const { api, server } = await apiOf(knex, apiTemporal, policy, options.secret);
  fake.webhooks.addTarget({
    url: `${server.url}/api/peering/routers/update-from-netbox/`,
    headers: { Authorization: `Token ${ADMIN}` },
    ...(options.secret === undefined ? {} : { secret: options.secret }),
  });
  const client: NetboxClient = createNetboxClient({
    ...{ url: fake.url, token: new Secret(FAKE_NETBOX_TOKEN), verifyTls: true, userAgent: 'crossconnect/test' },
  });
  const clock = (): Date => new Date();
  const activities = {
    ...createJobActivities({ knex, clock }),
    ...createNetboxActivities({
      ...{ knex, client, policy, clock, log: SILENT, missedAfterMs: options.missedAfterMs ?? 0 },
      workflows: createNetboxWorkflows(temporal.client, SHORT),
    }),
  };
  let worker: RunningWorker | undefined;
  const run = async (): Promise<void> => {
    const { connection } = temporal;
    worker = await startWorker({ connection, namespace: testNamespace(), activities, bundle: testBundle() });
  };
  const stop = async (): Promise<void> => {
    await worker?.stop();
    worker = undefined;
  };
  await run();
  const hints = async (): Promise<number> => (await knex('netbox_hint').count<{ count: number }[]>('*'))[0]?.count ?? 0;
  return {
    ...{ fake, knex, api, temporal, policy, url: server.url },
    routers: () => knex('devices_router').orderBy(['netbox_device_id', 'id']),
    audit: () => knex('devices_router_audit').orderBy('id'),
    settled: () => calm(fake, temporal, hints),
    stopWorker: stop,
    startWorker: run,
    close: async () => {
      await fake.close();
      await terminateAll(temporal);
      await stop();
      await client.close();
      await server.close();
      await apiTemporal.close();
      await temporal.close();
      await database.drop();
    },
  };
}
