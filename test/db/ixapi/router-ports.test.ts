import { setTimeout as sleep } from 'node:timers/promises';
import { keepRouterPorts } from '../../../activities/ixapi/router-ports';
import { createNetboxClient, type NetboxClient } from '../../../activities/netbox/client';
import { Secret } from '../../../config/secret';
import { NETBOX_FAILURES } from '../../../workflows/netbox/messages';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../../fakes/netbox/server';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

const TIMES = { created: '2026-01-01Z', last_updated: '2026-01-01Z' };
const WORDS = { description: '', comments: '' };

let database: TestDatabase;
let fake: FakeNetbox;
let client: NetboxClient;
let now: Date;
let ix_api: number;
let exchange: number;
let warned: object[];

/** Inserts a row; its id. */
async function insert(table: string, row: object): Promise<number> {
  const [made] = await database.knex(table).insert(row).returning('id');
  return made.id as number;
}

async function makeExchange(slug: string, ixapi_endpoint: number | null): Promise<number> {
  const { id: local_autonomous_system } = await database.knex('peering_autonomous_system').first('id');
  const row = { name: slug, slug, status: 'enabled', local_autonomous_system, ixapi_endpoint, ...WORDS, ...TIMES };
  return insert('peering_internet_exchange', row);
}

function makeRouter(netbox_device_id: number | null): Promise<number> {
  const name = `r${netbox_device_id ?? ''}`;
  const lists = { tags: '[]', custom_fields: '{}', state: netbox_device_id === null ? 'local' : 'in_sync' };
  const row = { name, hostname: name, status: 'enabled', netbox_device_id, ...lists, ...WORDS, ...TIMES };
  return insert('devices_router', row);
}

const connect = (internet_exchange_point: number, router: number | null, ipv4_address: string): Promise<number> =>
  insert('net_connection', {
    ...{ internet_exchange_point, router, status: 'enabled', ipv4_address, ...WORDS, ...TIMES },
  });

/** Puts an address on a new interface of a device. */
const put = (device: number, name: string, address: string): unknown =>
  fake.state.assignAddress(fake.state.createInterface(device, { name, speed: 10_000_000 }).id, address);

const deps = (): Parameters<typeof keepRouterPorts>[0] => {
  const silent = (): undefined => undefined;
  const log = { debug: silent, info: silent, error: silent, warn: (fields: object) => void warned.push(fields) };
  return { knex: database.knex, client, clock: () => now, log };
};
const read = (signal = new AbortController().signal): Promise<void> => keepRouterPorts(deps(), ix_api, signal);
const kept = (): Promise<unknown[]> =>
  database.knex('ixapi_netbox_port').orderBy('connection').select('connection', 'port', 'read_at');

beforeAll(async () => {
  database = await createTestDatabase();
  const flags = { name_peeringdb_sync: false, irr_as_set_peeringdb_sync: false };
  const sync = { ipv4_max_prefixes_peeringdb_sync: false, ipv6_max_prefixes_peeringdb_sync: false };
  const as = { asn: 64496, name: 'us', affiliated: true, irr_as_set: '', ...flags, ...sync, ...WORDS, ...TIMES };
  await insert('peering_autonomous_system', as);
  const sealed = { kind: 'ixapi_secret', digest: Buffer.from('d'), sealed: Buffer.from('s'), created: '2026-01-01Z' };
  const api_secret = await insert('core_secret', sealed);
  const access = { api_url: 'https://ix.example/api/v2', api_key: 'k', api_secret, identity: '1' };
  ix_api = await insert('extras_ix_api', { name: 'ix', ...access, ...TIMES });
  exchange = await makeExchange('ours', ix_api);
});

beforeEach(async () => {
  fake = await startFakeNetbox({ devices: 6 });
  const token = new Secret(FAKE_NETBOX_TOKEN);
  client = createNetboxClient({ url: fake.url, token, verifyTls: true, userAgent: 'test' });
  now = new Date('2026-06-01T00:00:00.000Z');
  warned = [];
});

afterEach(async () => {
  await client.close();
  await fake.close();
  await database.knex('net_connection').delete();
  await database.knex('devices_router').delete();
});

afterAll(() => database.drop());

test('what NetBox has for the connections of an IX-API object is kept, each device read once', async () => {
  const [one, two] = [await makeRouter(1), await makeRouter(2)];
  const second = await makeExchange('ours-too', ix_api);
  const elsewhere = await makeExchange('not-linked', null);
  const connections = [
    await connect(exchange, one, '192.0.2.1/24'),
    await connect(second, one, '198.51.100.1/24'),
    await connect(exchange, two, '192.0.2.2/24'),
  ];
  await connect(elsewhere, two, '203.0.113.1/24');
  await connect(exchange, await makeRouter(null), '192.0.2.3/24');
  await connect(exchange, null, '192.0.2.4/24');
  put(1, 'xe-0', '192.0.2.1/24');
  put(1, 'xe-1', '198.51.100.1/25');
  put(2, 'xe-0', '203.0.113.1/24');
  await keepRouterPorts(deps(), ix_api, new AbortController().signal);
  const port = { enabled: true, mac_address: null, speed: 10_000, vlan: null, ipv6_address: null };
  const read_at = '2026-06-01T00:00:00Z';
  expect(await kept()).toEqual([
    { connection: connections[0], port: { ...port, interface: 'xe-0', ipv4_address: '192.0.2.1/24' }, read_at },
    { connection: connections[1], port: { ...port, interface: 'xe-1', ipv4_address: '198.51.100.1/25' }, read_at },
    { connection: connections[2], port: null, read_at },
  ]);
  expect(fake.requests.filter(({ path }) => path.includes('/ip-addresses/'))).toHaveLength(2);
  expect(warned).toEqual([]);
});

test('what was kept goes when NetBox shows the address on no interface any more', async () => {
  await connect(exchange, await makeRouter(1), '192.0.2.1/24');
  put(1, 'xe-0', '192.0.2.1/24');
  await read();
  expect(await kept()).toMatchObject([{ port: { interface: 'xe-0' } }]);
  fake.state.deleteDevice(1);
  now = new Date('2026-06-01T00:01:00.000Z');
  await read();
  expect(await kept()).toMatchObject([{ port: null }]);
});

test('while NetBox cannot be read what was kept stays with its age, which a warning tells without the token', async () => {
  for (let device = 1; device <= 6; device += 1)
    await connect(exchange, await makeRouter(device), `192.0.2.${device}/24`);
  put(1, 'xe-0', '192.0.2.1/24');
  await read();
  const before = await kept();
  now = new Date('2026-06-01T00:01:00.000Z');
  fake.faults.set({ refuse: { status: 503 } });
  fake.requests.splice(0);
  await read();
  expect(await kept()).toEqual(before);
  expect(fake.requests.length).toBeLessThanOrEqual(4);
  expect(warned).toContainEqual(expect.objectContaining({ ix_api, code: NETBOX_FAILURES.unavailable }));
  expect(JSON.stringify(warned)).not.toContain(FAKE_NETBOX_TOKEN);
});

test('a device that NetBox answers wrongly for does not keep the others from being read', async () => {
  await connect(exchange, await makeRouter(1), '192.0.2.1/24');
  await connect(exchange, await makeRouter(2), '192.0.2.2/24');
  put(2, 'xe-0', '192.0.2.2/24');
  fake.faults.set({ notJson: { path: 'device_id=1&' } });
  await read();
  expect(await kept()).toMatchObject([{ port: { interface: 'xe-0' } }]);
  expect(warned).toMatchObject([{ netbox_device_id: 1, code: NETBOX_FAILURES.badAnswer }]);
});

test('reading routers is cancelled while NetBox takes its time', async () => {
  await connect(exchange, await makeRouter(1), '192.0.2.1/24');
  fake.faults.set({ slow: { ms: 500 } });
  const controller = new AbortController();
  const reading = read(controller.signal);
  await sleep(50);
  controller.abort(new Error('cancelled'));
  await expect(reading).rejects.toThrow('cancelled');
  expect([await kept(), warned]).toEqual([[], []]);
});

test('without NetBox nothing is read from routers, and nothing is wrong', async () => {
  await connect(exchange, await makeRouter(1), '192.0.2.1/24');
  await keepRouterPorts({ ...deps(), client: undefined }, ix_api, new AbortController().signal);
  expect([await kept(), warned]).toEqual([[], []]);
});
