import ipaddr from 'ipaddr.js';
import { readAll } from '../fakes/ixapi/ask';
import type { DataOptions } from '../fakes/ixapi/generate';
import { COLLECTIONS, type Collection, type Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

const running: FakeIxapi[] = [];

afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

async function start(data: DataOptions = {}): Promise<FakeIxapi> {
  const fake = await startFakeIxapi({ data });
  running.push(fake);
  return fake;
}

const dump = ({ state }: FakeIxapi): unknown => COLLECTIONS.map((name) => state.rows(name));

test('the same options make the same exchange, another seed makes another one', async () => {
  const [one, same, other] = [
    await start({ configs: 60 }),
    await start({ configs: 60 }),
    await start({ configs: 60, seed: 2 }),
  ];
  expect(dump(same)).toEqual(dump(one));
  expect(dump(other)).not.toEqual(dump(one));
});

test('a handful of configurations is the first cases, and many more are as most are', async () => {
  const few = await start({ configs: 4, foreign: 0 });
  expect(Object.keys(few.state.cases())).toEqual([
    ...['production', 'untagged', 'qinq', 'ipv4-only'],
    ...['p2p_vc', 'p2mp_vc', 'mp2mp_vc', 'cloud_vc', 'routing-function'],
  ]);
  const many = await start({ configs: 2000 });
  const counts: Record<string, number> = {};
  for (const name of ['network-service-configs', 'ips', 'macs'] as const)
    counts[name] = (await readAll(many.url, `/${name}`, 100)).length;
  expect(counts['network-service-configs']).toBe(2005);
  expect(counts['ips']).toBeGreaterThan(3950);
  expect(counts['macs']).toBeGreaterThan(3950);
});

test('an exchange has the cases that are asked for, and gives addresses after those that are taken', async () => {
  const { state } = await start({
    configs: 2,
    cases: ['requested', 'production'],
    exchanges: [{ subnet_v4: '192.0.2.0/24', subnet_v6: '2001:db8::/64', taken: 100 }],
  });
  const { production = '', requested = '' } = state.cases();
  expect(Object.keys(state.cases()).slice(0, 2)).toEqual(['production', 'requested']);
  const addressesOf = ({ ips }: Row): unknown[] => (ips as string[]).map((id) => state.row('ips', id).address);
  expect(addressesOf(state.row('network-service-configs', production))).toEqual(['192.0.2.110', '2001:db8::6e']);
  // The neighbour's three come in between.
  expect(addressesOf(state.allocate(requested))).toEqual(['192.0.2.114', '2001:db8::72']);
});

/** Which fields hold ids, and of what. */
const LINKS: Readonly<Partial<Record<Collection, Readonly<Record<string, Collection>>>>> = {
  accounts: { managing_account: 'accounts', metro_area_network_presence: 'metro-area-networks' },
  facilities: { metro_area: 'metro-areas', pops: 'pops' },
  devices: { pop: 'pops', facility: 'facilities' },
  pops: { facility: 'facilities', metro_area_network: 'metro-area-networks', devices: 'devices' },
  'metro-areas': { facilities: 'facilities', metro_area_networks: 'metro-area-networks' },
  'metro-area-networks': { metro_area: 'metro-areas', pops: 'pops' },
  'product-offerings': { exchange_lan_network_service: 'network-services', service_metro_area: 'metro-areas' },
  'network-services': {
    product_offering: 'product-offerings',
    network_features: 'network-features',
    member_joining_rules: 'member-joining-rules',
    nsc_required_contact_roles: 'roles',
    consuming_account: 'accounts',
    joining_member_account: 'accounts',
  },
  'network-features': { network_service: 'network-services', nfc_required_contact_roles: 'roles' },
  'network-service-configs': {
    network_service: 'network-services',
    connection: 'connections',
    routing_function: 'routing-functions',
    product_offering: 'product-offerings',
    ips: 'ips',
    macs: 'macs',
    network_feature_configs: 'network-feature-configs',
    role_assignments: 'role-assignments',
    billing_account: 'accounts',
  },
  'network-feature-configs': {
    network_feature: 'network-features',
    network_service_config: 'network-service-configs',
    ip: 'ips',
  },
  connections: { ports: 'ports', pop: 'pops', product_offering: 'product-offerings', managing_account: 'accounts' },
  ports: { connection: 'connections', device: 'devices', pop: 'pops' },
  'member-joining-rules': { network_service: 'network-services' },
  'role-assignments': { contact: 'contacts', role: 'roles' },
  'port-reservations': { connection: 'connections' },
};

test('every id that an object names is there', async () => {
  const { state } = await start({ configs: 100 });
  const dangling: unknown[] = [];
  const ids = new Map(COLLECTIONS.map((name) => [name, new Set(state.rows(name).map(({ id }) => id))]));
  for (const [name, links] of Object.entries(LINKS) as [Collection, Record<string, Collection>][])
    for (const row of state.rows(name))
      for (const [field, target] of Object.entries(links))
        for (const id of [row[field] as unknown].flat())
          if (id !== undefined && id !== null && ids.get(target)?.has(id as string) !== true)
            dangling.push([row.id, field, id]);
  expect(dangling).toEqual([]);
});

test('addresses are of their LANs, once each, and ports make up the speed of their connection', async () => {
  const { state } = await start({ configs: 300 });
  const ips = state.rows('ips');
  expect(new Set(ips.map(({ address }) => address as string)).size).toBe(ips.length);
  expect(new Set(state.rows('macs').map(({ address }) => address as string)).size).toBe(state.rows('macs').length);
  for (const config of state.rows('network-service-configs', { type: 'exchange_lan' })) {
    const service = state.row('network-services', config.network_service as string);
    for (const { version, address, prefix_length } of (config.ips as string[]).map((id) => state.row('ips', id))) {
      const [network, length] = ipaddr.parseCIDR((version === 4 ? service.subnet_v4 : service.subnet_v6) as string);
      expect([ipaddr.parse(address as string).match(network, length), prefix_length]).toEqual([true, length]);
    }
  }
  for (const { ports, speed } of state.rows('connections')) {
    const speeds = (ports as string[]).map((id) => state.row('ports', id).speed as number);
    expect(speeds.reduce((sum, one) => sum + one, 0)).toBe(speed);
  }
});

test('each case is what it is called', async () => {
  const { state } = await start();
  const cases = state.cases();
  const config = (name: string): Row => state.row('network-service-configs', cases[name]!);
  const versions = (name: string): number[] =>
    (config(name).ips as string[]).map((id) => state.row('ips', id).version as number);
  const macs = (name: string): Row[] => (config(name).macs as string[]).map((id) => state.row('macs', id));
  expect(config('untagged').vlan_config).toEqual({ vlan_type: 'port' });
  expect(config('qinq').vlan_config).toMatchObject({ vlan_type: 'qinq', inner_vlan: 7 });
  expect([versions('production'), versions('ipv4-only'), versions('ipv6-only'), versions('requested')]).toEqual([
    [4, 6],
    [4],
    [6],
    [],
  ]);
  expect(state.row('connections', config('production').connection as string)).toMatchObject({
    mode: 'lag_lacp',
    speed: 200_000,
  });
  expect(config('second-lan').connection).toBe(config('production').connection);
  expect(config('rate-limited').capacity).toBe(1000);
  expect(macs('upper-case-mac')[0]!.address).toMatch(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/);
  expect(macs('upper-case-mac')[0]!.address).toMatch(/[A-F]/);
  expect(macs('old-mac').map(({ valid_not_after }) => valid_not_after === null)).toEqual([false, true]);
  expect(config('error').status[0]).toMatchObject({ severity: 3, tag: 'provisioning_failed' });
  expect(config('sub-account')).toMatchObject({ consuming_account: 'ACC-200', managing_account: state.account() });
  expect(config('routing-function')).toMatchObject({ connection: null, vlan_config: null });
  for (const name of [
    'requested',
    'allocated',
    'testing',
    'decommissioned',
    'archived',
    'error',
    'operator',
    'scheduled',
  ])
    expect(config(name).state).toBe(name);
});

test('exchanges, our account and our AS number are as they are given', async () => {
  const exchanges = [{ name: 'DE-CIX', peeringdb_ixid: 31, subnet_v4: '80.81.192.0/21', subnet_v6: '2001:7f8::/64' }];
  const { state } = await start({ exchanges, account: 'US', asn: 64_777, configs: 3 });
  expect(state.rows('network-services', { type: 'exchange_lan' })).toMatchObject(exchanges);
  expect(state.row('network-service-configs', 'NSC-1')).toMatchObject({ consuming_account: 'US', asns: [64_777] });
  expect(state.row('ips', 'IP-5')).toMatchObject({ address: '80.81.192.10', prefix_length: 21 });
  const tiny = { exchanges: [{ subnet_v4: '192.0.2.0/28' }], configs: 20 };
  await expect(startFakeIxapi({ data: tiny })).rejects.toThrow('192.0.2.0/28 has no address 15: give a larger subnet');
});
