import request from 'supertest';
import type { Temporal } from '../../api/temporal/client';
import { createToken } from '../../store/tokens';
import { ADMIN, createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const key = async (scope: 'read' | 'write' | 'admin', more: object = {}): Promise<string> =>
  (await createToken(database.knex, { name: `a ${scope} token`, scope, ...more })).key;

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['another scheme', `Bearer ${ADMIN}`],
  ['no key', 'Token '],
  ['an unknown key', 'Token 0123456789012345678901234567890123456789'],
  ['two keys', `Token ${ADMIN} ${ADMIN}`],
  ['a huge key', `Token ${'x'.repeat(5000)}`],
  ['a key with a part too much', `Token ${ADMIN}x`],
])('authorization with %s is a 401 that asks for a token', async (_what, authorization) => {
  const asked = request(api.app).get('/api/core/jobs/');
  const answer = await (authorization === undefined ? asked : asked.set('Authorization', authorization)).expect(401);
  expect(answer.headers['www-authenticate']).toBe('Token');
  expect(answer.body.type).toBe('urn:crossconnect:problem:unauthorized');
});

test('each scope includes those below it and no more', async () => {
  const [read, write, admin] = [await key('read'), await key('write'), await key('admin')];
  const peer = { peeringdb_network: 1, peeringdb_ixlan: 1 };
  await api.get('/api/core/jobs/', read).expect(200);
  await api.post('/api/peeringdb/hidden-peers/', peer, read).expect(403);
  await api.post('/api/peeringdb/hidden-peers/', peer, write).expect(201);
  await api.get('/api/users/tokens/', write).expect(403);
  await api.get('/api/users/tokens/', admin).expect(200);
  await api.post('/api/peeringdb/cache/update-local/', {}, write).expect(403);
});

test('too little right is refused before the body is looked at', async () => {
  const read = await key('read');
  const sent = request(api.app).post('/api/peeringdb/hidden-peers/').set('Authorization', `Token ${read}`);
  await sent.set('Content-Type', 'application/json').send('{not json').expect(403);
});

test('an expired token is a 401', async () => {
  const expired = await key('read', { expires: '2026-01-01T00:00:00Z' });
  api.now = new Date('2025-12-31T23:59:59Z');
  await api.get('/api/core/jobs/', expired).expect(200);
  api.now = new Date('2026-01-01T00:00:00Z');
  await api.get('/api/core/jobs/', expired).expect(401);
});

test('a token is refused from addresses that it does not allow', async () => {
  const elsewhere = await key('read', { allowed_ips: ['192.0.2.0/24', '2001:db8::/32'] });
  const here = await key('read', { allowed_ips: ['127.0.0.0/8', '::1/128'] });
  const answer = await api.get('/api/core/jobs/', elsewhere).expect(403);
  expect(answer.body.type).toBe('urn:crossconnect:problem:forbidden');
  await api.get('/api/core/jobs/', here).expect(200);
});

test('the last use of a token is noted at most once a minute', async () => {
  const { id, key: used } = await createToken(database.knex, { name: 'used', scope: 'read' });
  const lastUsed = async (): Promise<string> =>
    (await database.knex('core_token').where({ id }).first('last_used')).last_used;
  api.now = new Date('2026-03-01T12:00:00Z');
  await api.get('/api/core/jobs/', used).expect(200);
  expect(await lastUsed()).toBe('2026-03-01T12:00:00Z');
  api.now = new Date('2026-03-01T12:00:59Z');
  await api.get('/api/core/jobs/', used).expect(200);
  expect(await lastUsed()).toBe('2026-03-01T12:00:00Z');
  api.now = new Date('2026-03-01T12:01:00Z');
  await api.get('/api/core/jobs/', used).expect(200);
  expect(await lastUsed()).toBe('2026-03-01T12:01:00Z');
});

test('a token is made with a key that is shown once, works, and stops working when it is deleted', async () => {
  const made = await api
    .post('/api/users/tokens/', { name: 'made', scope: 'read', allowed_ips: ['127.0.0.1', '::1'] })
    .expect(201);
  expect(made.body).toMatchObject({
    name: 'made',
    scope: 'read',
    allowed_ips: ['127.0.0.1/32', '::1/128'],
    expires: null,
  });
  expect(made.body.key).toMatch(/^[0-9a-f]{40}$/);
  expect(made.headers['location']).toMatch(new RegExp(`/api/users/tokens/${made.body.id}/$`));
  const shown = await api.get(`/api/users/tokens/${made.body.id}/`).expect(200);
  expect(shown.body).not.toHaveProperty('key');
  expect(JSON.stringify(shown.body)).not.toContain('hash');
  await api.get('/api/core/jobs/', made.body.key).expect(200);
  await request(api.app)
    .delete(`/api/users/tokens/${made.body.id}/`)
    .set('Authorization', `Token ${ADMIN}`)
    .expect(204);
  await api.get('/api/core/jobs/', made.body.key).expect(401);
  await api.get(`/api/users/tokens/${made.body.id}/`).expect(404);
});

test('a key is nowhere in the database', async () => {
  const secret = await key('read');
  const rows = await database.knex('core_token').select();
  expect(JSON.stringify(rows)).not.toContain(secret);
});

test.each([
  [{ name: '' }, 'name'],
  [{ name: 'x', scope: 'root' }, 'scope'],
  [{ name: 'x', expires: 'soon' }, 'expires'],
  [{ name: 'x', allowed_ips: ['10.0.0.1/33'] }, 'allowed_ips.0'],
  [{ name: 'x', allowed_ips: '10.0.0.1' }, 'allowed_ips'],
  [{ name: 'x', colour: 'red' }, 'colour'],
  [{}, 'name'],
])('a token with %j is a 400 that names %s', async (body, field) => {
  const answer = await api.post('/api/users/tokens/', body).expect(400);
  expect(Object.keys(answer.body.errors)).toEqual([field]);
});
