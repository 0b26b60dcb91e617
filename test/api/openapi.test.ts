import type { Temporal } from '../../api/temporal/client';
import request from 'supertest';
import { createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { fillCache } from '../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let document: Document;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  document = (await request(api.app).get('/api/schema/').expect(200)).body;
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
  );

const url = (path: string): string => path.replace('{id}', '00000000-0000-4000-8000-000000000000');

test('the document is OpenAPI 3.1, open to everybody, and complete in itself', () => {
  expect(document.openapi).toBe('3.1.0');
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    (ref) => ref[1],
  );
  expect(refs.length).toBeGreaterThan(10);
  for (const ref of refs) expect(document.components.schemas).toHaveProperty([ref ?? '']);
});

test('operations have ids of their own, parameters for their paths, and say how they fail', () => {
  const ids = operations().map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [method, path, { parameters = [], responses }] of operations()) {
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect([method, path, inPath]).toEqual([method, path, path.match(/\{\w+\}/g) ?? []]);
    expect(responses).toHaveProperty('default');
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
  }
});

test('every path of the contract is documented', () => {
  const lists = [
    ...['organizations', 'campuses', 'facilities', 'carriers', 'carrier-facilities', 'networks', 'internet-exchanges'],
    ...['internet-exchange-facilities', 'ixlans', 'ixlan-prefixes', 'network-facilities', 'network-ixlans'],
    ...['network-contacts', 'hidden-peers', 'synchronisations', 'quarantine'],
  ];
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      ...lists.map((list) => `/api/peeringdb/${list}/`),
      ...['statistics', 'update-local', 'clear-local'].map((name) => `/api/peeringdb/cache/${name}/`),
      ...['/api/core/jobs/', '/api/core/jobs/{id}/', '/api/core/jobs/{id}/cancel/', '/api/core/jobs/{id}/confirm/'],
      ...['', 'pause/', 'unpause/', 'trigger/'].map((action) => `/api/core/schedules/{id}/${action}`),
      ...['/api/', '/api/status/', '/api/schema/', '/health/live/', '/health/ready/', '/metrics/'],
    ]),
  );
});

test('what the document protects answers 401 without a token, and what it documents is there', async () => {
  for (const [method, path, { security }] of operations()) {
    const answer = await request(api.app)[method as 'get'](url(path));
    if (security.length > 0) expect([method, path, answer.status]).toEqual([method, path, 401]);
    else expect([method, path, answer.status]).not.toEqual([method, path, 401]);
    expect(answer.status).not.toBe(405);
  }
});

test('every creating POST takes an Idempotency-Key', () => {
  const creating = operations().filter(
    ([method, , { responses }]) => method === 'post' && ('201' in responses || '202' in responses),
  );
  const keyed = creating.filter(([, , { parameters = [] }]) =>
    parameters.some(({ name }) => name === 'Idempotency-Key'),
  );
  const others = creating.filter((one) => !keyed.includes(one)).map(([, path]) => path);
  expect(keyed.length).toBeGreaterThan(2);
  expect(others).toEqual([
    '/api/core/jobs/{id}/cancel/',
    '/api/core/jobs/{id}/confirm/',
    // Webhooks are hints, which may come as often as they like.
    '/api/peering/routers/update-from-netbox/',
    '/api/devices/routers/update-from-netbox/',
    '/api/plugins/business-application/update-from-netbox/',
    '/api/plugins/business-application/pagerduty/webhook/',
  ]);
});

test('a list answers what the document says of its rows, and takes the filters that it names', async () => {
  const { parameters = [] } = document.paths['/api/peeringdb/networks/']?.['get'] ?? ({} as Operation);
  const names = parameters.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['limit', 'offset', 'ordering', 'q', 'asn', 'info_types']));
  const row = document.components.schemas['PeeringDB_net'] as { properties: object; required: string[] };
  const answer = await api.get('/api/peeringdb/networks/10/').expect(200);
  expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(Object.keys(row.properties)));
  for (const name of row.required) expect(answer.body).toHaveProperty(name);
});

test('Swagger UI comes from this machine alone, under a policy that lets it run', async () => {
  for (const path of ['/api/schema/swagger-ui/', '/api/schema/swagger-ui']) {
    const page = await request(api.app).get(path).expect(200);
    expect(page.type).toBe('text/html');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/api\/schema\/swagger-ui\//);
      await request(api.app).get(address).expect(200);
    }
    expect(page.text).not.toMatch(/<script>|onload=/);
  }
  await request(api.app).get('/api/schema/swagger-ui/package.json').expect(404);
  await request(api.app).get('/').expect(302);
});
