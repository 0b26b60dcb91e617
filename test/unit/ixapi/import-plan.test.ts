import { planImport } from '../../../store/ixapi/import/plan';
import type { NetworkServiceConfig } from '../../../store/ixapi/documents';
import {
  connection,
  EXPIRED,
  ip,
  mac,
  networkService,
  networkServiceConfig,
  NOT_YET,
} from '../../helpers/ixapi-documents';
import { carriedOut, localConnection, planOf, worldOf } from '../../helpers/ixapi-import';

const CREATED = {
  ...{ status: 'enabled', ipv4_address: '192.0.2.1/24', ipv6_address: '2001:db8::1/64', vlan: 100, inner_vlan: null },
  ...{ mac_address: '02:01:00:00:00:01', speed: 20_000, mode: 'lag_lacp' },
  ...{ ixapi_network_service_config: 'NSC-1', ixapi_connection: 'CON-1' },
};
const { status: _, ...SAID } = CREATED;

/** What is made of a config that differs from the usual one. */
const madeOf = (fields: Partial<NetworkServiceConfig>): unknown => {
  const { action, values } = planOf(networkServiceConfig(fields));
  return action === 'create' ? values : action;
};

const qinq = (outer_vlan: number | null, inner_vlan: number | null): Partial<NetworkServiceConfig> => ({
  vlan_config: { vlan_type: 'qinq', outer_vlan, inner_vlan, outer_vlan_ethertype: '0x88a8' },
});

test('a config without a connection of ours is created with all that the exchange says', () => {
  expect(planOf(networkServiceConfig())).toEqual({
    ...{ network_service_config: 'NSC-1', action: 'create', connection: null, values: CREATED, changes: {} },
    ...{ reason: null, waiting: false },
  });
});

test.each<[string, Partial<NetworkServiceConfig>, object]>([
  ['of IPv4 alone', { ips: [ip('192.0.2.1')] }, { ipv6_address: undefined }],
  ['of IPv6 alone', { ips: [ip('2001:db8::1')] }, { ipv4_address: undefined }],
  ['untagged', { vlan_config: { vlan_type: 'port' } }, { vlan: null, inner_vlan: null }],
  ['with two tags', qinq(300, 30), { vlan: 300, inner_vlan: 30 }],
  ['of which the inner tag is open', qinq(300, null), { vlan: 300, inner_vlan: undefined }],
  ['of which the outer tag is open', qinq(null, 30), { vlan: undefined, inner_vlan: undefined }],
  ['without tags', { vlan_config: null }, { vlan: undefined, inner_vlan: undefined }],
  ['of less capacity', { capacity: 1000 }, { speed: 1000 }],
  ['without a connection', { connection: null }, { speed: undefined, mode: undefined, ixapi_connection: undefined }],
  ['of an expired MAC address', { macs: [mac('02:01:00:00:00:02', EXPIRED), mac('02:01:00:00:00:03')] }, { mac_address: '02:01:00:00:00:03' }],
  ['of a future MAC address', { macs: [mac('02:01:00:00:00:02', NOT_YET)] }, { mac_address: undefined }],
  ['that was renumbered', { ips: [ip('192.0.2.9', EXPIRED), ip('192.0.2.1'), ip('2001:db8::1')] }, {}],
  ['that has an address beside the LAN', { ips: [ip('198.51.100.1'), ip('192.0.2.1'), ip('2001:db8::1')] }, {}],
  ['without ASNs', { asns: [] }, {}],
  ['allocated', { state: 'allocated' }, { status: 'disabled' }],
  ['in a test', { state: 'testing' }, { status: 'disabled' }],
  ['of which a change is pending', { state: 'production_change_pending' }, {}],
])('a config %s is created as it is', (_, fields, expected) => {
  expect(madeOf(fields)).toEqual({ ...CREATED, ...expected });
}); // prettier-ignore

test('a config that is to end is created, and the reason says when', () => {
  const config = networkServiceConfig({ state: 'decommission_requested', decommission_at: '2026-07-01' });
  expect(planOf(config)).toMatchObject({
    ...{ action: 'create', values: CREATED, reason: 'it will be decommissioned at 2026-07-01' },
  });
});

test('where a service shows no subnets the addresses have the prefix lengths that the exchange gives', () => {
  const network_services = [networkService({ subnet_v4: null, subnet_v6: null })];
  const ips = [ip('192.0.2.1', { prefix_length: 22 }), ip('2001:db8::1', { prefix_length: 48 })];
  const [planned] = planImport(worldOf([networkServiceConfig({ ips })], [], { network_services }));
  expect(planned?.values).toMatchObject({ ipv4_address: '192.0.2.1/22', ipv6_address: '2001:db8::1/48' });
});

test('a connection of ours with the address of a config becomes it, and takes what the exchange says', () => {
  const ours = localConnection({ id: 5, status: 'maintenance', ipv4_address: '192.0.2.1/32', inner_vlan: 9 });
  const planned = planOf(networkServiceConfig(), [ours]);
  expect(planned).toEqual({
    ...{ network_service_config: 'NSC-1', action: 'link', connection: 5, values: SAID, reason: null, waiting: false },
    changes: {
      ipv4_address: { from: '192.0.2.1/32', to: '192.0.2.1/24' },
      ipv6_address: { from: null, to: '2001:db8::1/64' },
      vlan: { from: null, to: 100 },
      inner_vlan: { from: 9, to: null },
      mac_address: { from: null, to: '02:01:00:00:00:01' },
      speed: { from: null, to: 20_000 },
      mode: { from: null, to: 'lag_lacp' },
      ixapi_network_service_config: { from: null, to: 'NSC-1' },
      ixapi_connection: { from: null, to: 'CON-1' },
    },
  });
});

test('a connection that is a config already is updated with what differs, but for its status', () => {
  const ours = localConnection({ id: 5, ...CREATED, status: 'disabled', vlan: 99 });
  expect(planOf(networkServiceConfig(), [ours])).toMatchObject({
    ...{ action: 'update', connection: 5, values: { vlan: 100 }, changes: { vlan: { from: 99, to: 100 } } },
  });
});

test('what the exchange says nothing of stays, but for tags that there are not', () => {
  const ours = localConnection({ id: 5, ...CREATED, vlan: 300, inner_vlan: 30 });
  const nothing = { connection: null, capacity: null, macs: [], ips: [ip('2001:db8::1')] };
  expect(planOf(networkServiceConfig({ ...nothing, vlan_config: null }), [ours])).toMatchObject({ action: 'skip' });
  const untagged = networkServiceConfig({ ...nothing, vlan_config: { vlan_type: 'port' } });
  expect(planOf(untagged, [ours])).toMatchObject({ action: 'update', values: { vlan: null, inner_vlan: null } });
});

test('a connection of which nothing differs is left alone', () => {
  const ours = localConnection({ id: 5, ...CREATED, status: 'maintenance' });
  expect(planOf(networkServiceConfig(), [ours])).toEqual({
    ...{ network_service_config: 'NSC-1', action: 'skip', connection: 5, values: {}, changes: {}, waiting: false },
    reason: 'it is connection 5 already, nothing differs',
  });
});

test('of several MAC addresses that are valid the one that we have stays', () => {
  const macs = [mac('02:01:00:00:00:01'), mac('02:01:00:00:00:02')];
  const ours = localConnection({ id: 5, ...CREATED, mac_address: '02:01:00:00:00:02' });
  expect(planOf(networkServiceConfig({ macs }), [ours])).toMatchObject({ action: 'skip', connection: 5 });
});

test('an address that another connection of ours has is not taken from it', () => {
  const linked = localConnection({ id: 5, ipv4_address: '192.0.2.1/24', ixapi_network_service_config: 'NSC-9' });
  expect(planOf(networkServiceConfig(), [linked])).toMatchObject({
    ...{ action: 'skip', connection: null, waiting: false },
    reason: 'its address 192.0.2.1 is that of connection 5, which is NSC-9',
  });
  const halves = [
    localConnection({ id: 5, ipv4_address: '192.0.2.1/24' }),
    localConnection({ id: 6, ipv6_address: '2001:db8::1/64' }),
  ];
  expect(planOf(networkServiceConfig(), halves)).toMatchObject({
    ...{ action: 'skip', connection: 5, reason: 'its address 2001:db8::1 is that of connection 6' },
  });
});

test('of two configs with one address the first becomes the connection', () => {
  const world = worldOf([networkServiceConfig(), networkServiceConfig({ id: 'NSC-2', ips: [ip('192.0.2.1')] })]);
  expect(planImport(world)).toMatchObject([
    { network_service_config: 'NSC-1', action: 'create' },
    { network_service_config: 'NSC-2', action: 'skip', reason: 'its address 192.0.2.1 is that of NSC-1 too' },
  ]);
});

const linkedTo = (id: number, address: string): ReturnType<typeof localConnection> =>
  localConnection({ id, ...CREATED, ipv4_address: `${address}/24`, ipv6_address: null, ixapi_network_service_config: `NSC-${id}` }); // prettier-ignore
const withAddress = (id: number, ...addresses: string[]): NetworkServiceConfig =>
  networkServiceConfig({ id: `NSC-${id}`, ips: addresses.map((address) => ip(address)) });

test('addresses that move from config to config are moved in an order in which each is free', () => {
  const local = [linkedTo(1, '192.0.2.1'), linkedTo(2, '192.0.2.2'), linkedTo(3, '192.0.2.3')];
  const configs = [withAddress(1, '192.0.2.2'), withAddress(2, '192.0.2.3'), withAddress(3, '192.0.2.4')];
  const plan = planImport(worldOf(configs, local));
  expect(plan.map(({ network_service_config, action }) => [network_service_config, action])).toEqual([
    ['NSC-3', 'update'],
    ['NSC-2', 'update'],
    ['NSC-1', 'update'],
  ]);
  expect(carriedOut(local, plan).map(({ ipv4_address }) => ipv4_address)).toEqual([
    ...['192.0.2.2/24', '192.0.2.3/24', '192.0.2.4/24'],
  ]);
});

test('two configs that have exchanged their addresses are left to people', () => {
  const local = [linkedTo(1, '192.0.2.1'), linkedTo(2, '192.0.2.2')];
  const plan = planImport(worldOf([withAddress(1, '192.0.2.2'), withAddress(2, '192.0.2.1')], local));
  expect(plan.map(({ action, reason }) => [action, reason])).toEqual([
    ['skip', 'its address 192.0.2.2 is that of connection 2, which is NSC-2'],
    ['skip', 'its address 192.0.2.1 is that of connection 1, which is NSC-1'],
  ]);
});

test('an address that a config had finds its connection, unless another config has it now', () => {
  const ours = localConnection({ id: 5, ipv4_address: '192.0.2.1/24' });
  const ips = [ip('192.0.2.1', EXPIRED), ip('192.0.2.2')];
  const renumbered = networkServiceConfig({ ips });
  expect(planOf(renumbered, [ours])).toMatchObject({
    ...{ action: 'link', connection: 5, values: { ipv4_address: '192.0.2.2/24' } },
  });
  const plan = planImport(worldOf([renumbered, withAddress(2, '192.0.2.1')], [ours]));
  expect(plan).toMatchObject([
    { network_service_config: 'NSC-1', action: 'create', values: { ipv4_address: '192.0.2.2/24' } },
    { network_service_config: 'NSC-2', action: 'link', connection: 5 },
  ]);
});

test('a mode that is none of ours says nothing', () => {
  const connections = [connection({ mode: 'carrier_pigeon', speed: null })];
  const [planned] = planImport(worldOf([networkServiceConfig()], [], { connections }));
  expect(planned?.values).toEqual({ ...CREATED, mode: undefined, speed: undefined });
});
