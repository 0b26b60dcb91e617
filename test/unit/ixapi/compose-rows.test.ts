import { compose } from '../../../store/ixapi/reading/compose';
import type { RawLists, RawRow, RowProblem } from '../../../store/ixapi/reading/raw';
import { listsOf } from '../../helpers/ixapi-lists';

const SERVICE = { id: 'NS-1', type: 'exchange_lan', state: 'production' };
const CONFIG = { id: 'NSC-1', type: 'exchange_lan', state: 'production', network_service: 'NS-1' };
const FEATURE = { id: 'NF-1', type: 'route_server', network_service: 'NS-1' };
const SESSION = {
  ...{ id: 'NFC-1', type: 'route_server', state: 'production' },
  ...{ network_feature: 'NF-1', network_service_config: 'NSC-1' },
};
const CONNECTION = { id: 'CON-1', state: 'production', mode: 'standalone' };
const PORT = { id: 'PRT-1', state: 'production', connection: 'CON-1' };
const IP = { id: 'IP-1', version: 4, address: '198.18.0.10', prefix_length: 20 };
const MAC = { id: 'MAC-1', address: '02:00:00:00:00:01' };

const composed = (some: Partial<RawLists>): ReturnType<typeof compose> => compose(listsOf(some));

/** A service, config, … with other fields, and what was told of it. */
function read<T>(some: Partial<RawLists>, pick: (shown: ReturnType<typeof compose>['shown']) => T): [T, string[]] {
  const { shown, problems } = composed(some);
  return [pick(shown), problems.map(({ reason }) => reason)];
}

const service = (other: object): [unknown, string[]] =>
  read({ 'network-services': [{ ...SERVICE, ...other }] }, (shown) => shown.network_services[0]);
const config = (other: object, more: Partial<RawLists> = {}): [unknown, string[]] =>
  read({ 'network-service-configs': [{ ...CONFIG, ...other }], ...more }, (shown) => shown.network_service_configs[0]);

test('a row that has next to nothing is one all the same', () => {
  const nothing = { status: [], managing_account: null, consuming_account: null };
  expect(service({})[0]).toEqual({
    ...{ ...SERVICE, ...nothing, name: null, product_offering: null, metro_area_network: null, network_features: [] },
    ...{ subnet_v4: null, subnet_v6: null, peeringdb_ixid: null, ixfdb_ixid: null },
  });
  expect(config({})).toEqual([
    {
      ...{ ...CONFIG, ...nothing, connection: null, vlan_config: null, capacity: null, asns: [], listed: null },
      ...{ ips: [], macs: [], unresolved: [], network_feature_configs: [], product_offering: null },
      ...{ external_ref: null, decommission_at: null, charged_until: null },
    },
    [],
  ]);
});

test.each<[keyof RawLists, RawRow, readonly string[]]>([
  ['network-services', SERVICE, ['type', 'state']],
  ['network-features', FEATURE, ['type', 'network_service']],
  ['network-service-configs', CONFIG, ['type', 'state', 'network_service']],
  ['network-feature-configs', SESSION, ['type', 'state', 'network_feature', 'network_service_config']],
  ['connections', CONNECTION, ['state', 'mode']],
  ['ports', PORT, ['state']],
  ['ips', IP, ['address', 'prefix_length']],
  ['macs', MAC, ['address']],
])('of %s what lacks the necessary is left out and told, and what has it is not', (list, row, needed) => {
  expect(composed({ [list]: [row] }).problems).toEqual([]);
  for (const field of needed)
    for (const lacking of [{ [field]: undefined }, { [field]: null }, { [field]: '' }]) {
      const { shown, problems } = composed({ [list]: [{ ...row, ...lacking }] });
      expect(problems).toEqual([{ list, id: row.id, reason: `left out: without ${field}` }]);
      expect(Object.values(shown).flat()).toEqual([]);
    }
});

test('what is left out takes nothing else with it', () => {
  const { shown, problems } = composed({
    'network-service-configs': [CONFIG, { id: 'NSC-2' }, { ...CONFIG, id: 'NSC-3', state: 7 }],
  });
  expect(shown.network_service_configs.map(({ id }) => id)).toEqual(['NSC-1']);
  expect(problems.map(({ id, reason }) => `${id} ${reason}`)).toEqual([
    'NSC-2 left out: without type, state, network_service',
    "NSC-3 state: '7' is not a text",
    'NSC-3 left out: without state',
  ]);
});

test('of rows with the same id the later one counts', () => {
  const rows = [{ ...CONFIG, state: 'requested' }, { ...CONFIG, id: 'NSC-2' }, CONFIG];
  const { shown, problems } = composed({ 'network-service-configs': rows });
  expect(shown.network_service_configs.map(({ id, state }) => [id, state])).toEqual([
    ['NSC-1', 'production'],
    ['NSC-2', 'production'],
  ]);
  expect(problems).toEqual([]);
});

test('addresses and ports that are named and not shown, or cannot be read, are unresolved', () => {
  const named = { ips: ['IP-1', 'IP-2', 'IP-3', 'IP-1'], macs: ['MAC-1', 'MAC-2'] };
  const [found] = config(named, { ips: [IP, { ...IP, id: 'IP-3', address: '?' }], macs: [MAC] });
  expect(found).toMatchObject({
    ips: [{ id: 'IP-1' }],
    macs: [{ id: 'MAC-1' }],
    unresolved: ['IP-2', 'IP-3', 'MAC-2'],
  });
  const connections = [{ ...CONNECTION, ports: ['PRT-1', 'PRT-2'] }];
  const [connection] = composed({ connections, ports: [PORT] }).shown.connections;
  expect(connection).toMatchObject({ ports: [{ id: 'PRT-1' }], unresolved: ['PRT-2'] });
});

test('a connection that does not name its ports has those that name it', () => {
  const ports = [PORT, { ...PORT, id: 'PRT-2' }, { ...PORT, id: 'PRT-3', connection: 'CON-2' }];
  const named = (other: object): unknown =>
    composed({ connections: [{ ...CONNECTION, ...other }], ports }).shown.connections[0]?.ports.map(({ id }) => id);
  expect(named({})).toEqual(['PRT-1', 'PRT-2']);
  expect(named({ ports: [] })).toEqual([]);
});

test('a port is in the facility of its device, else of its point of presence, named or not', () => {
  const at = (lists: Partial<RawLists>): unknown =>
    composed({ connections: [CONNECTION], ports: [{ ...PORT, device: 'DEV-1', pop: 'POP-1' }], ...lists }).shown
      .connections[0]?.ports[0];
  const pops = [{ id: 'POP-1', name: 'FRA1', facility: 'FAC-1' }];
  const facilities = [{ id: 'FAC-1', name: 'Data Centre', peeringdb_facility_id: 58 }];
  const facility = { id: 'FAC-1', name: 'Data Centre', peeringdb_facility_id: 58 };
  expect(at({ pops, facilities })).toMatchObject({
    device: { id: 'DEV-1', name: null },
    pop: { name: 'FRA1' },
    facility,
  });
  const devices = [{ id: 'DEV-1', name: 'edge1', facility: 'FAC-2' }];
  expect(at({ pops, devices })).toMatchObject({ facility: { id: 'FAC-2', name: null, peeringdb_facility_id: null } });
  expect(at({})).toMatchObject({ facility: null });
});

test('of a looking glass only addresses of the web are taken', () => {
  const glass = (looking_glass_url: string): unknown =>
    composed({ 'network-features': [{ ...FEATURE, looking_glass_url }] }).shown.network_features[0]?.looking_glass_url;
  expect(glass('https://lg.example.net/')).toBe('https://lg.example.net/');
  expect(glass('javascript:alert(1)')).toBeNull();
  expect(glass('https://lg.example.net/\u0000')).toBeNull();
});

test('texts are cut to what is sensible, and come without what PostgreSQL cannot keep', () => {
  const name = (text: string): unknown => (service({ name: text })[0] as { name: unknown }).name;
  expect(name('x'.repeat(100_000))).toBe('x'.repeat(1024));
  expect(name('a\u0000b\ud800c')).toBe('ab\ufffdc');
  expect(name(`${'x'.repeat(1023)}\u{1f600}`)).toBe(`${'x'.repeat(1023)}\ufffd`);
  expect(name('\u0000')).toBeNull();
});

test('an id that PostgreSQL cannot keep is left out, a number is one', () => {
  const rows = ['', 'a\u0000', 'a\ud800', 'x'.repeat(256), 'ok'].map((id) => ({ ...SERVICE, id }));
  const all = [...rows, { ...SERVICE, id: 7 }, { ...SERVICE, id: { toString: 1 } }] as unknown as RawRow[];
  const { shown, problems } = composed({ 'network-services': all });
  expect(shown.network_services.map(({ id }) => id)).toEqual(['ok', '7']);
  expect(problems).toHaveLength(5);
});

test('all rows that are left out are named, however many problems others have', () => {
  const odd = Array.from({ length: 300 }, (_, n): RawRow => ({ ...CONFIG, id: `NSC-odd-${n}`, capacity: 'much' }));
  const bad = Array.from({ length: 300 }, (_, n): RawRow => ({ id: `NSC-bad-${n}` }));
  const lists = { 'network-service-configs': [...odd, ...bad], connections: [CONNECTION, { id: 'CON-2' }] };
  const { left_out, shown } = composed(lists);
  expect(left_out).toEqual({
    ...{ network_services: [], network_features: [], network_feature_configs: [], connections: ['CON-2'] },
    network_service_configs: bad.map(({ id }) => id),
  });
  expect(shown.network_service_configs).toHaveLength(300);
});

test('of very many problems the first are kept, and the last of these says how many more there are', () => {
  const rows = Array.from({ length: 1000 }, (_, n): RawRow => ({ id: `NSC-${n}` }));
  const told = (count: number): readonly RowProblem[] =>
    composed({ 'network-service-configs': rows.slice(0, count) }).problems;
  expect(told(200).at(-1)?.reason).toBe('left out: without type, state, network_service');
  expect(told(1000)).toHaveLength(200);
  expect(told(1000).at(-1)).toEqual({
    ...{ list: 'network-service-configs', id: 'NSC-199' },
    reason: 'left out: without type, state, network_service; 800 more problems are not listed',
  });
});
