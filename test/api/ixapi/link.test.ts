import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { senderOf } from '../../helpers/incident-records';
import { linkExchange, type LinkedIds } from '../../helpers/ixapi-documents';
import { CONNECTIONS, EXCHANGES, make } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let linked: LinkedIds;
let one: string;

beforeEach(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  linked = await linkExchange(database.knex);
  one = `${EXCHANGES}${linked.exchange}/`;
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const change = (body: object, method: 'put' | 'patch' = 'patch') => senderOf(api)(method, one, body);

/** Another object of the same exchange. */
async function anotherObject(): Promise<number> {
  const { api_secret } = await database.knex('extras_ix_api').where({ id: linked.ix_api }).first('api_secret');
  const times = { created: new Date(), last_updated: new Date() };
  const values = {
    name: 'Other',
    api_url: 'https://other.example/api/v2',
    api_key: 'key',
    api_secret,
    identity: 'ACC-1',
  };
  const [made] = await database
    .knex('extras_ix_api')
    .insert({ ...values, ...times })
    .returning('id');
  return made.id;
}

/** A connection that is a config, what is waited for, and a difference that was found. */
async function useLink(): Promise<number> {
  const { knex } = database;
  const { exchange } = linked;
  const id = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ipv4_address: '192.0.2.9/24' });
  await knex('net_connection').update({ ixapi_network_service_config: 'NSC-1', ixapi_connection: 'CON-1' });
  const config = { internet_exchange: exchange, network_service_config: 'NSC-2' };
  await knex('ixapi_follow').insert({ ...config, reason: 'it has no addresses yet', since: new Date() });
  const difference = { ...config, kind: 'speed', severity: 'warning', message: 'm', is_reported: false };
  await knex('ixapi_drift').insert({ ...difference, first_seen: new Date() });
  return id;
}

/** How much is left of it. */
async function left() {
  const { knex } = database;
  const { ixapi_network_service_config, ixapi_connection } = await knex('net_connection').first();
  const counts = await Promise.all(['ixapi_follow', 'ixapi_drift'].map(async (table) => (await knex(table)).length));
  return [ixapi_network_service_config, ixapi_connection, ...counts];
}

test('an exchange links to an IX-API object that exists, shows it, and is found by it', async () => {
  const { body: refusal } = await change({ ixapi_endpoint: 999 }).expect(400);
  expect(refusal.errors).toEqual({ ixapi_endpoint: ['there is no such IX-API object'] });
  for (const value of [0, -1, 1.5, '1', true, {}, [1], 2 ** 53]) await change({ ixapi_endpoint: value }).expect(400);
  const { body: found } = await api.get(`${EXCHANGES}?ixapi_endpoint=${linked.ix_api}`).expect(200);
  expect(found.results).toMatchObject([{ id: linked.exchange, ixapi_endpoint: linked.ix_api }]);
  await change({ ixapi_endpoint: null }).expect(200);
  const { body: none } = await api.get(`${EXCHANGES}?ixapi_endpoint__empty=true`).expect(200);
  expect(none.results).toMatchObject([{ id: linked.exchange, ixapi_endpoint: null }]);
  const local_autonomous_system = none.results[0].local_autonomous_system as number;
  const { body: made } = await api.post(EXCHANGES, { name: 'Plain', local_autonomous_system }).expect(201);
  expect(made.ixapi_endpoint).toBeNull();
});

test('a link that stays leaves connections and what is followed alone', async () => {
  await useLink();
  await database.knex('ixapi_drift').delete();
  const { body } = await api.get(one).expect(200);
  await change({ name: 'Renamed' }).expect(200);
  await change({ ixapi_endpoint: linked.ix_api }).expect(200);
  await change({ ...body, status: body.status.value }, 'put').expect(200);
  expect(await left()).toEqual(['NSC-1', 'CON-1', 1, 0]);
});

test.each(['null', 'another object', 'nothing in a PUT'])(
  'a link that changes to %s takes what hung on it along',
  async (to) => {
    const connection = await useLink();
    const before = await database.knex('net_connection').where({ id: connection }).first();
    const { name, local_autonomous_system } = (await api.get(one).expect(200)).body;
    api.now = new Date(Date.now() + 60_000);
    if (to === 'nothing in a PUT')
      await change({ name, local_autonomous_system, peeringdb_ixlan: 20 }, 'put').expect(200);
    else await change({ ixapi_endpoint: to === 'null' ? null : await anotherObject() }).expect(200);
    // What another object shows is compared when it was read.
    expect((await left()).slice(0, 3)).toEqual([null, null, 0]);
    const after = await database.knex('net_connection').where({ id: connection }).first();
    expect(Date.parse(after.last_updated)).toBeGreaterThan(Date.parse(before.last_updated));
    if (to !== 'another object') expect(await database.knex('ixapi_drift')).toEqual([]);
  },
);

test('a link that could not change leaves all that hangs on it', async () => {
  await useLink();
  await change({ ixapi_endpoint: null, local_autonomous_system: 999 }).expect(400);
  expect(await left()).toEqual(['NSC-1', 'CON-1', 1, 1]);
});

test('drift of an exchange goes with it', async () => {
  await useLink();
  await database.knex('net_connection').delete();
  await senderOf(api)('delete', one).expect(204);
  for (const table of ['ixapi_follow', 'ixapi_drift']) expect(await database.knex(table)).toEqual([]);
});
