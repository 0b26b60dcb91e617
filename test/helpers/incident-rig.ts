import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { freePort } from '../../engine/ports';
import { changeIncident, createIncident } from '../../store/incidents/incidents';
import type { IncidentValues } from '../../store/incidents/incident-rows';
import { createStore } from '../../store/knex';
import { createVault } from '../../store/secrets';
import { Secret } from '../../config/secret';
import { FAKE_PAGERDUTY_TOKEN, routingKeyOf } from '../fakes/pagerduty/keys';
import { spawnFakePagerduty, type RemotePagerduty } from '../fakes/pagerduty/remote';
import { ADMIN } from './api';
import { temporaryFolder } from './engine';
import { whatIsWrong } from './incident-audit';
import { keepProduct, killServer, startServers, type Victim } from './kept-product';
import { SILENT_KNEX } from './product-readers';
import type { StartedProduct } from './started-product';

/** PagerDuty, PostgreSQL, a Temporal server and the product, each a process. */
export interface IncidentRig {
  readonly fake: RemotePagerduty;
  readonly knex: Knex;
  readonly url: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** What nobody but the product may know. */
  readonly secrets: readonly string[];
  /** The product, once nothing is missing. */
  ready(): Promise<StartedProduct>;
  /** Kills with SIGKILL; what was killed comes back by itself. */
  kill(victim: Victim): Promise<void>;
  /** A technical service with the routing key of this number; its id. */
  service(n: number): Promise<number>;
  /** Writes incidents as the API does, but tells nobody: whoever forwards finds them. */
  create(title: string, service: number): Promise<number>;
  change(id: number, status: IncidentValues['status']): Promise<void>;
  /** Waits until both sides hold the same and nothing waits; what is wrong still when that takes too long. */
  equal(withinMs: number): Promise<string[]>;
  close(): Promise<void>;
}

const NAMESPACE = 'crossconnect';
const SECRET_KEY = 'the secret key of the fault tests';
/** What PagerDuty signs its webhooks with. */
const WEBHOOK_SECRET = 'the secret of webhooks';
const who = () => ({ actor: 'the fault tests', now: new Date() });

/** Asks again until PostgreSQL is there to answer. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function makeService(knex: Knex, n: number): Promise<number> {
  const now = new Date();
  const at = now.toISOString();
  const routing_key = await createVault(new Secret(SECRET_KEY)).keep(knex, 'routing_key', routingKeyOf(n), now);
  const [row] = await knex('incident_service')
    .insert({
      ...{ name: `service ${n}`, service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
      ...{ routing_key, created: at, last_updated: at },
    })
    .onConflict('name')
    .merge(['name'])
    .returning<{ id: number }[]>('id');
  return row!.id;
}

const valuesOf = (title: string, service: number): IncidentValues => ({
  ...{ title, description: '', status: 'new', severity: 'high', reporter: '', commander: '', responders: [] },
  ...{ affected_services: [service], events: [] },
});

/** Starts it all, with a PagerDuty that knows so many routing keys. */
export async function createIncidentRig(
  keys: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<IncidentRig> {
  const folder = temporaryFolder('incidents');
  const { postgres, temporal } = await startServers(folder, NAMESPACE);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const routingKeys = Array.from({ length: keys }, (_, n) => routingKeyOf(n + 1));
  const fake = await spawnFakePagerduty({
    ...{ services: [{ name: 'Network', routingKeys }], rateLimit: 'off' },
    delivery: { backoffMs: 500, largestBackoffMs: 2_000 },
    webhooks: [{ url: `${url}/api/plugins/business-application/pagerduty/webhook/`, secrets: [WEBHOOK_SECRET] }],
  });
  const product = keepProduct({
    ...{ DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: NAMESPACE },
    ...{ DATA_DIR: folder, SECRET_KEY, API_TOKEN: ADMIN, PORT: String(port), PEERINGDB_SCHEDULE: '0 0 1 1 *' },
    ...{ PAGERDUTY_ENABLED: 'true', PAGERDUTY_ROUTING_KEY: routingKeyOf(1), PAGERDUTY_TIMEOUT: '4' },
    ...{ PAGERDUTY_EVENTS_API_URL: `${fake.url}/v2/enqueue`, PAGERDUTY_WEBHOOK_SECRETS: WEBHOOK_SECRET },
    ...{
      PAGERDUTY_API_URL: fake.url,
      PAGERDUTY_API_TOKEN: FAKE_PAGERDUTY_TOKEN,
      PAGERDUTY_CHECK_SCHEDULE: '0 0 1 1 *',
    },
    ...settings,
  });
  await product.ready();
  const knex = createStore(postgres.url, { max: 4, applicationName: 'test', log: SILENT_KNEX });
  return {
    ...{ fake, knex, url, ready: () => product.ready() },
    temporal: { address: temporal.address, namespace: NAMESPACE },
    secrets: [...routingKeys, SECRET_KEY, WEBHOOK_SECRET, FAKE_PAGERDUTY_TOKEN, ADMIN],
    kill: (victim) => (victim === 'product' ? product.kill() : killServer(victim === 'postgres' ? postgres : temporal)),
    service: (n) => insist(() => makeService(knex, n)),
    create: (title, service) =>
      insist(() => knex.transaction((trx) => createIncident(trx, valuesOf(title, service), who()))),
    change: async (id, status) => {
      await insist(() => knex.transaction((trx) => changeIncident(trx, id, { status }, who())));
    },
    equal: async (withinMs) => {
      for (const deadline = Date.now() + withinMs; ;) {
        const wrong = await whatIsWrong(knex, fake).catch((error: unknown) => [String(error)]);
        if (wrong.length === 0) return product.ended.map((how) => `the product ended by itself: ${how}`);
        if (Date.now() > deadline) return wrong;
        await sleep(500);
      }
    },
    close: async () => {
      await product.close();
      await knex.destroy();
      await fake.close();
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
