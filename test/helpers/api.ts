import { Writable } from 'node:stream';
import type { Express } from 'express';
import type { Knex } from 'knex';
import request, { type Test } from 'supertest';
import { createApp, type AppDeps } from '../../api/app';
import type { IncidentSettings } from '../../api/routes/incidents/deps';
import { createTemporal, type Temporal } from '../../api/temporal/client';
import { createLogger } from '../../config/log';
import { Secret } from '../../config/secret';
import { createVault } from '../../store/secrets';
import { fromGlobalSetup } from './database';
import { testNamespace } from './temporal';

/** The admin token of the tests' API. */
export const ADMIN = 'admin-token-of-the-tests';

/** An API under test, with a clock that stands where it is set. */
export interface TestApi {
  readonly app: Express;
  readonly lines: readonly string[];
  /** The time that the API believes in; a test may move it. */
  now: Date;
  get(path: string, token?: string): Test;
  post(path: string, body?: object, token?: string): Test;
}

/** What encrypts stored secrets in tests. */
export const TEST_SECRET_KEY = new Secret('secret-key-of-the-tests');

/** Nothing is sent to PagerDuty, and no event makes an incident. */
export const NO_PAGERDUTY: IncidentSettings = {
  pagerduty: {
    ...{ enabled: false, autoResolve: true, perMinute: 110, timeoutMs: 2_000 },
    sendOn: { event: true, 'incident-created': true, 'incident-changed': true },
    ...{ source: 'netbox', component: 'netbox-business-application', group: 'infrastructure' },
    ...{ baseUrl: undefined, publicUrl: undefined },
  },
  join: { correlateByService: false, autoCreate: false },
  ...{ routingKey: undefined, webhookSecrets: [], netboxSecrets: [], hasApiToken: false },
};

/** A way to Temporal that never gets there. */
export const noTemporal = (): Temporal => createTemporal({ namespace: 'default', address: '127.0.0.1:1' }, silent);

const silent = createLogger({ LOG_LEVEL: 'silent', LOG_LEVELS: {} });

/** A way to the tests' Temporal server. */
export const testTemporal = (): Temporal =>
  createTemporal({ namespace: testNamespace(), address: fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL') }, silent);

/** An API on a database, with its log kept. */
export function createTestApi(knex: Knex, temporal: Temporal, deps: Partial<AppDeps> = {}): TestApi {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const now = new Date();
  const app = createApp({
    knex,
    temporal,
    config: { METRICS_OPEN: false },
    incidents: NO_PAGERDUTY,
    vault: createVault(TEST_SECRET_KEY),
    tell: () => undefined,
    netbox: { missing: ['NETBOX_API', 'NETBOX_API_TOKEN'], roles: [], tags: [], secrets: [] },
    bootstrapToken: new Secret(ADMIN),
    log: createLogger({ LOG_LEVEL: 'debug', LOG_LEVELS: {} }, destination),
    probes: {},
    version: '0.0.0',
    clock: () => api.now,
    ...deps,
  });
  const api: TestApi = {
    app,
    lines,
    now,
    get: (path, token = ADMIN) => request(app).get(path).set('Authorization', `Token ${token}`),
    post: (path, body, token = ADMIN) => {
      const test = request(app).post(path).set('Authorization', `Token ${token}`);
      return body === undefined ? test : test.send(body);
    },
  };
  return api;
}
