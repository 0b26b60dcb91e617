import { readAll } from '../fakes/ixapi/ask';
import { OUR_ACCOUNT } from '../fakes/ixapi/keys';
import type { Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;

beforeAll(async () => {
  fake = await startFakeIxapi({ data: { configs: 60 } });
  const capability = { media_type: '1000BASE-LX', speed: 1000, max_lag: 1, availability: 1 };
  fake.state.update('devices', 'DEV-2', { capabilities: [capability] });
  fake.state.update('product-offerings', 'PO-1', { bandwidth_min: 50, bandwidth_max: 200, upgrade_allowed: false });
});
afterAll(() => fake.close());

const idsIn = (row: Row | undefined, field: string): string[] => (row?.[field] ?? []) as string[];
const config = (name: string): Row => fake.state.row('network-service-configs', fake.state.cases()[name]!);
const configsAt = (service: string): Row[] => fake.state.rows('network-service-configs', { network_service: service });
const facilityOf = (connection: Row): unknown => fake.state.row('pops', connection.pop as string).facility;

test.each<[path: string, isFound: (row: Row) => boolean]>([
  ['/network-service-configs?state=production', ({ state }) => state === 'production'],
  ['/network-service-configs?state__is_not=production', ({ state }) => state !== 'production'],
  ['/network-service-configs?outer_vlan=102', ({ vlan_config: vlan }) => (vlan as Row | null)?.outer_vlan === 102],
  ['/network-service-configs?capacity=1000', ({ capacity }) => capacity === 1000],
  ['/network-service-configs?network_service=NS-2', ({ network_service }) => network_service === 'NS-2'],
  ['/network-service-configs?consuming_account=ACC-200', ({ consuming_account }) => consuming_account === 'ACC-200'],
  ['/network-feature-configs?service_config=NSC-2', ({ network_service_config: of }) => of === 'NSC-2'],
  ['/network-features?required=true', ({ required }) => required === true],
  ['/network-services?pop=POP-3', ({ metro_area_network }) => metro_area_network === 'MAN-2'],
  ['/connections?mode__is_not=standalone', ({ mode }) => mode !== 'standalone'],
  ['/connections?facility=FAC-1', (row) => facilityOf(row) === 'FAC-1'],
  ['/ports?speed=100000', ({ speed }) => speed === 100_000],
  ['/ports?consuming_account=ACC-200', ({ consuming_account }) => consuming_account === 'ACC-200'],
  ['/ips?version=6', ({ version }) => version === 6],
  ['/ips?valid_not_after=2024-01-01T00:59:59%2B01:00', ({ valid_not_after: at }) => at === '2023-12-31T23:59:59Z'],
  ['/ips?network_service_config=NSC-1', ({ id }) => idsIn(config('production'), 'ips').includes(id)],
  ['/ips?network_feature_config=NFC-1', ({ id }) => fake.state.row('network-feature-configs', 'NFC-1').ip === id],
  ['/macs?network_service_config=NSC-8', ({ id }) => idsIn(config('old-mac'), 'macs').includes(id)],
  ['/devices?capability_speed=1000', ({ id }) => id === 'DEV-2'],
  ['/devices?capability_speed__lt=10000', ({ id }) => id === 'DEV-2'],
  ['/pops?capability_speed__gt=1000', ({ id }) => id !== 'POP-2'],
  ['/facilities?capability_media_type=1000BASE-LX', ({ id }) => id === 'FAC-2'],
  ['/facilities?metro_area_network=MAN-2', ({ metro_area }) => metro_area === 'MA-2'],
  ['/accounts?billable=1', ({ id }) => [OUR_ACCOUNT, 'ACC-200', 'ACC-300'].includes(id)],
  ['/accounts?managing_account=ACC-200', ({ id }) => id === 'ACC-210'],
  ['/product-offerings?bandwidth=201', ({ id }) => id !== 'PO-1'],
  ['/product-offerings?upgrade_allowed=false', ({ id }) => id === 'PO-1'],
  ['/roles?contact=CNT-2', () => false],
])('%s finds what it is to find, and nothing else', async (path, isFound) => {
  const found = (await readAll(fake.url, path)).map(({ id }) => id);
  const all = await readAll(fake.url, path.split('?')[0]!);
  expect(found).toEqual(all.filter((row) => isFound(row)).map(({ id }) => id));
  expect(found.length).toBeLessThan(all.length);
});

test('the addresses of a peering LAN are those of its members that one sees and of its route servers', async () => {
  const found = (await readAll(fake.url, '/ips?network_service=NS-2')).map(({ id }) => id);
  const servers = fake.state
    .rows('ips', { network_feature: 'NF-4' })
    .concat(fake.state.rows('ips', { network_feature: 'NF-5' }));
  const members = configsAt('NS-2').flatMap((row) => idsIn(row, 'ips'));
  expect(new Set(found)).toEqual(new Set([...servers.map(({ id }) => id), ...members]));
  expect(servers.length).toBe(4);
});
