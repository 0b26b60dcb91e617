import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make, SESSIONS } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let exchange: number;
let connection: number;

const PATH = '/api/peering/available-peers/';
const HIDDEN_PEERS = '/api/peeringdb/hidden-peers/';

interface Row {
  readonly id: number;
  readonly asn: number;
  readonly missing: readonly { connection: number; family: number; ip_address: string }[];
}

beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  await fillCache(database.knex);
  const local = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  const fields = { name: 'Example IX', local_autonomous_system: local, peeringdb_ixlan: 20 };
  exchange = await make(api, EXCHANGES, fields);
  const addresses = { ipv4_address: '192.0.2.96/24', ipv6_address: '2001:db8::96/64' };
  connection = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ...addresses });
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

/** The rows; the cache holds a dual-stack port of AS64500 (40) and an IPv4 one of AS4200000000 (41). */
async function available(query = ''): Promise<Row[]> {
  return (await api.get(`${PATH}?${query}`).expect(200)).body.results as Row[];
}
const idsOf = async (query = ''): Promise<number[]> => (await available(query)).map(({ id }) => id);

const session = async (asn: number, ip_address: string, ixp_connection = connection): Promise<number> => {
  const found = await api.get(`${AUTONOMOUS_SYSTEMS}?asn=${asn}`).expect(200);
  const [known] = found.body.results as { id: number }[];
  const autonomous_system = known?.id ?? (await make(api, AUTONOMOUS_SYSTEMS, { asn, name: `AS${asn}` }));
  return make(api, SESSIONS, { autonomous_system, ixp_connection, ip_address });
};

test('each port without a session is a row that says which connections and families are missing', async () => {
  const { body, headers } = await api.get(PATH).expect(200);
  expect(headers['x-peeringdb-synchronisation']).toBe('1');
  expect(body).toMatchObject({ count: 2, next: null });
  expect(body.results[0]).toMatchObject({
    ...{ id: 40, asn: 64500, name: 'Alpha 100%', internet_exchange: exchange, ixlan_id: 20, irr_as_set: 'AS-ALPHA' },
    ...{ ipaddr4: '192.0.2.1', ipaddr6: '2001:db8::1', speed: 10000, info_types: ['NSP', 'Content'] },
    missing: [
      { connection, family: 4, ip_address: '192.0.2.1' },
      { connection, family: 6, ip_address: '2001:db8::1' },
    ],
  });
  expect(body.results[1]).toMatchObject({ id: 41, missing: [{ connection, family: 4, ip_address: '192.0.2.11' }] });
});

test('a session takes its family out, and the last one the row', async () => {
  await session(64500, '192.0.2.1');
  expect((await available())[0]?.missing).toEqual([{ connection, family: 6, ip_address: '2001:db8::1' }]);
  await session(64500, '2001:db8::1');
  expect(await idsOf()).toEqual([41]);
});

test('a second connection at the same exchange makes its own sessions missing', async () => {
  await session(4200000000, '192.0.2.11');
  expect(await idsOf()).toEqual([40]);
  const second = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ipv4_address: '192.0.2.97/24' });
  const row = (await available()).find(({ id }) => id === 41);
  expect(row?.missing).toEqual([{ connection: second, family: 4, ip_address: '192.0.2.11' }]);
});

test('only families that both sides have count', async () => {
  const second = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ipv6_address: '2001:db8::97/64' });
  await addPort(database.knex, { id: 70, asn: 64510, ipv6: '2001:db8::70' });
  const missing = Object.fromEntries((await available()).map((row) => [row.id, row.missing.map((m) => m.connection)]));
  expect(missing).toEqual({ 40: [connection, connection, second], 41: [connection], 70: [connection, second] });
  await database.knex('net_connection').where({ id: connection }).update({ ipv4_address: null });
  expect(await idsOf()).toEqual([40, 70]);
});

test('affiliated networks are left out, and others are not', async () => {
  await make(api, AUTONOMOUS_SYSTEMS, { asn: 4200000000, name: 'Ours too', affiliated: true });
  await make(api, AUTONOMOUS_SYSTEMS, { asn: 64500, name: 'A peer' });
  expect(await idsOf()).toEqual([40]);
});

test('a hidden peer is left out until its date, at its exchange only', async () => {
  const hide = (fields: object) => api.post(HIDDEN_PEERS, { peeringdb_network: 10, peeringdb_ixlan: 20, ...fields });
  const { body } = await hide({ until: '2020-01-01' }).expect(201);
  expect(await idsOf()).toEqual([40, 41]);
  const until = (value: string | null) =>
    database.knex('peeringdb_hidden_peer').where({ id: body.id }).update({ until: value });
  await until('2099-01-01T00:00:00Z');
  expect(await idsOf()).toEqual([41]);
  await until(null);
  expect(await idsOf()).toEqual([41]);
  await database.knex('peeringdb_hidden_peer').where({ id: body.id }).update({ peeringdb_ixlan: 21 });
  expect(await idsOf()).toEqual([40, 41]);
});

test('ports that are not operational are there on demand', async () => {
  await addPort(database.knex, { id: 70, asn: 64510, ipv4: '192.0.2.70', operational: false });
  expect(await idsOf()).toEqual([40, 41]);
  expect(await idsOf('operational=false')).toEqual([70]);
  expect(await idsOf('operational=true&operational=false')).toEqual([40, 70, 41]);
});

test.each([
  { info_types: '["Route Server"]' },
  { info_types: '["NSP", "Route Collector"]' },
  { info_type: 'Route Server', info_types: null },
])('a network with %j is there when it is asked for', async (types) => {
  await addPort(database.knex, { id: 70, asn: 64510, ipv4: '192.0.2.70' });
  expect(await idsOf()).toEqual([40, 70, 41]);
  await database.knex('peeringdb_net').where({ asn: 64510 }).update(types);
  expect(await idsOf()).toEqual([40, 41]);
  expect(await idsOf('route_servers=true')).toEqual([40, 70, 41]);
});

test('naming route servers in a filter asks for them', async () => {
  await database.knex('peeringdb_net').where({ asn: 64500 }).update({ info_types: '["Route Server"]' });
  expect(await idsOf('info_types=Route%20Server')).toEqual([40]);
  expect(await idsOf('info_types=NSP')).toEqual([]);
});

test('being on the route server excludes nobody', async () => {
  await database.knex('peeringdb_netixlan').update({ is_rs_peer: true });
  expect(await idsOf()).toEqual([40, 41]);
  expect(await idsOf('is_rs_peer=false')).toEqual([]);
});

test.each([
  ['min_speed=10000', [40]],
  ['min_speed=10001', []],
  ['speed__lt=10000', [41]],
  ['info_types=Content&info_types=NSP', [40]],
  ['info_types=Enterprise', []],
  ['policy_general=No', [41]],
  ['policy_ratio=true', [41]],
  ['asn=AS64500', [40]],
  ['q=alpha', [40]],
  ['irr_as_set__empty=true', [41]],
  ['ordering=-asn', [41, 40]],
])('%s finds %j', async (query, expected) => {
  await database.knex('peeringdb_net').where({ asn: 4200000000 }).update({ policy_general: 'No', policy_ratio: true });
  expect(await idsOf(query)).toEqual(expected);
});

test('one exchange can be asked alone, and each own AS at one ixlan has its rows', async () => {
  const second = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64497, name: 'Ours as well', affiliated: true });
  const fields = { name: 'Example IX', local_autonomous_system: second, peeringdb_ixlan: 20 };
  const other = await make(api, EXCHANGES, fields);
  expect(await idsOf()).toEqual([40, 41]);
  await make(api, CONNECTIONS, { internet_exchange_point: other, ipv4_address: '192.0.2.98/24' });
  expect(await idsOf()).toEqual([40, 40, 41, 41]);
  const { body } = await api.get(`${EXCHANGES}${other}/available-peers/?fields=id,internet_exchange`).expect(200);
  expect(body.results).toEqual([
    { id: 40, internet_exchange: other },
    { id: 41, internet_exchange: other },
  ]);
  await api.get(`${EXCHANGES}999/available-peers/`).expect(404);
});

test('an exchange that is linked to no ixlan has none', async () => {
  await database.knex('peering_internet_exchange').update({ peeringdb_ixlan: null });
  expect(await idsOf()).toEqual([]);
});

test('pages follow one another, and CSV has the missing sessions', async () => {
  const { body } = await api.get(`${PATH}?limit=1&min_speed=1`).expect(200);
  expect(body.count).toBe(2);
  expect(body.next).toContain('min_speed=1');
  const next = await api.get(new URL(body.next as string).pathname + new URL(body.next as string).search).expect(200);
  expect((next.body.results as Row[]).map(({ id }) => id)).toEqual([41]);
  const { text } = await api.get(`${PATH}?format=csv&fields=asn,ipaddr4,missing&asn=4200000000`).expect(200);
  expect(text).toBe(
    `asn,ipaddr4,missing\n4200000000,192.0.2.11,"{""family"":4,""connection"":${connection},""ip_address"":""192.0.2.11""}"\n`,
  );
});

test.each([
  'min_speed=fast',
  'min_speed=-1',
  'min_speed=1&min_speed=2',
  'route_servers=perhaps',
  'bogus=1',
  'missing=1',
])('%s is refused', async (query) => {
  await api.get(`${PATH}?${query}`).expect(400);
});
