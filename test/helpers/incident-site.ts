import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createJobActivities } from '../../activities/jobs';
import { createPagerdutyActivities } from '../../activities/pagerduty';
import { createEventsClient } from '../../activities/pagerduty/post';
import { createRestClient } from '../../activities/pagerduty/rest';
import { startWorker, type RunningWorker } from '../../activities/worker';
import type { IncidentSettings } from '../../api/routes/incidents/deps';
import { forwardNews } from '../../api/temporal/incidents';
import { listen } from '../../api/server';
import { Secret } from '../../config/secret';
import type { AlertRow } from '../../store/pagerduty/alerts';
import { createVault } from '../../store/secrets';
import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty, type FakePagerdutyOptions } from '../fakes/pagerduty/server';
import { createTestApi, NO_PAGERDUTY, TEST_SECRET_KEY, testTemporal, type TestApi } from './api';
import { createTestDatabase } from './database';
import { SILENT } from './synchronise-site';
import { connectTestTemporal, testBundle, testNamespace, type TestTemporal } from './temporal';
import { silenceRuntime } from './worker';

/** Settings that differ from sending everything under the fake's one routing key. */
export interface IncidentSiteOptions extends FakePagerdutyOptions {
  readonly pagerduty?: Partial<IncidentSettings['pagerduty']>;
  readonly join?: Partial<IncidentSettings['join']>;
  /** Null: PAGERDUTY_ROUTING_KEY is not set. */
  readonly routingKey?: string | null;
  readonly webhookSecrets?: readonly string[];
  readonly netboxSecrets?: readonly string[];
  readonly hasApiToken?: boolean;
}

/** A real API, a worker and a database before a fake PagerDuty. */
export interface IncidentSite {
  readonly fake: FakePagerduty;
  readonly knex: Knex;
  readonly api: TestApi;
  /** Where the API listens. */
  readonly url: string;
  readonly temporal: TestTemporal;
  readonly settings: IncidentSettings;
  /** The alert of a dedup key, as it is kept. */
  alert(dedup_key: string): Promise<AlertRow | undefined>;
  /** The actions that PagerDuty took of a dedup key, in order. */
  told(dedup_key: string): readonly string[];
  /** What the timeline says of an incident, in order. */
  timeline(incident: number): Promise<readonly { kind: string; action: string; actor: string; detail: string }[]>;
  /** Waits until every alert has heard everything, and has nothing to send. */
  settled(): Promise<void>;
  /** Stops all workers. */
  stopWorker(): Promise<void>;
  /** Starts a worker, besides those that there are. */
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

/** The API's settings for a test. */
export function incidentSettingsFor(options: IncidentSiteOptions): IncidentSettings {
  const { pagerduty, join, routingKey = FAKE_ROUTING_KEY, webhookSecrets = [], netboxSecrets = [] } = options;
  return {
    pagerduty: { ...NO_PAGERDUTY.pagerduty, enabled: true, perMinute: 6_000, ...pagerduty },
    join: { ...NO_PAGERDUTY.join, ...join },
    routingKey: routingKey === null ? undefined : new Secret(routingKey),
    webhookSecrets: webhookSecrets.map((secret) => new Secret(secret)),
    netboxSecrets: netboxSecrets.map((secret) => new Secret(secret)),
    hasApiToken: options.hasApiToken ?? false,
  };
}

const LONGEST_MS = 60_000;

/** Alerts that have news to hear or something to send. */
async function busyAlerts(knex: Knex): Promise<number> {
  const [row] = await knex('pagerduty_alert')
    .whereRaw(`signalled < news OR news > CAST(state->>'heard' AS bigint)`)
    .orWhereRaw(`pending > 0 AND NOT CAST(state->>'dead' AS boolean)`)
    .count<{ count: number }[]>('*');
  return row?.count ?? 0;
}

async function settled(knex: Knex): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while ((await busyAlerts(knex)) > 0) {
    if (Date.now() > deadline) throw new Error('the alerts do not come to an end');
    await sleep(30);
  }
}

/** Ends the workflows of alerts that a test left running. */
async function terminateAll({ client }: TestTemporal): Promise<void> {
  for await (const { workflowId, runId, type } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (type === 'incident' || type.startsWith('pagerduty'))
      await client.workflow
        .getHandle(workflowId, runId)
        .terminate('the test is over')
        .catch(() => undefined);
  }
}

/** Starts it all. Close it in `afterAll`. */
export async function createIncidentSite(options: IncidentSiteOptions = {}): Promise<IncidentSite> {
  silenceRuntime();
  const settings = incidentSettingsFor(options);
  const database = await createTestDatabase();
  const { knex } = database;
  const fake = await startFakePagerduty(options);
  const temporal = await connectTestTemporal();
  await terminateAll(temporal);
  const apiTemporal = testTemporal();
  const stopping = new AbortController();
  const news = forwardNews({ knex, temporal: apiTemporal, log: SILENT as never }, stopping.signal);
  const api = createTestApi(knex, apiTemporal, { incidents: settings, tell: () => news.wake() });
  Object.defineProperty(api, 'now', { get: () => new Date() });
  const server = await listen(api.app, { host: '127.0.0.1', port: 0 });
  const clock = (): Date => new Date();
  const { timeoutMs } = settings.pagerduty;
  const client = createEventsClient({ url: `${fake.url}/v2/enqueue`, timeoutMs, userAgent: 'crossconnect/test' });
  const token = new Secret(FAKE_PAGERDUTY_TOKEN);
  const rest = createRestClient({ url: fake.url, token, timeoutMs, userAgent: 'crossconnect/test' });
  const activities = {
    ...createJobActivities({ knex, clock }),
    ...createPagerdutyActivities({
      ...{ knex, client, clock, log: SILENT, vault: createVault(TEST_SECRET_KEY) },
      settings: settings.pagerduty,
      rest: settings.hasApiToken ? rest : undefined,
      routingKey: settings.routingKey,
    }),
  };
  const workers: RunningWorker[] = [];
  const run = async (): Promise<void> => {
    // Workers of one process need a connection each.
    const own = await connectTestTemporal();
    const { connection } = own;
    const worker = await startWorker({ connection, namespace: testNamespace(), activities, bundle: testBundle() });
    workers.push({ ...worker, stop: () => worker.stop().finally(() => own.close()) });
  };
  const stop = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  await run();
  return {
    ...{ fake, knex, api, temporal, settings, url: server.url },
    alert: (dedup_key) => knex<AlertRow>('pagerduty_alert').where({ dedup_key }).first(),
    told: (dedup_key) => fake.log.events({ dedup_key, status: 202 }).map(({ event_action }) => String(event_action)),
    timeline: (incident) => knex('incident_timeline').where({ incident }).orderBy('id'),
    settled: () => settled(knex),
    stopWorker: stop,
    startWorker: run,
    close: async () => {
      stopping.abort();
      await news.finished;
      await terminateAll(temporal);
      await stop();
      await client.close();
      await rest.close();
      await fake.close();
      await server.close();
      await apiTemporal.close();
      await temporal.close();
      await database.drop();
    },
  };
}
