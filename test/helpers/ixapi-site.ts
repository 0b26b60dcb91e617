import type { Knex } from 'knex';
import { createIxapiActivities } from '../../activities/ixapi';
import { createHttp } from '../../activities/ixapi/http/ask';
import { createJobActivities } from '../../activities/jobs';
import type { NetboxClient } from '../../activities/netbox/client';
import { startWorker, type RunningWorker } from '../../activities/worker';
import { listen } from '../../api/server';
import type { Log } from '../../config/log';
import { installRuntime } from '../../engine/sdk-runtime';
import { createVault } from '../../store/secrets';
import type { IxapiDurations } from '../../workflows/ixapi/messages';
import { FAKE_IXAPI_KEY } from '../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi, type FakeIxapiOptions } from '../fakes/ixapi/server';
import { createTestApi, NO_PAGERDUTY, TEST_SECRET_KEY, testTemporal, type TestApi } from './api';
import { createTestDatabase } from './database';
import { SILENT } from './synchronise-site';
import { connectTestTemporal, testBundle, testNamespace, type TestTemporal } from './temporal';
import { silenceRuntime } from './worker';

/** Short, so that tests need not wait. */
const SHORT: IxapiDurations = {
  ...{ backoff_seconds: 0.1, patience_seconds: 5 },
  ...{ follow_seconds: 0.2, follow_at_most_seconds: 0.5 },
};

/** Our ASN, and the PeeringDB ids of the fake's two exchanges. */
export const OUR_ASN = 64500;
export const IXLAN = 1;

/** What takes requests. */
interface Poster {
  readonly post: (path: string, body?: object) => PromiseLike<{ readonly status: number; readonly body: unknown }>;
}

export interface IxapiSiteOptions extends FakeIxapiOptions {
  readonly driftEvents?: boolean;
  readonly durations?: IxapiDurations;
  readonly netbox?: NetboxClient;
  /** What the worker and the SDK log with; they say nothing without it. */
  readonly log?: Log;
  /** Milliseconds; of one request to the exchange. */
  readonly timeoutMs?: number;
  /** Does each activity, and what a test wants to happen before or after. */
  readonly around?: Around;
}

/** Is given the name of an activity, what does it, and its input. */
export type Around = (name: string, work: () => Promise<unknown>, input: unknown) => Promise<unknown>;

type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

const wrapped = (activities: Activities, around: Around): Activities =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) => around(name, () => activity(input), input),
    ]),
  );

/** An exchange's IX-API, a real API, a worker and a database, with one exchange of ours linked to it. */
export interface IxapiSite {
  readonly fake: FakeIxapi;
  readonly knex: Knex;
  readonly api: TestApi;
  readonly temporal: TestTemporal;
  /** The ids of the IX-API object and of the exchange. */
  readonly ixApi: number;
  readonly exchange: number;
  /** Refreshes the exchange and waits for it; its job. */
  refresh(): Promise<Record<string, unknown>>;
  /** Imports and waits for it; its job. */
  import(request?: object): Promise<Record<string, unknown>>;
  /** Starts a refresh or an import and does not wait; the id of its job. */
  begin(what: 'refresh' | 'import', request?: object): Promise<string>;
  job(id: string): Promise<Record<string, unknown>>;
  /** What the API shows of the exchange. */
  shown(): Promise<Record<string, unknown>>;
  /** Our connections, in the order of their ids. */
  connections(): Promise<Record<string, unknown>[]>;
  stopWorker(): Promise<void>;
  /** With events about drift, or without; as it was before where that is not said. */
  startWorker(changes?: { readonly driftEvents: boolean }): Promise<void>;
  close(): Promise<void>;
}

const TIMES = { created: '2026-01-02T03:04:05Z', updated: '2026-01-02T03:04:05Z' };

/** What PeeringDB knows of the fake's first exchange; the second one is told by its subnets alone. */
export async function fillPeeringdb(knex: Knex): Promise<void> {
  await knex('peeringdb_org').insert({ id: 1, name: 'Example Exchange', ...TIMES });
  await knex('peeringdb_net').insert({ id: 1, org_id: 1, name: 'Example Networks', asn: OUR_ASN, ...TIMES });
  await knex('peeringdb_ix').insert({ id: 1, org_id: 1, name: 'Example IX Frankfurt', ...TIMES });
  await knex('peeringdb_ixlan').insert({ id: IXLAN, ix_id: 1, ...TIMES });
  await knex('peeringdb_ixpfx').insert([
    { id: 1, ixlan_id: IXLAN, protocol: 'IPv4', prefix: '198.18.0.0/20', ...TIMES },
    { id: 2, ixlan_id: IXLAN, protocol: 'IPv6', prefix: '2001:db8:1::/64', ...TIMES },
  ]);
}

async function post(api: Poster, path: string, body: object): Promise<Record<string, unknown>> {
  const { status, body: answer } = await api.post(path, body);
  if (status >= 300) throw new Error(`${path} answers ${status}: ${JSON.stringify(answer)}`);
  return answer as Record<string, unknown>;
}

/** Makes our AS, the IX-API object and the exchange, by the API. */
export async function linkExchange(
  api: Poster,
  { url }: Pick<FakeIxapi, 'url'>,
): Promise<{ ixApi: number; exchange: number }> {
  const { api_key, api_secret, account } = FAKE_IXAPI_KEY;
  const asn = { asn: OUR_ASN, name: 'Example Networks', affiliated: true };
  const local = await post(api, '/api/peering/autonomous-systems/', asn);
  const access = { name: 'Example IX', api_url: url, api_key, api_secret, identity: account };
  const ixApi = await post(api, '/api/extras/ix-api/', access);
  const exchange = await post(api, '/api/peering/internet-exchanges/', {
    ...{ name: 'Example IX Frankfurt', local_autonomous_system: local['id'], peeringdb_ixlan: IXLAN },
    ixapi_endpoint: ixApi['id'],
  });
  return { ixApi: Number(ixApi['id']), exchange: Number(exchange['id']) };
}

/** Ends workflows that a test left running. */
async function terminateAll({ client }: TestTemporal): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (workflowId.startsWith('ixapi-'))
      await client.workflow
        .getHandle(workflowId, runId)
        .terminate('the test is over')
        .catch(() => undefined);
  }
}

/** Starts it all. Close it in `afterAll`. */
export async function createIxapiSite(options: IxapiSiteOptions = {}): Promise<IxapiSite> {
  const { durations = SHORT, netbox, log, timeoutMs, around = (_, work) => work() } = options;
  if (log) installRuntime(log);
  else silenceRuntime();
  let { driftEvents = false } = options;
  const database = await createTestDatabase();
  const { knex } = database;
  await fillPeeringdb(knex);
  const fake = await startFakeIxapi(options);
  const temporal = await connectTestTemporal();
  await terminateAll(temporal);
  const apiTemporal = testTemporal();
  const api = createTestApi(knex, apiTemporal, { ixapi: { durations } });
  Object.defineProperty(api, 'now', { get: () => new Date() });
  const server = await listen(api.app, { host: '127.0.0.1', port: 0 });
  const clock = (): Date => new Date();
  const http = createHttp({
    ...{ allowPrivate: true, userAgent: 'crossconnect/test', clock },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const vault = createVault(TEST_SECRET_KEY);
  const { join } = NO_PAGERDUTY;
  const workers: RunningWorker[] = [];
  const run = async (changes?: { readonly driftEvents: boolean }): Promise<void> => {
    driftEvents = changes?.driftEvents ?? driftEvents;
    const deps = { knex, http, netbox, driftEvents, clock, log: log ?? SILENT, vault, join };
    const activities = wrapped({ ...createJobActivities({ knex, clock }), ...createIxapiActivities(deps) }, around);
    const own = await connectTestTemporal();
    const { connection } = own;
    const worker = await startWorker({ connection, namespace: testNamespace(), activities, bundle: testBundle() });
    workers.push({ ...worker, stop: () => worker.stop().finally(() => own.close()) });
  };
  const stop = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  await run();
  const { ixApi, exchange } = await linkExchange(api, fake);
  const path = `/api/peering/internet-exchanges/${exchange}/ix-api/`;
  return {
    ...{ fake, knex, api, temporal, ixApi, exchange },
    refresh: () => post(api, `${path}refresh/?wait=30`, {}),
    import: (request = {}) => post(api, `${path}import/?wait=30`, request),
    begin: async (what, request = {}) => String((await post(api, `${path}${what}/`, request))['id']),
    job: async (id) => (await api.get(`/api/core/jobs/${id}/`)).body as Record<string, unknown>,
    shown: async () => (await api.get(path)).body as Record<string, unknown>,
    connections: () => knex('net_connection').orderBy('id'),
    stopWorker: stop,
    startWorker: run,
    close: async () => {
      await terminateAll(temporal);
      await stop();
      await http.close();
      await fake.close();
      await server.close();
      await apiTemporal.close();
      await temporal.close();
      await database.drop();
    },
  };
}
