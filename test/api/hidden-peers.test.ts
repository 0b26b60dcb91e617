import request from 'supertest';
import type { Temporal } from '../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { fillCache } from '../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

const PATH = '/api/peeringdb/hidden-peers/';
const peer = { peeringdb_network: 10, peeringdb_ixlan: 20 };

beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const change = (method: 'put' | 'patch' | 'delete', id: number, body?: object): request.Test => {
  const test = request(api.app)[method](`${PATH}${id}/`).set('Authorization', `Token ${ADMIN}`);
  return body === undefined ? test : test.send(body);
};

test('a peer is hidden, changed and shown again', async () => {
  const made = await api.post(PATH, { ...peer, until: '2027-01-01' }).expect(201);
  expect(made.body).toMatchObject({ id: 1, ...peer, until: '2027-01-01T00:00:00Z', comments: '' });
  expect(made.headers['location']).toMatch(/\/api\/peeringdb\/hidden-peers\/1\/$/);
  const patched = await change('patch', 1, { comments: 'said no' }).expect(200);
  expect(patched.body).toMatchObject({ until: '2027-01-01T00:00:00Z', comments: 'said no' });
  const put = await change('put', 1, peer).expect(200);
  expect(put.body).toMatchObject({ until: null, comments: '' });
  await change('patch', 1, {}).expect(200);
  await change('delete', 1).expect(204);
  await change('delete', 1).expect(404);
  await change('patch', 1, { comments: 'x' }).expect(404);
  await api.get(`${PATH}1/`).expect(404);
});

test('a peer is hidden at an exchange once', async () => {
  await api.post(PATH, peer).expect(201);
  const again = await api.post(PATH, peer).expect(409);
  expect(again.body.type).toBe('urn:crossconnect:problem:conflict');
});

test('a filled cache refuses what it does not know', async () => {
  await fillCache(database.knex);
  const refused = await api.post(PATH, { peeringdb_network: 999, peeringdb_ixlan: 998 }).expect(400);
  expect(Object.keys(refused.body.errors)).toEqual(['peeringdb_network', 'peeringdb_ixlan']);
  await api.post(PATH, peer).expect(201);
  await change('patch', 1, { peeringdb_ixlan: 998 }).expect(400);
});

test('a creating POST with an Idempotency-Key is done once', async () => {
  const send = (body: object, key = 'one'): request.Test => api.post(PATH, body).set('Idempotency-Key', key);
  const first = await send(peer).expect(201);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  const again = await send(peer).expect(201);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.body).toEqual(first.body);
  expect(again.headers['location']).toBe(first.headers['location']);
  const other = await send({ ...peer, comments: 'x' }).expect(422);
  expect(other.body.type).toBe('urn:crossconnect:problem:idempotency-key-reused');
  await send(peer, 'two').expect(409);
  const refused = await send(peer, 'two').expect(409);
  expect(refused.headers['idempotency-replayed']).toBe('true');
  expect(refused.type).toBe('application/problem+json');
  api.now = new Date(api.now.getTime() + 24 * 3_600_000);
  await send(peer).expect(409);
});

test('keys belong to the token that uses them', async () => {
  const made = await api.post('/api/users/tokens/', { name: 'other', scope: 'write' });
  await api.post(PATH, peer).set('Idempotency-Key', 'mine').expect(201);
  await api
    .post(PATH, { ...peer, peeringdb_network: 11 }, made.body.key)
    .set('Idempotency-Key', 'mine')
    .expect(201);
});

test('of many requests with one key at once, one is done and the others wait or are replayed', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => api.post(PATH, peer).set('Idempotency-Key', 'at-once')),
  );
  expect(answers.filter(({ status, headers }) => status === 201 && !headers['idempotency-replayed'])).toHaveLength(1);
  for (const { status, headers, body } of answers) {
    const replayed = status === 201 && headers['idempotency-replayed'] === 'true';
    const inProgress = status === 409 && body.type.endsWith('idempotency-key-in-use');
    expect(replayed || inProgress || status === 201).toBe(true);
  }
  expect(await database.knex('peeringdb_hidden_peer')).toHaveLength(1);
});

test('a request that failed on our side may be sent again with its key, one that was made is not kept with a secret', async () => {
  const start = (): request.Test => api.post('/api/peeringdb/cache/update-local/', {}).set('Idempotency-Key', 'start');
  await start().expect(503);
  const again = await start().expect(503);
  expect(again.headers).not.toHaveProperty('idempotency-replayed');
  const make = (): request.Test => api.post('/api/users/tokens/', { name: 'k' }).set('Idempotency-Key', 'token');
  const made = await make().expect(201);
  const replayed = await make().expect(201);
  const { key, ...rest } = made.body;
  expect(replayed.body).toEqual(rest);
  expect(JSON.stringify(await database.knex('core_idempotency_key').select('body'))).not.toContain(key);
});
