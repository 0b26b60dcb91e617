import { compose } from '../../../store/ixapi/reading/compose';
import type { RawLists } from '../../../store/ixapi/reading/raw';
import { listsOf } from '../../helpers/ixapi-lists';

const SERVICE = { id: 'NS-1', type: 'exchange_lan', state: 'production' };
const CONFIG = { id: 'NSC-1', type: 'exchange_lan', state: 'production', network_service: 'NS-1' };
const IP = { id: 'IP-1', version: 4, address: '198.18.0.10', prefix_length: 20 };
const MAC = { id: 'MAC-1', address: '02:00:00:00:00:01' };

/** A service, config, … with other fields, and what was told of it. */
function read<T>(some: Partial<RawLists>, pick: (shown: ReturnType<typeof compose>['shown']) => T): [T, string[]] {
  const { shown, problems } = compose(listsOf(some));
  return [pick(shown), problems.map(({ reason }) => reason)];
}

const service = (other: object): [unknown, string[]] =>
  read({ 'network-services': [{ ...SERVICE, ...other }] }, (shown) => shown.network_services[0]);
const config = (other: object, more: Partial<RawLists> = {}): [unknown, string[]] =>
  read({ 'network-service-configs': [{ ...CONFIG, ...other }], ...more }, (shown) => shown.network_service_configs[0]);
const ip = (other: object): [unknown, string[]] =>
  read(
    { 'network-service-configs': [{ ...CONFIG, ips: ['IP-1'] }], ips: [{ ...IP, ...other }] },
    (shown) => shown.network_service_configs[0]?.ips[0] ?? null,
  );

test.each<[string, object, object, readonly string[]]>([
  ['another spelling', { subnet_v6: '2001:0DB8::0/64' }, { subnet_v6: '2001:db8::/64' }, []],
  ['host bits', { subnet_v4: '198.18.0.77/20' }, { subnet_v4: '198.18.0.0/20' }, ["'198.18.0.77/20' has host bits"]],
  ['no CIDR', { subnet_v4: '198.18/20' }, { subnet_v4: null }, ["subnet_v4: '198.18/20' is not an IPv4 subnet"]],
  ['the other family', { subnet_v4: '2001:db8::/64' }, { subnet_v4: null }, ['is not an IPv4 subnet']],
  ['everything', { subnet_v6: '::/0' }, { subnet_v6: null }, ["subnet_v6: '::/0' is not small enough for a LAN"]],
  ['a list', { subnet_v6: ['2001:db8::/64'] }, { subnet_v6: null }, ['subnet_v6: a list is not an IPv6 subnet']],
  ['a text for an id of PeeringDB', { peeringdb_ixid: '26' }, { peeringdb_ixid: 26 }, []],
  ['a number for an id', { product_offering: 7 }, { product_offering: { id: '7', name: null } }, []],
  ['no id of PeeringDB', { peeringdb_ixid: 0 }, { peeringdb_ixid: null }, ["'0' is not a whole number from 1"]],
])('of a service is read %s', (_what, fields, expected, told) => {
  const [found, problems] = service(fields);
  expect(found).toMatchObject(expected);
  expect(problems).toHaveLength(told.length);
  for (const [n, words] of told.entries()) expect(problems[n]).toContain(words);
});

test.each<[string, object, object, readonly string[]]>([
  ['AS numbers as texts', { asns: ['64500', 'AS64501', 64_500] }, { asns: [64_500, 64_501] }, []],
  ['an AS number out of range', { asns: [0, 1, 4_294_967_296] }, { asns: [1] }, ['asns[0]', 'asns[2]']],
  ['the largest AS number', { asns: [4_294_967_295] }, { asns: [4_294_967_295] }, []],
  ['an AS number for a list', { asns: 64_500 }, { asns: [] }, ["asns: '64500' is not a list"]],
  ['a VLAN as text', { vlan_config: { vlan_type: 'dot1q', vlan: '100' } }, { vlan_config: { vlan: 100 } }, []],
  ['no VLAN yet', { vlan_config: { vlan_type: 'dot1q' } }, { vlan_config: { vlan: null } }, []],
  ['VLAN 0', { vlan_config: { vlan_type: 'dot1q', vlan: 0 } }, { vlan_config: { vlan: null } }, ['vlan_config.vlan:']],
  ['VLAN 4094', { vlan_config: { vlan_type: 'dot1q', vlan: 4094 } }, { vlan_config: { vlan: 4094 } }, []],
  [
    'VLAN 4095 within another',
    { vlan_config: { vlan_type: 'qinq', outer_vlan: 5, inner_vlan: 4095 } },
    { vlan_config: { vlan_type: 'qinq', outer_vlan: 5, inner_vlan: null } },
    ["vlan_config.inner_vlan: '4095' is not a whole number from 1 to 4094"],
  ],
  [
    'an unknown kind of VLAN',
    { vlan_config: { vlan_type: 'vxlan' } },
    { vlan_config: null },
    ['not dot1q, qinq or port'],
  ],
  ['no kind of VLAN', { vlan_config: {} }, { vlan_config: null }, ['vlan_config.vlan_type: nothing is not dot1q']],
  ['a capacity of nothing', { capacity: 0 }, { capacity: null }, ['capacity:']],
  ['an absurd capacity', { capacity: 1e21 }, { capacity: null }, ['capacity:']],
  ['half a capacity', { capacity: 1.5 }, { capacity: null }, ['capacity:']],
  ['a flag as text', { listed: 'yes' }, { listed: null }, ["listed: 'yes' is not true or false"]],
  ['a day', { decommission_at: '2028-02-29' }, { decommission_at: '2028-02-29' }, []],
  ['a day that there is not', { decommission_at: '2027-02-29' }, { decommission_at: null }, ['a day of ISO 8601']],
  ['a time', { charged_until: '2026-01-01T01:00:00+02:00' }, { charged_until: '2025-12-31T23:00:00.000Z' }, []],
  [
    'a connection as object',
    { connection: { id: 'CON-1' } },
    { connection: null },
    ['connection: an object is not an id'],
  ],
  ['an overlong id', { connection: 'x'.repeat(256) }, { connection: null }, ['connection:']],
  ['addresses for a text', { ips: 'IP-1' }, { ips: [], unresolved: [] }, ["ips: 'IP-1' is not a list"]],
])('of a config is read %s', (_what, fields, expected, told) => {
  const [found, problems] = config(fields);
  expect(found).toMatchObject(expected);
  expect(problems).toHaveLength(told.length);
  for (const [n, words] of told.entries()) expect(problems[n]).toContain(words);
});

test('messages without a severity of syslog are left out, the others stay', () => {
  const told = { severity: 3, tag: 'down', message: 'no light', timestamp: 'yesterday' };
  const [found, problems] = config({ status: [{ ...told, severity: 8 }, told, 'down', { severity: 0 }] });
  expect(found).toMatchObject({
    status: [
      { severity: 3, tag: 'down', message: 'no light', timestamp: null },
      { severity: 0, tag: '', message: '', timestamp: null },
    ],
  });
  expect(problems).toEqual([
    "status[2]: 'down' is not an object",
    "status[0].severity: '8' is not a whole number from 0 to 7",
    'status[0] is left out: without severity',
    "status[1].timestamp: 'yesterday' is not a time of ISO 8601",
  ]);
});

test.each<[string, object, object | null, readonly string[]]>([
  ['IPv6 in full', { version: 6, address: '2001:0DB8:0:0::A', prefix_length: 64 }, { address: '2001:db8::a' }, []],
  ['the version from the address', { version: undefined }, { version: 4 }, []],
  ['another version than it says', { version: 6 }, { version: 4 }, ["version: '6' is not that of 198.18.0.10"]],
  ['a length within the address', { address: '198.18.0.10/20' }, null, ['without a length', 'without address']],
  ['IPv4 within IPv6', { address: '::ffff:198.18.0.10' }, null, ['is not an address of a LAN', 'without address']],
  ['a zone', { address: 'fe80::1%eth0' }, null, ['is not an address of a LAN', 'without address']],
  ['octal digits', { address: '198.18.0.010' }, null, ['is not an address of a LAN', 'without address']],
  ['too long a prefix', { prefix_length: 33 }, null, ['from 0 to 32', 'without prefix_length']],
  ['no end', { valid_not_after: null }, { valid_not_after: null }, []],
  [
    'an end without a zone',
    { valid_not_after: '2026-01-01 12:00:00' },
    { valid_not_after: '2026-01-01T12:00:00.000Z' },
    [],
  ],
  ['an end that is no time', { valid_not_after: 'never' }, { valid_not_after: null }, ['valid_not_after:']],
])('of an address is read %s', (_what, fields, expected, told) => {
  const [found, problems] = ip(fields);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatchObject(expected);
  expect(problems).toHaveLength(told.length);
  for (const [n, words] of told.entries()) expect(problems[n]).toContain(words);
});

test.each<[string, string | null]>([
  ['02:00:5E:00:53:0A', '02:00:5e:00:53:0a'],
  ['02-00-5e-00-53-0a', '02:00:5e:00:53:0a'],
  ['0200.5e00.530a', '02:00:5e:00:53:0a'],
  ['02005E00530A', '02:00:5e:00:53:0a'],
  ['02:00-5e:00:53:0a', null],
  ['2:0:5e:0:53:a', null],
  ['01:00:5e:00:00:01', null],
  ['ff:ff:ff:ff:ff:ff', null],
  ['00:00:00:00:00:00', null],
  ['02:00:5e:00:53', null],
  ['none', null],
])('a MAC address of %s is read as %s', (address, expected) => {
  const [found, problems] = config({ macs: ['MAC-1'] }, { macs: [{ ...MAC, address }] });
  expect(found).toMatchObject(
    expected === null ? { macs: [], unresolved: ['MAC-1'] } : { macs: [{ address: expected }] },
  );
  expect(problems).toHaveLength(expected === null ? 2 : 0);
});
