import { driftDedupId } from '../../../store/ixapi/drift/events';
import { differences, IP4, IP6, kinds, MAC, NOW, PORT, type Otherwise } from '../../helpers/drift-world';

const PAST = '2026-05-01T00:00:00Z';
const LATER = '2026-07-01T00:00:00Z';
const TESTING = { config: { state: 'testing' } };

const said = (severity: number): { status: { severity: number; tag: string; message: string; timestamp: null }[] } => ({
  status: [{ severity, tag: 'tag', message: 'something is up', timestamp: null }],
});

const only = (kind: string, other: Otherwise) => differences(other).filter((difference) => difference.kind === kind);

test.each<[string, Otherwise]>([
  [
    'a session with the route servers that nobody lists',
    { server: { type: 'other' }, netixlan: { is_rs_peer: false } },
  ],
  ['whether PeeringDB knows of route servers', { netixlan: { is_rs_peer: null } }],
  ['a flag while a config is tested', { ...TESTING, netixlan: { is_rs_peer: false } }],
  ['a feature that is not required', { server: { required: false, type: 'other' }, session: null }],
  ['a feature config that is not in production yet', { ...TESTING, session: { state: 'requested' } }],
  ['what the exchange notes without a warning', { config: said(5) }],
  ['a window that is open', { config: { macs: [{ ...MAC, valid_not_before: PAST, valid_not_after: LATER }] } }],
  [
    'an old window beside an open one',
    {
      config: {
        macs: [
          { ...MAC, valid_not_after: PAST },
          { ...MAC, id: 'm2' },
        ],
      },
    },
  ],
  [
    'an old address that is not used',
    { config: { ips: [{ ...IP4, address: '203.0.113.9', valid_not_after: PAST }, IP4] } },
  ],
  ['a port whose light nobody tells of', { connection: { ports: [{ ...PORT, operational_state: null }] } }],
  ['what is down while it is tested', { ...TESTING, netixlan: { operational: false }, port: { enabled: false } }],
  ['a disabled connection while a config is tested', { ...TESTING, local: { status: 'disabled' } }],
  ['a config in testing that is not imported', { ...TESTING, local: null }],
  ['a router that is away while a config is tested', { ...TESTING, router: { status: 'disabled' } }],
  ['a router in maintenance', { router: { status: 'maintenance' } }],
])('%s is nothing to tell of', (_what, other) => {
  expect(differences(other)).toEqual([]);
});

test.each<[string, Otherwise, object]>([
  ['route servers that PeeringDB does not list', { netixlan: { is_rs_peer: false } }, { is_rs_peer: 'warning' }],
  ['route servers without a session', { session: { state: 'requested' } }, { is_rs_peer: 'warning' }],
  ['a required feature without a config', { ...TESTING, session: null }, { required_feature: 'warning' }],
  [
    'a required feature whose config is over',
    { ...TESTING, session: { state: 'decommissioned' } },
    { required_feature: 'warning' },
  ],
  ['a decommission in a month', { config: { decommission_at: '2026-07-01' } }, { decommission: 'critical' }],
  ['a decommission that was to be', { config: { decommission_at: '2026-05-01' } }, { decommission: 'critical' }],
  ['a decommission next year', { config: { decommission_at: '2027-07-01' } }, { decommission: 'warning' }],
  ['a decommission without a date', { config: { state: 'decommission_requested' } }, { decommission: 'warning' }],
  ['a warning of a config', { config: said(4) }, { status: 'warning' }],
  ['an error of a connection', { connection: said(3) }, { status: 'critical' }],
  ['an emergency of a port', { connection: { ports: [{ ...PORT, ...said(0) }] } }, { status: 'critical' }],
  ['the state error', { config: { state: 'error' } }, { status: 'critical' }],
  ['the state error with a mere note', { config: { state: 'error', ...said(4) } }, { status: 'critical' }],
  ['an address that is over', { config: { ips: [{ ...IP4, valid_not_after: PAST }, IP6] } }, { validity: 'critical' }],
  ['a MAC address that is over', { config: { macs: [{ ...MAC, valid_not_after: PAST }] } }, { validity: 'critical' }],
  ['an address of later', { config: { ips: [IP4, { ...IP6, valid_not_before: LATER }] } }, { validity: 'warning' }],
  ['a port that PeeringDB calls down', { netixlan: { operational: false } }, { operational: 'warning' }],
  [
    'a port without light',
    { connection: { ports: [{ ...PORT, operational_state: 'down' }] } },
    { operational: 'warning' },
  ],
  ['an interface that is disabled', { port: { enabled: false } }, { operational: 'warning' }],
  ['a connection that is disabled here', { local: { status: 'disabled' } }, { operational: 'info' }],
  ['what nobody imported', { local: null }, { not_imported: 'info' }],
  ['a disabled router', { router: { status: 'disabled' } }, { router: 'warning' }],
  ['a router that NetBox deleted', { router: { state: 'deleted_in_netbox' } }, { router: 'warning' }],
  ['an address that is not shown', { config: { unresolved: ['ip9'] } }, { unresolved: 'info' }],
  ['a port that is not shown', { connection: { unresolved: ['p9'] } }, { unresolved: 'info' }],
  ['a config that is gone', { config: { id: 'other', consuming_account: 'others' } }, { gone: 'critical' }],
  ['a config that is decommissioned', { config: { state: 'decommissioned' } }, { gone: 'critical' }],
  ['a config that another account has', { config: { consuming_account: 'others' } }, { gone: 'critical' }],
])('%s is told of, as severe as it is', (_what, other, expected) => {
  expect(kinds(other)).toEqual(expected);
});

test('a config that could not be read is not gone', () => {
  const problems = [{ list: 'network-service-configs', id: 'nsc', reason: 'asns is no list' }] as const;
  const state = { reading: 1, fetched_at: NOW.toISOString(), health: {}, version: '2.7.1', problems };
  expect(kinds({ config: { id: 'other', consuming_account: 'others' }, world: { state } })).toEqual({});
});

test('of several messages the worst is told, with what it is about', () => {
  const [status] = only('status', { config: said(4), connection: { ports: [{ ...PORT, ...said(2) }] } });
  expect(status?.message).toBe('the exchange says of the port eth1: something is up (tag, severity 2)');
  expect(status?.ixapi).toMatchObject({ of: 'port eth1', severity: 2 });
});

test('several things of one kind are one difference, as severe as the worst', () => {
  const ips = [{ ...IP4, valid_not_before: LATER }, IP6];
  const [validity, ...others] = only('validity', { config: { ips, macs: [{ ...MAC, valid_not_after: PAST }] } });
  expect(others).toEqual([]);
  expect(validity).toMatchObject({ severity: 'critical', local: ['203.0.113.5', '02:01:00:00:00:0a'] });
  expect(validity?.message).toBe(
    `203.0.113.5, which is used here, is valid at the exchange only from ${LATER}; ` +
      `02:01:00:00:00:0a, which is used here, is valid at the exchange only until ${PAST}`,
  );
  const [down] = only('operational', { netixlan: { operational: false }, local: { status: 'disabled' } });
  expect(down).toMatchObject({ severity: 'warning', peeringdb: { operational: false }, local: { status: 'disabled' } });
});

test('what is gone is no emergency for a connection that is disabled here', () => {
  const local = { status: 'disabled' };
  expect(kinds({ config: { state: 'archived' }, local })).toEqual({ gone: 'warning' });
});

test('an exchange that writes at length does not make a message without end', () => {
  const status = [{ severity: 1, tag: 't', message: '😀 '.repeat(10_000), timestamp: null }];
  expect(differences({ config: { status } })[0]?.message.length).toBeLessThan(2000);
  const unresolved = Array.from({ length: 5000 }, (_, i) => `ip-${i}`);
  expect(differences({ config: { unresolved } })[0]?.message).toHaveLength(1000);
});

test('dedup ids of drift tell configs and kinds apart, and are short whatever the exchange calls them', () => {
  const id = (network_service_config: string) => driftDedupId(3, { network_service_config, kind: 'vlan' });
  expect(id('nsc')).toBe('ixapi-drift-3-nsc-vlan');
  const odd = ['x'.repeat(300), 'y'.repeat(300), 'a b', 'é', 'a\nb'].map(id);
  expect(new Set(odd).size).toBe(odd.length);
  for (const one of odd) expect(one).toMatch(/^ixapi-drift-3-sha256-[0-9a-f]{64}-vlan$/);
});
