import fc from 'fast-check';
import { differences, EXCHANGE, IP4, IP6, kinds, MAC, NETIXLAN, PORT, type Otherwise } from '../../helpers/drift-world';

const PAST = '2026-05-01T00:00:00Z';
const LATER = '2026-07-01T00:00:00Z';
const messageOf = (other: Otherwise): string | undefined => differences(other)[0]?.message;
const tags = (outer_vlan: number, inner_vlan: number): NonNullable<Otherwise['config']> => ({
  vlan_config: { vlan_type: 'qinq', outer_vlan, inner_vlan, outer_vlan_ethertype: null },
});
const UNTAGGED: NonNullable<Otherwise['config']> = { vlan_config: { vlan_type: 'port' } };

const IPV4_ALONE = { config: { ips: [IP4] }, local: { ipv6_address: null }, port: { ipv6_address: null } };
const IPV6_ALONE = { config: { ips: [IP6] }, local: { ipv4_address: null }, port: { ipv4_address: null } };
/** A part of what the port has. */
const BOUGHT = { config: { capacity: 1000 }, local: { speed: 1000 }, netixlan: { speed: 1000 } };
const silent = { config: { ips: [] } };
const inPeeringdb = { ipaddr4: '203.0.113.9' };

test('sources that agree have no drift', () => {
  expect(differences()).toEqual([]);
});

test.each<[string, Otherwise]>([
  ['a source that says nothing', { netixlan: null, port: null, sources: { peeringdb_at: null } }],
  [
    'an exchange without a LAN of PeeringDB',
    { netixlan: null, world: { exchange: { ...EXCHANGE, peeringdb_ixlan: null } } },
  ],
  ['what is not to be listed', { config: { listed: false }, netixlan: { ipaddr4: null, ipaddr6: null } }],
  ['what is not in production yet', { config: { state: 'allocated' }, netixlan: { ipaddr4: null } }],
  ['IPv4 alone', { ...IPV4_ALONE, netixlan: { ipaddr6: null } }],
  ['IPv6 alone', { ...IPV6_ALONE, netixlan: { ipaddr4: null } }],
  ['an address that the exchange does not say anything of', { config: { ips: [IP6] } }],
  ['another one of several addresses', { config: { ips: [{ ...IP4, address: '203.0.113.4' }, IP4, IP6] } }],
  ['an address that is written in another way', { config: { ips: [IP4, { ...IP6, address: '2001:db8:0::5' }] } }],
  ['a service without subnets', { service: { subnet_v4: null, subnet_v6: null } }],
  ['a speed that PeeringDB does not know', { netixlan: { speed: 0 } }],
  ['a bundle whose ports are summed', { connection: { speed: null, ports: [PORT, { ...PORT, id: 'p2' }] } }],
  ['a bundle of unknown speed', { connection: { speed: null, unresolved: ['p3'] }, config: { unresolved: [] } }],
  ['less speed than the port of the router has', { ...BOUGHT, port: { speed: 20_000 } }],
  ['one of several ASNs', { config: { asns: [64501, 64500] } }],
  ['a MAC address in capitals', { local: { mac_address: '02-01-00-00-00-0A' } }],
  ['one of several MAC addresses', { config: { macs: [{ ...MAC, address: '02:01:00:00:00:0b' }, MAC] } }],
  ['an exchange without MAC addresses', { config: { macs: [] } }],
  ['an untagged connection', { config: UNTAGGED, local: { vlan: null }, port: { vlan: 5 } }],
  ['two tags', { config: tags(100, 7), local: { inner_vlan: 7 }, port: { vlan: 7 } }],
  [
    'a VLAN that is not chosen yet',
    { config: { vlan_config: { vlan_type: 'dot1q', vlan: null, vlan_ethertype: null } } },
  ],
  ['a config without tags at all', { config: { vlan_config: null } }],
  ['a VLAN that nobody entered here', { local: { vlan: null, ixapi_network_service_config: null } }],
])('%s is no drift', (_what, other) => {
  expect(differences(other).filter(({ kind }) => kind !== 'unresolved')).toEqual([]);
});

test.each<[string, Otherwise, object]>([
  ['our IPv4 address', { local: { ipv4_address: '203.0.113.9/24' } }, { ipv4_address: 'critical' }],
  ['our IPv6 address', { local: { ipv6_address: '2001:db8::9/64' } }, { ipv6_address: 'critical' }],
  ['an address in PeeringDB', { netixlan: inPeeringdb }, { ipv4_address: 'warning' }],
  ['an address that PeeringDB lacks', { netixlan: { ipaddr6: null } }, { ipv6_address: 'warning' }],
  ['a port that PeeringDB lacks', { netixlan: null }, { ipv4_address: 'warning', ipv6_address: 'warning' }],
  ['an address in NetBox', { port: { ipv4_address: '203.0.113.9/24' } }, { ipv4_address: 'warning' }],
  ['an address where the exchange is silent', { ...silent, netixlan: inPeeringdb }, { ipv4_address: 'warning' }],
  ['the speed in PeeringDB', { netixlan: { speed: 10_000 } }, { speed: 'warning' }],
  ['our speed', { local: { speed: 10_000 } }, { speed: 'warning' }],
  ['the speed of a bundle with one port more', { connection: { speed: 30_000 } }, { speed: 'warning' }],
  ['the speed in NetBox', { port: { speed: 1000 } }, { speed: 'warning' }],
  ['the ASN at the exchange', { config: { asns: [64501] } }, { asn: 'warning' }],
  ['the ASN in PeeringDB', { netixlan: { asn: 64501 } }, { asn: 'warning' }],
  ['our MAC address', { local: { mac_address: '02:01:00:00:00:0b' } }, { mac_address: 'critical' }],
  ['the MAC address in NetBox', { port: { mac_address: '02:01:00:00:00:0b' } }, { mac_address: 'warning' }],
  [
    'a MAC address where the exchange is silent',
    { config: { macs: [] }, port: { mac_address: '02:01:00:00:00:0b' } },
    { mac_address: 'warning' },
  ],
  ['our VLAN', { local: { vlan: 200 } }, { vlan: 'critical' }],
  ['tags here and none there', { config: UNTAGGED }, { vlan: 'critical' }],
  ['no tags here and some there', { local: { vlan: null } }, { vlan: 'critical' }],
  ['the inner tag', { config: tags(100, 7), local: { inner_vlan: 8 } }, { vlan: 'critical' }],
  ['the VLAN in NetBox', { port: { vlan: 200 } }, { vlan: 'warning' }],
])('%s that differs is drift of its kind', (_what, other, expected) => {
  expect(kinds(other)).toEqual(expected);
});

test('a message has the values of both sides, and the difference those of all', () => {
  const [difference] = differences({ local: { ipv4_address: '203.0.113.9/24' } });
  expect(difference).toEqual({
    ...{ network_service_config: 'nsc', connection: 7, kind: 'ipv4_address', severity: 'critical' },
    message: 'the IPv4 address is 203.0.113.5/24 at the exchange, but 203.0.113.9/24 here',
    ...{ ixapi: '203.0.113.5/24', local: '203.0.113.9/24', peeringdb: '203.0.113.5', netbox: '203.0.113.5/24' },
  });
  expect(messageOf({ netixlan: { ipaddr4: null } })).toBe(
    'the IPv4 address is 203.0.113.5/24 at the exchange, but not in PeeringDB',
  );
  expect(messageOf({ netixlan: { speed: 1500 } })).toBe(
    'the speed is 20 Gbit/s at the exchange, but 1500 Mbit/s in PeeringDB',
  );
  expect(messageOf({ config: tags(100, 7), local: { inner_vlan: 8 }, port: null })).toBe(
    'the VLAN is 100.7 at the exchange, but 100.8 here',
  );
});

test('of the addresses of another LAN, and those that are not good now, nothing is compared', () => {
  const elsewhere = { ...IP4, address: '198.51.100.5' };
  const over = { ...IP4, address: '203.0.113.4', valid_not_after: PAST };
  const later = { ...IP4, address: '203.0.113.6', valid_not_before: LATER };
  expect(kinds({ config: { ips: [elsewhere, over, later, IP6] } })).toEqual({});
});

test('a port of PeeringDB is found by one of its addresses, our own AS first', () => {
  const local = { peeringdb_netixlan: null };
  expect(kinds({ local, netixlan: inPeeringdb })).toEqual({ ipv4_address: 'warning' });
  const foreign = { ...NETIXLAN, id: 71, asn: 64999, speed: 10 };
  const sources = { netixlans: [foreign, { ...NETIXLAN, id: 72 }] };
  expect(kinds({ local, sources })).toEqual({});
  expect(kinds({ local, sources: { netixlans: [foreign] } })).toEqual({ asn: 'warning', speed: 'warning' });
});

test('while a connection is disabled here, nothing of it is critical', () => {
  const local = { status: 'disabled', ipv4_address: '203.0.113.9/24' };
  expect(kinds({ local })).toEqual({ ipv4_address: 'warning', operational: 'info' });
});

test('a MAC address that we use is good whatever else the exchange has, in any case', () => {
  const mac = fc
    .tuple(...Array.from({ length: 5 }, () => fc.nat(255)))
    .map((bytes) => ['02', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':'));
  const one = fc.record({ ours: mac, others: fc.array(mac, { maxLength: 3 }), upper: fc.boolean() });
  fc.assert(
    fc.property(one, ({ ours, others, upper }) => {
      const macs = [...others, ours].map((address, i) => ({ ...MAC, id: `m${i}`, address }));
      const written = upper ? ours.toUpperCase() : ours;
      expect(kinds({ config: { macs }, local: { mac_address: written }, port: null })).toEqual({});
    }),
    { numRuns: 50 },
  );
});

test('what is not ours, of another type, of no LAN of ours or over, is not compared', () => {
  const local = { ipv4_address: '203.0.113.9/24', ixapi_network_service_config: null };
  expect(kinds({ local })).toEqual({ ipv4_address: 'critical' });
  for (const config of [
    ...[{ consuming_account: 'others' }, { type: 'p2p_vc' }, { network_service: 'another' }],
    ...[{ state: 'decommissioned' }, { state: 'archived' }],
  ])
    expect({ config, kinds: kinds({ local, config }) }).toEqual({ config, kinds: {} });
  expect(kinds({ local, world: { matches: [] } })).toEqual({});
  expect(kinds({ local, world: { state: undefined } })).toEqual({});
});
