import request from 'supertest';
import type { Temporal } from '../../api/temporal/client';
import { NotReadyError } from '../../api/http/readiness';
import { createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal, {
    probes: { database: async () => undefined },
  });
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

test('a path works with and without a trailing slash, and is not redirected', async () => {
  await api.get('/api/core/jobs/').expect(200);
  await api.get('/api/core/jobs').expect(200);
  await api.get('/health/live').expect(200, { status: 'live' });
  await api.get('/health/live/').expect(200);
});

test('an unknown path is a 404 problem, with a token or without', async () => {
  const answer = await request(api.app).get('/api/nothing/').expect(404);
  expect(answer.type).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ type: 'urn:crossconnect:problem:not-found', status: 404 });
});

test('a wrong method is a 405 that says which are allowed, and OPTIONS says so too', async () => {
  const answer = await api.post('/api/core/jobs/').expect(405);
  expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
  const options = await request(api.app).options('/api/core/jobs/').expect(204);
  expect(options.headers['allow']).toBe('GET, HEAD, OPTIONS');
});

test('HEAD answers like GET, without a body', async () => {
  const answer = await request(api.app).head('/health/live').expect(200);
  expect(answer.text).toBeFalsy();
});

test('a request id is echoed if it is one, and made if it is not', async () => {
  const echoed = await api.get('/health/live').set('X-Request-ID', 'abc-123');
  expect(echoed.headers['x-request-id']).toBe('abc-123');
  const made = await api.get('/health/live').set('X-Request-ID', 'a b"c');
  expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('readiness names what is missing, and tells no secret of why', async () => {
  const probes = {
    database: async () => undefined,
    temporal: async () => Promise.reject(new NotReadyError('restarting, 3rd time')),
    worker: async () => Promise.reject(new Error('postgres://user:password@host')),
  };
  const { app } = createTestApi(database.knex, temporal, { probes });
  const answer = await request(app).get('/health/ready').expect(503);
  expect(answer.type).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    status: 503,
    missing: ['temporal', 'worker'],
    checks: {
      database: { status: 'ok' },
      temporal: { status: 'missing', reason: 'restarting, 3rd time' },
      worker: { status: 'missing', reason: 'not available' },
    },
  });
  expect(answer.text).not.toContain('password');
  await api.get('/health/ready').expect(200);
});

test('metrics need a token unless they are opened, and count requests by route', async () => {
  await request(api.app).get('/metrics').expect(401);
  await api.get('/api/core/jobs/');
  const answer = await api.get('/metrics').expect(200);
  expect(answer.text).toMatch(
    /crossconnect_http_request_duration_seconds_count\{method="GET",route="\/api\/core\/jobs\/",status="200"\} \d+/,
  );
  const open = createTestApi(database.knex, temporal, { config: { METRICS_OPEN: true } });
  await request(open.app).get('/metrics').expect(200);
});

test('the log has each request with its id, and no token', async () => {
  await api.get('/api/core/jobs/?q=x&token=hunter2').set('X-Request-ID', 'logged-one').expect(400);
  const line = api.lines.find((text) => text.includes('logged-one'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ path: '/api/core/jobs/', method: 'GET', actor: 'bootstrap' });
  expect(api.lines.join('')).not.toMatch(/hunter2|admin-token-of-the-tests/);
});

test('while Temporal is away, what needs it is a 503 problem and the rest works', async () => {
  const answer = await api.post('/api/peeringdb/cache/update-local/', {}).expect(503);
  expect(answer.body.type).toBe('urn:crossconnect:problem:temporal-unavailable');
  expect(answer.headers['retry-after']).toBeDefined();
  await api.get('/api/core/schedules/').expect(503);
  const status = await api.get('/api/status/').expect(200);
  expect(status.body).toMatchObject({ temporal: null, workers: null, version: '0.0.0' });
  expect(status.body.postgresql).toMatch(/^\d/);
});

test('the root lists the collections with absolute addresses', async () => {
  const { body } = await api.get('/api/').expect(200);
  expect(body['peeringdb/networks']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/peeringdb\/networks\/$/);
  expect(body).toHaveProperty('core/jobs');
  const named = createTestApi(database.knex, temporal, {
    config: { METRICS_OPEN: false, PUBLIC_URL: 'https://cc.example.net' },
  });
  expect((await named.get('/api/')).body['core/jobs']).toBe('https://cc.example.net/api/core/jobs/');
});
