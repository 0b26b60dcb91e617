import { compose } from '../../../store/ixapi/reading/compose';
import type { NetworkServiceConfig, Shown } from '../../../store/ixapi/documents';
import type { RawLists } from '../../../store/ixapi/reading/raw';
import { CASES } from '../../fakes/ixapi/generate/cases';
import type { IxapiVersion } from '../../fakes/ixapi/model';
import { startFakeIxapi } from '../../fakes/ixapi/server';
import { readLists } from '../../helpers/ixapi-lists';

type Version = Exclude<IxapiVersion, '1'>;

interface Exchange {
  readonly raw: RawLists;
  readonly shown: Shown;
  readonly cases: Readonly<Record<string, string>>;
}

const exchanges = new Map<Version, Exchange>();

beforeAll(async () => {
  for (const version of ['2.1.0', '2.7.1'] as const) {
    const fake = await startFakeIxapi({ version });
    const raw = await readLists(fake);
    const { shown, problems } = compose(raw);
    expect(problems).toEqual([]);
    exchanges.set(version, { raw, shown, cases: fake.state.cases() });
    await fake.close();
  }
});

const of = (version: Version): Exchange => exchanges.get(version)!;

function configOf(name: string, version: Version = '2.7.1'): NetworkServiceConfig {
  const { shown, cases } = of(version);
  return shown.network_service_configs.find(({ id }) => id === cases[name])!;
}

const VERSIONS: readonly Version[] = ['2.1.0', '2.7.1'];

test.each(VERSIONS)(
  'each row of an exchange of version %s has its document, and nothing is missing in it',
  (version) => {
    const { raw, shown } = of(version);
    expect(shown.network_services.map(({ id }) => id)).toEqual(raw['network-services'].map(({ id }) => id));
    expect(shown.network_features).toHaveLength(raw['network-features'].length);
    expect(shown.network_service_configs).toHaveLength(raw['network-service-configs'].length);
    expect(shown.network_feature_configs).toHaveLength(raw['network-feature-configs'].length);
    expect(shown.connections).toHaveLength(raw['connections'].length);
    const all = [...shown.network_service_configs, ...shown.connections];
    expect(all.flatMap(({ unresolved }) => unresolved)).toEqual([]);
    expect(shown.connections.flatMap(({ ports }) => ports)).toHaveLength(raw['ports'].length);
  },
);

test.each(VERSIONS)('every case of a config is read with its state and messages from version %s', (version) => {
  const seen = CASES.map(({ name }) => {
    const { state, status, type } = configOf(name, version);
    return { name, type, state, told: [status[0]?.severity, status[0]?.tag, status[0]?.message] };
  });
  expect(seen).toEqual(
    CASES.map(({ name, state = 'production', status }) => {
      const told = status ?? [6, state, `the configuration is in ${state}`];
      return { name, type: 'exchange_lan', state, told };
    }),
  );
});

test.each(VERSIONS)('addresses, MAC addresses and capacities of all cases are those of version %s', (version) => {
  for (const { name, families = [4, 6], ips = 'valid', macs = ['valid'], capacity = null } of CASES) {
    const config = configOf(name, version);
    expect(config.ips.map((ip) => ip.version)).toEqual(ips === 'deferred' ? [] : families);
    expect(config.macs).toHaveLength(macs.length);
    expect(config).toMatchObject({ capacity, listed: true, asns: [name === 'sub-account' ? 64_502 : 64_500] });
    for (const { address } of config.macs) expect(address).toMatch(/^0[2a](:[\da-f]{2}){5}$/);
  }
});

test('frames are tagged once, twice or not at all', () => {
  expect(configOf('production').vlan_config).toEqual({ vlan_type: 'dot1q', vlan: 101, vlan_ethertype: '0x8100' });
  const twice = { vlan_type: 'qinq', outer_vlan: 103, inner_vlan: 7, outer_vlan_ethertype: '0x88a8' };
  expect(configOf('qinq').vlan_config).toEqual(twice);
  expect(configOf('untagged').vlan_config).toEqual({ vlan_type: 'port' });
  expect(configOf('routing-function')).toMatchObject({ vlan_config: null, connection: null, capacity: 1000 });
});

test('a config has its addresses with their validity, and its days', () => {
  const valid = { valid_not_before: '2024-01-01T00:00:00.000Z', valid_not_after: null, fqdn: null };
  expect(configOf('production').ips).toEqual([
    { id: 'IP-9', version: 4, address: '198.18.0.10', prefix_length: 20, ...valid },
    { id: 'IP-10', version: 6, address: '2001:db8:1::a', prefix_length: 64, ...valid },
  ]);
  expect(configOf('old-mac').macs.map(({ valid_not_after }) => valid_not_after)).toEqual([
    '2023-12-31T23:59:59.000Z',
    null,
  ]);
  const days = { decommission_at: '2026-03-31', charged_until: '2026-03-31' };
  expect(configOf('decommissioned')).toMatchObject(days);
  expect(configOf('production')).toMatchObject({
    decommission_at: null,
    external_ref: 'REF-1',
    product_offering: 'PO-1',
  });
});

test('circuits have no addresses, and their names wherever their version has them', () => {
  for (const type of ['p2p_vc', 'p2mp_vc', 'mp2mp_vc', 'cloud_vc'])
    expect(configOf(type)).toMatchObject({ type, ips: [], asns: [], listed: null });
  for (const version of VERSIONS) {
    const tree = of(version).shown.network_services.find(({ type }) => type === 'p2mp_vc');
    expect(tree).toMatchObject({ name: 'Our Tree', metro_area_network: null, subnet_v4: null, peeringdb_ixid: null });
  }
});

test.each(VERSIONS)('a LAN of version %s has its subnets, and names for what it refers to', (version) => {
  expect(of(version).shown.network_services[0]).toMatchObject({
    ...{ id: 'NS-1', type: 'exchange_lan', name: 'Example IX Frankfurt', peeringdb_ixid: 1, ixfdb_ixid: null },
    ...{ subnet_v4: '198.18.0.0/20', subnet_v6: '2001:db8:1::/64', managing_account: 'ACC-1' },
    product_offering: { id: 'PO-1', name: 'exchange_lan in MAN-1' },
    metro_area_network: { id: 'MAN-1', name: 'FRA-NET' },
  });
});

test('route servers have their addresses, and other features as little as they show', () => {
  const [first, , third] = of('2.7.1').shown.network_features;
  expect(first).toMatchObject({
    ...{ type: 'route_server', network_service: 'NS-1', required: true, asn: 64_496, fqdn: 'rs1.ns-1.example.net' },
    ...{ ip_v4: '198.18.0.1', ip_v6: '2001:db8:1::1', address_families: ['af_inet', 'af_inet6'], flags: ['RPKI'] },
    ...{ session_mode: 'public', looking_glass_url: 'https://lg.example.net/NS-1' },
  });
  expect(third).toMatchObject({ type: 'blackholing', required: false, asn: null, ip_v4: null, flags: [] });
});

test('sessions with route servers are read without their passwords', () => {
  const config = configOf('production');
  const sessions = of('2.7.1').shown.network_feature_configs.filter(
    ({ network_service_config }) => network_service_config === config.id,
  );
  expect(sessions.map(({ id }) => id)).toEqual(config.network_feature_configs);
  expect(sessions[0]).toMatchObject({ network_feature: 'NF-1', ip: 'IP-9', asn: 64_500, max_prefix_v4: 100 });
  const [row] = of('2.7.1').raw['network-feature-configs'];
  const { shown } = compose({ ...of('2.7.1').raw, 'network-feature-configs': [{ ...row!, password: 'hunter2' }] });
  expect(JSON.stringify(shown)).not.toContain('hunter2');
});

test.each(VERSIONS)('a bundle of version %s has its ports, and where they are', (version) => {
  const { shown, cases } = of(version);
  const { connection } = shown.network_service_configs.find(({ id }) => id === cases['production'])!;
  const bundle = shown.connections.find(({ id }) => id === connection)!;
  const isNew = version === '2.7.1';
  expect(bundle).toMatchObject({ mode: 'lag_lacp', speed: 200_000, lacp_timeout: 'slow', name: 'lag-con-1' });
  expect(bundle).toMatchObject({ vlan_types: ['dot1q', 'qinq'], capacity_allocated: isNew ? 200_000 : null });
  expect(bundle.ports.map(({ id }) => id)).toEqual(['PRT-1', 'PRT-2']);
  expect(bundle.ports[0]).toMatchObject({
    ...{ name: 'Eth1', state: 'production', speed: 100_000, media_type: '100GBASE-LR4' },
    operational_state: isNew ? 'up' : null,
    device: { id: 'DEV-2', name: 'edge2.fra.example.net' },
    pop: { id: 'POP-2', name: 'FRA2' },
    facility: { id: 'FAC-2', name: 'Frankfurt Data Centre 2', peeringdb_facility_id: null },
  });
});
