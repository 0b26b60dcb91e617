import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

const PATH = '/api/peering/internet-exchanges/peeringdb-import/';
const TIMES = { created: '2026-01-02T03:04:05Z', updated: '2026-01-02T03:04:05Z' };

beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  const { knex } = database;
  await fillCache(knex);
  await knex('peeringdb_ixpfx').insert([
    { id: 31, ixlan_id: 20, protocol: 'IPv6', prefix: '2001:db8::/64', ...TIMES },
    { id: 32, ixlan_id: 20, protocol: 'IPv4', prefix: '192.0.0.0/16', ...TIMES },
  ]);
  await addPort(knex, { id: 70, asn: 64496, ipv4: '192.0.2.70', ipv6: '2001:db8::70' });
  await addPort(knex, { id: 71, asn: 64496, ipv6: '2001:db8::71', operational: false });
  await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const listed = async () => (await api.get(`${PATH}?asn=64496&ordering=id`).expect(200)).body.results;
const connections = async () => (await api.get(`${CONNECTIONS}?ordering=id`).expect(200)).body.results;

test('ports that are no connections here are listed with the prefix lengths of their LAN', async () => {
  expect(await listed()).toMatchObject([
    {
      ...{ id: 70, asn: 64496, name: 'Example IX', ixlan_id: 20, operational: true, internet_exchange: null },
      ...{ ipv4_address: '192.0.2.70/24', ipv6_address: '2001:db8::70/64' },
    },
    { id: 71, operational: false, ipv4_address: null, ipv6_address: '2001:db8::71/64' },
  ]);
});

test('an import makes an exchange and its connections, once', async () => {
  const { body } = await api.post(PATH, { asn: 'AS64496' }).expect(200);
  expect(body).toMatchObject({ existing: [], skipped: [] });
  expect(body.created.map(({ netixlan_id }: { netixlan_id: number }) => netixlan_id)).toEqual([70, 71]);
  const exchanges = (await api.get(EXCHANGES).expect(200)).body.results;
  expect(exchanges).toMatchObject([{ name: 'Example IX', slug: 'example-ix-20', peeringdb_ixlan: 20 }]);
  expect(await connections()).toMatchObject([
    {
      ...{ ipv4_address: '192.0.2.70/24', ipv6_address: '2001:db8::70/64', peeringdb_netixlan: 70 },
      ...{ status: { value: 'enabled' }, peeringdb_state: { value: 'linked' } },
    },
    { ipv4_address: null, ipv6_address: '2001:db8::71/64', status: { value: 'disabled' } },
  ]);
  expect(await listed()).toEqual([]);
  const again = await api.post(PATH, { asn: 64496 }).expect(200);
  expect(again.body).toEqual({ created: [], existing: body.created, skipped: [] });
  expect(await connections()).toHaveLength(2);
});

test('a dry run makes nothing, and says what it would make', async () => {
  const { body } = await api.post(PATH, { asn: 64496, dry_run: true }).expect(200);
  expect(body.created).toEqual([70, 71].map((id) => ({ netixlan_id: id, internet_exchange: null, connection: null })));
  expect(await connections()).toEqual([]);
  expect((await api.get(EXCHANGES).expect(200)).body.count).toBe(0);
});

test('chosen ports alone are imported, and what is no port of ours is skipped with the reason', async () => {
  const { body } = await api.post(PATH, { asn: 64496, netixlan_ids: [71, 40, 999] }).expect(200);
  expect(body.created.map(({ netixlan_id }: { netixlan_id: number }) => netixlan_id)).toEqual([71]);
  expect(body.skipped).toEqual([
    { netixlan_id: 40, reason: 'PeeringDB knows no such port of AS64496' },
    { netixlan_id: 999, reason: 'PeeringDB knows no such port of AS64496' },
  ]);
});

test('a port of which no prefix contains an address is skipped, and one family that is contained is enough', async () => {
  await addPort(database.knex, { id: 72, asn: 64496, ipv4: '198.51.100.1' });
  await addPort(database.knex, { id: 73, asn: 64496, ipv4: '198.51.100.2', ipv6: '2001:db8::73' });
  const { body } = await api.post(PATH, { asn: 64496, netixlan_ids: [72, 73] }).expect(200);
  expect(body.skipped).toEqual([{ netixlan_id: 72, reason: 'no prefix of its LAN contains one of its addresses' }]);
  expect(await connections()).toMatchObject([{ ipv4_address: null, ipv6_address: '2001:db8::73/64' }]);
});

test('a connection that was typed by hand is found by its address', async () => {
  const [local] = (await api.get(AUTONOMOUS_SYSTEMS).expect(200)).body.results;
  const exchange = await make(api, EXCHANGES, { name: 'By hand', local_autonomous_system: local.id });
  const connection = await make(api, CONNECTIONS, {
    ...{ internet_exchange_point: exchange, ipv4_address: '192.0.2.70/25' },
  });
  const { body } = await api.post(PATH, { asn: 64496, netixlan_ids: [70] }).expect(200);
  expect(body).toMatchObject({ created: [], existing: [{ netixlan_id: 70, connection }] });
});

test('imports at the same time make each exchange and connection once', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => api.post(PATH, { asn: 64496 }).expect(200)));
  const made = answers.flatMap(({ body }) => body.created);
  expect(made).toHaveLength(2);
  expect(await connections()).toHaveLength(2);
});

test.each([
  [{}, 400, ['asn']],
  [{ asn: 64500 }, 400, ['asn']],
  [{ asn: 64496, netixlan_ids: [0] }, 400, ['netixlan_ids.0']],
  [{ asn: 64496, netixlan_ids: 70 }, 400, ['netixlan_ids']],
  [{ asn: 64496, dry_run: 'yes' }, 400, ['dry_run']],
])('%j is refused', async (body, status, fields) => {
  const answer = await api.post(PATH, body).expect(status);
  expect(Object.keys(answer.body.errors)).toEqual(fields);
});

test('without an affiliated autonomous system, the answer says what is missing', async () => {
  await database.knex('peering_autonomous_system').update({ affiliated: false });
  expect((await api.get(`${PATH}?asn=64496`).expect(409)).body.detail).toMatch(/^no autonomous system is affiliated/);
  await api.post(PATH, { asn: 64496 }).expect(409);
  await api.get(PATH).expect(400);
});
