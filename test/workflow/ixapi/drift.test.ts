import { createNetboxClient, type NetboxClient } from '../../../activities/netbox/client';
import { Secret } from '../../../config/secret';
import { ixapiRefreshWorkflowId } from '../../../workflows/ixapi/messages';
import { TASK_QUEUE } from '../../../workflows/shared/job';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../../fakes/netbox/server';
import { EVENTS, senderOf } from '../../helpers/incident-records';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';

const DEVICE = 1;
/** MAC addresses that the exchange has all at once. */
const [ELSEWHERE, AGAIN] = ['02:01:00:00:00:98', '02:01:00:00:00:99'];

interface Drift {
  readonly kind: string;
  readonly [field: string]: unknown;
}

let netbox: FakeNetbox;
let client: NetboxClient;
let site: IxapiSite;
let config: string;
let mac: { readonly id: string; readonly address: string };
let port: number;

const send = () => senderOf(site.api);
const own = () => `/api/peering/internet-exchanges/${site.exchange}/`;
/** What differs about the config, by kind. */
async function drift(): Promise<Record<string, Drift>> {
  const { body } = await site.api.get(`/api/extras/drift/?network_service_config=${config}`);
  const { results } = body as { results: Drift[] };
  return Object.fromEntries(results.map((one) => [one.kind, one]));
}
const kinds = async (): Promise<string[]> => Object.keys(await drift()).sort();
const idOf = (kind: string): string => `ixapi-drift-${site.exchange}-${config}-${kind}`;
async function eventOf(kind: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await site.api.get(`${EVENTS}?dedup_id=${idOf(kind)}`);
  return (body as { results: Record<string, unknown>[] }).results[0];
}
const statusOf = async (kind: string): Promise<unknown> => (await eventOf(kind))?.['status'];

/** Gives our MAC address at the exchange another value, or back what it was, and refreshes. */
async function haveMac(address: string): Promise<void> {
  site.fake.state.update('macs', mac.id, { address });
  expect(await site.refresh()).toMatchObject({ status: 'completed' });
}

/** Makes the connection of the config, or finds the one that is there. */
async function importConfig(): Promise<number> {
  await site.import({ network_service_config: config });
  const made = (await site.connections()).find((one) => one['ixapi_network_service_config'] === config);
  return Number(made!['id']);
}

/** A router that is a device, whose interface has the addresses of the connection and all else as the exchange has it. */
async function addRouter(connection: number): Promise<number> {
  const words = { description: '', comments: '', created: '2026-01-01Z', last_updated: '2026-01-01Z' };
  const lists = { tags: '[]', custom_fields: '{}' };
  const row = { name: 'r1', hostname: 'r1', status: 'enabled', netbox_device_id: DEVICE, state: 'in_sync' };
  const [router] = await site.knex('devices_router').insert({ ...row, ...lists, ...words }, ['id']);
  const path = `/api/net/connections/${connection}/`;
  expect(await send()('patch', path, { router: Number(router.id) })).toMatchObject({ status: 200 });
  const { body } = await site.api.get(path);
  const made = netbox.state.createInterface(DEVICE, { name: 'ae1.100', speed: 200_000_000, mac_address: mac.address });
  for (const family of ['ipv4_address', 'ipv6_address']) netbox.state.assignAddress(made.id, String(body[family]));
  return made.id;
}

beforeAll(async () => {
  netbox = await startFakeNetbox({ devices: 2 });
  const token = new Secret(FAKE_NETBOX_TOKEN);
  client = createNetboxClient({ url: netbox.url, token, verifyTls: true, userAgent: 'crossconnect/test' });
  site = await createIxapiSite({ driftEvents: true, netbox: client, data: { configs: 1 } });
  config = site.fake.state.cases()['production']!;
  const [only] = site.fake.state.row('network-service-configs', config)['macs'] as string[];
  mac = { id: only!, address: String(site.fake.state.row('macs', only!)['address']) };
  port = await addRouter(await importConfig());
});
afterEach(() => {
  netbox.faults.clear();
});
afterAll(async () => {
  await site.close();
  await client.close();
  await netbox.close();
});

test('an import whose router is as the exchange has it finds nothing that differs', async () => {
  await site.refresh();
  expect(await drift()).toEqual({});
});

test('a refresh finds what the exchange and NetBox changed, and makes an event of what stops traffic', async () => {
  netbox.state.updateInterface(port, { speed: 100_000_000 });
  await haveMac(ELSEWHERE);
  const { mac_address, speed, ...others } = await drift();
  expect(others).toEqual({});
  expect(mac_address).toMatchObject({
    ...{
      severity: 'critical',
      ixapi: [ELSEWHERE],
      local: mac.address,
      netbox: mac.address,
      peeringdb: null,
    },
    ...{ peeringdb_age: null, is_reported: true, internet_exchange_name: 'Example IX Frankfurt' },
  });
  expect(speed).toMatchObject({
    ...{ severity: 'warning', ixapi: 200_000, local: 200_000, netbox: 100_000, peeringdb: null, is_reported: false },
  });
  for (const source of ['ixapi', 'local', 'netbox']) {
    expect(mac_address![`${source}_age`]).toBeGreaterThanOrEqual(0);
    expect(mac_address![`${source}_age`]).toBeLessThan(60);
  }
  expect(await eventOf('mac_address')).toMatchObject({ status: 'triggered', criticality: 'CRITICAL' });
  expect(await eventOf('speed')).toBeUndefined();
});

test('a second refresh that finds the same reports nothing again', async () => {
  const [event, before] = [await eventOf('mac_address'), await drift()];
  const lines = await site.knex('incident_timeline');
  await site.refresh();
  expect(await eventOf('mac_address')).toEqual(event);
  expect(await site.knex('incident_timeline')).toEqual(lines);
  const after = await drift();
  for (const kind of ['mac_address', 'speed'])
    expect([after[kind]!['id'], after[kind]!['first_seen']]).toEqual([
      before[kind]!['id'],
      before[kind]!['first_seen'],
    ]);
});

test('while NetBox is away its old value is compared, and grows older', async () => {
  const read_at = new Date(Date.now() - 3_600_000).toISOString();
  await site.knex('ixapi_netbox_port').update({ read_at });
  netbox.faults.set({ refuse: { status: 503 } });
  await haveMac(AGAIN);
  const { mac_address, speed } = await drift();
  expect(mac_address).toMatchObject({ ixapi: [AGAIN], netbox: mac.address });
  expect(speed).toMatchObject({ netbox: 100_000 });
  for (const one of [mac_address, speed]) {
    expect(one!['netbox_age']).toBeGreaterThanOrEqual(3_600);
    expect(one!['ixapi_age']).toBeLessThan(60);
  }
  expect(await eventOf('mac_address')).toMatchObject({ status: 'triggered', message: expect.stringContaining(AGAIN) });
});

test('what is put right at the exchange ends its drift and clears its event', async () => {
  await haveMac(mac.address);
  expect(await kinds()).toEqual(['speed']);
  expect(await drift()).toMatchObject({ speed: { netbox: 100_000 } });
  expect(await statusOf('mac_address')).toBe('ok');
  netbox.state.updateInterface(port, { speed: 200_000_000 });
  await site.refresh();
  expect(await kinds()).toEqual([]);
});

test('what the Schedule starts finds drift and its end without anybody asking', async () => {
  const { workflow } = site.temporal.client;
  const scheduled = async (address: string): Promise<void> => {
    site.fake.state.update('macs', mac.id, { address });
    const workflowId = `ixapi-scheduled-${address}`;
    const run = await workflow.start('ixapiScheduled', { workflowId, taskQueue: TASK_QUEUE });
    expect(await run.result()).toEqual({ started: 1 });
    await workflow.getHandle(ixapiRefreshWorkflowId(site.exchange)).result();
  };
  await scheduled(ELSEWHERE);
  expect([await kinds(), await statusOf('mac_address')]).toEqual([['mac_address'], 'triggered']);
  await scheduled(mac.address);
  expect([await kinds(), await statusOf('mac_address')]).toEqual([[], 'ok']);
});

test('an exchange that is linked to IX-API no more has no drift, and its event is cleared at once', async () => {
  await haveMac(ELSEWHERE);
  expect(await statusOf('mac_address')).toBe('triggered');
  expect(await send()('patch', own(), { ixapi_endpoint: null })).toMatchObject({ status: 200 });
  expect([await kinds(), await statusOf('mac_address')]).toEqual([[], 'ok']);
  expect(await send()('patch', own(), { ixapi_endpoint: site.ixApi })).toMatchObject({ status: 200 });
  await haveMac(mac.address);
  await importConfig();
  expect(await kinds()).toEqual([]);
});

test('events about drift are cleared though the setting was taken back, and no new ones are made', async () => {
  await haveMac(ELSEWHERE);
  expect(await statusOf('mac_address')).toBe('triggered');
  await site.stopWorker();
  await site.startWorker({ driftEvents: false });
  site.fake.state.update('network-service-configs', config, {
    vlan_config: { vlan_type: 'dot1q', vlan: 4000, vlan_ethertype: '0x8100' },
  });
  await site.refresh();
  expect([await statusOf('mac_address'), await statusOf('vlan')]).toEqual(['triggered', undefined]);
  expect(await drift()).toMatchObject({ mac_address: { is_reported: true }, vlan: { is_reported: false } });
  await haveMac(mac.address);
  expect([await kinds(), await statusOf('mac_address')]).toEqual([['vlan'], 'ok']);
});
