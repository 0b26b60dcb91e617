import { ask, askAs, logIn, readAll, type Asked } from '../fakes/ixapi/ask';
import { createConformance } from '../fakes/ixapi/conform';
import { FAKE_IXAPI_KEY, OUR_ACCOUNT } from '../fakes/ixapi/keys';
import { COLLECTIONS, type Collection, type Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

const { check, parametersOf } = createConformance();
const NEWER: readonly string[] = ['availability-zones', 'port-reservations', 'routing-functions'];
const LISTS = COLLECTIONS.filter((name) => !NEWER.includes(name));
const READER = { api_key: 'reader', api_secret: 'secret', account: OUR_ACCOUNT, read_only: true };

let fake: FakeIxapi;
let authorization: string;

beforeAll(async () => {
  fake = await startFakeIxapi({ version: '2.1.0', keys: [FAKE_IXAPI_KEY, READER], data: { configs: 60 } });
  authorization = `Bearer ${(await logIn(fake.url)).access_token}`;
  vary();
});
afterAll(() => fake.close());

const get = (path: string): Promise<Asked> => ask(`${fake.url}${path}`, { authorization });

/** What is wrong with an answer, as it is by the specification of 2.1.0. */
async function faultsOf(method: string, path: string, asked: Promise<Asked>): Promise<unknown[]> {
  const { status, json } = await asked;
  return [status, ...check(method, path.split('?')[0]!, status, json())];
}

test.each(LISTS)('the list of %s and each of its objects are as IX-API 2.1.0 says', async (name) => {
  expect(await faultsOf('GET', `/${name}`, get(`/${name}`))).toEqual([200]);
  const rows = (await get(`/${name}`)).json() as Row[];
  expect(rows.length).toBeGreaterThan(0);
  const wrong: unknown[] = [];
  for (const { id } of rows) {
    const path = `/${name}/${id}`;
    const [status, ...faults] = await faultsOf('GET', path, get(path));
    if (status !== 200 || faults.length > 0) wrong.push([path, status, faults]);
  }
  expect(wrong).toEqual([]);
});

test('health, implementation and tokens are as IX-API 2.1.0 says', async () => {
  for (const path of ['/health', '/implementation'])
    expect(await faultsOf('GET', path, ask(`${fake.url}${path}`))).toEqual([200]);
  const post = (path: string, body: object): Promise<unknown[]> =>
    faultsOf('POST', path, ask(`${fake.url}${path}`, { method: 'POST', body }));
  const { api_key, api_secret } = FAKE_IXAPI_KEY;
  const { refresh_token } = await logIn(fake.url);
  expect(await post('/auth/token', { api_key, api_secret })).toEqual([201]);
  expect(await post('/auth/refresh', { refresh_token })).toEqual([201]);
  expect(await post('/auth/token', { api_key, api_secret: 'wrong' })).toEqual([401]);
  expect(await post('/auth/token', { api_key })).toEqual([400]);
  expect(await post('/auth/refresh', { refresh_token: 'wrong' })).toEqual([401]);
});

test('problems are as IX-API 2.1.0 says', async () => {
  for (const name of LISTS) {
    if (name !== 'roles') expect(await faultsOf('GET', `/${name}/NONE`, get(`/${name}/NONE`))).toEqual([404]);
    expect(await faultsOf('GET', `/${name}`, ask(`${fake.url}/${name}`))).toEqual([401]);
  }
  expect(await faultsOf('GET', '/ips', get('/ips?version=four'))).toEqual([400]);
  const body = { managing_account: OUR_ACCOUNT, consuming_account: OUR_ACCOUNT, address: '02:00:00:00:00:99' };
  const denied = askAs(fake.url, '/macs', { method: 'POST', body }, READER);
  expect(await faultsOf('POST', '/macs', denied)).toEqual([403]);
});

test('what can be written is answered as IX-API 2.1.0 says', async () => {
  const other = await startFakeIxapi({ version: '2.1.0' });
  const { access_token } = await logIn(other.url);
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown[]> => {
    const asked = ask(`${other.url}${path}`, { method, authorization: `Bearer ${access_token}`, ...{ body } });
    return faultsOf(method, path, asked);
  };
  const owned = { managing_account: OUR_ACCOUNT, consuming_account: OUR_ACCOUNT };
  expect(await send('POST', '/macs', { ...owned, address: '02:00:00:00:00:99' })).toEqual([201]);
  expect(await send('POST', '/macs', { ...owned, address: '02:00:00:00:00:98' })).toEqual([201]);
  const [used, unused] = other.state
    .rows('macs')
    .slice(-2)
    .map(({ id }) => id) as [string, string];
  const config = `/network-service-configs/${other.state.cases()['production']!}`;
  expect(await send('PATCH', config, { macs: [used] })).toEqual([202]);
  expect(await send('DELETE', `/macs/${used}`)).toEqual([400]);
  expect(await send('DELETE', `/macs/${unused}`)).toEqual([200]);
  expect(await send('GET', `${config}/cancellation-policy`)).toEqual([200]);
  expect(await send('DELETE', config, { decommission_at: '2040-01-01' })).toEqual([202]);
  await other.close();
});

test('the check of answers can fail: a field too many, missing, of another type or with another value', async () => {
  const [config] = (await get('/network-service-configs')).json() as [Row];
  const { state: _, ...stateless } = config;
  const { vlan: __, ...untagged } = config.vlan_config as Row;
  const wrong = (changed: object): string[] => check('GET', '/network-service-configs', 200, [changed]);
  expect(wrong(config)).toEqual([]);
  expect(wrong({ ...config, outer_vlan: 7 }).join()).toContain('unevaluated');
  expect(wrong(stateless).join()).toContain("required property 'state'");
  expect(wrong({ ...config, asns: ['64500'] }).join()).toContain('/0/asns/0 must be integer');
  expect(wrong({ ...config, state: 'on_holiday' }).join()).toContain('/0/state must be equal to one of');
  expect(wrong({ ...config, type: 'quantum_lan' }).join()).toContain('/0/type must be equal to one of');
  expect(wrong({ ...config, vlan_config: untagged }).join()).toContain("required property 'vlan'");
  expect(wrong({ ...config, billing_account: null }).join()).toContain('/0/billing_account must be string');
  expect(wrong({ ...config, capacity: null })).toEqual([]);
  expect(wrong({ ...config, decommission_at: 'soon' }).join()).toContain('must match format "date"');
  expect(check('GET', '/macs', 418, [])).toEqual(['GET /macs is never answered 418']);
  expect(check('GET', '/macs', 401, { type: 'about:blank' }).join()).toContain('/type must be equal to one of');
});

test.each(LISTS)('every parameter of IX-API 2.1.0 narrows the list of %s down', async (name) => {
  const rows = await readAll(fake.url, `/${name}`);
  const unusable: unknown[] = [];
  for (const parameter of parametersOf(`/${name}`)) {
    if (parameter === 'fields') continue;
    const value = valueOf(name, parameter, rows);
    const { status, json } = await get(`/${name}?${parameter}=${encodeURIComponent(value)}`);
    const found = (status === 200 ? json() : []) as Row[];
    const isPart = found.every(({ id }) => rows.some((row) => row.id === id));
    const isUsed = found.length < rows.length || ALL.has(`${name} ${parameter}`);
    if (status !== 200 || !isPart || !isUsed || found.length === 0)
      unusable.push([parameter, value, status, found.length, rows.length]);
  }
  expect(unusable).toEqual([]);
});

/** Parameters that all rows of the data have in common, for which narrowing down is no test. */
const ALL = new Set(['network-feature-configs type', 'network-features type', 'roles contact']);

/** Makes one object of each list unlike the others, so that each parameter has something to find and to leave out. */
function vary(): void {
  const { state } = fake;
  const unlike: Readonly<Record<string, unknown>> = {
    ...{ state: 'testing', external_ref: 'REF-X', managing_account: 'ACC-1', organisation_name: 'Unlike' },
  };
  for (const name of LISTS) {
    const rows = state.rows(name).filter((row) => row.id === 'ACC-200' || row.consuming_account === OUR_ACCOUNT);
    const row = rows[0] ?? state.rows(name)[0]!;
    const changes = Object.entries(unlike).filter(([field]) => field in row && row.id !== 'ACC-200');
    state.update(name, row.id, Object.fromEntries(changes));
  }
  state.update('accounts', 'ACC-200', { state: 'testing', external_ref: 'REF-X' });
  state.update('metro-area-networks', 'MAN-2', { service_provider: 'Unlike' });
  const capability = { media_type: '1000BASE-LX', speed: 1000, max_lag: 1, availability: 1 };
  state.update('devices', 'DEV-2', { capabilities: [capability] });
  state.update('devices', 'DEV-3', { capabilities: [{ ...capability, media_type: '100GBASE-LR4', speed: 100_000 }] });
  const offering = { service_provider: 'Unlike', upgrade_allowed: false, downgrade_allowed: false };
  state.update('product-offerings', 'PO-1', { ...offering, bandwidth_max: 50, physical_port_speed: 10_000 });
  const cloud = { service_provider_region: 'eu-1', service_provider_pop: 'FRA1' };
  state.update('product-offerings', 'PO-CLOUD_VC', cloud);
}

const GIVEN: Readonly<Record<string, string>> = {
  capability_media_type: '10GBASE-LR',
  capability_speed: '10000',
  capability_speed__lt: '100000',
  capability_speed__lte: '10000',
  capability_speed__gt: '10000',
  capability_speed__gte: '100000',
  state__is_not: 'production',
  mode__is_not: 'standalone',
  billable: '1',
  cloud_key: 'fake-cloud-key',
  bandwidth: '100',
  physical_port_speed: '10000',
  delivery_method: 'shared',
  inner_vlan: '7',
  assigned_at: '2020-01-01T00:00:00Z',
};

/** A value by which something is found, from the rows where they have the field. */
function valueOf(name: Collection, parameter: string, rows: readonly Row[]): string {
  const given = GIVEN[parameter];
  if (given !== undefined) return given;
  const cases = fake.state.cases();
  const linked: Readonly<Record<string, string>> = {
    ...(name === 'roles' || name === 'role-assignments' ? { contact: 'CNT-1' } : {}),
    ...(name === 'ips' ? { network_feature: 'NF-1', network_feature_config: 'NFC-1', network_service: 'NS-1' } : {}),
    ...(name === 'ips' || name === 'macs' ? { network_service_config: cases['production']! } : {}),
    ...(name === 'connections' ? { pop: 'POP-1', facility: 'FAC-1', metro_area_network: 'MAN-2' } : {}),
    ...(name === 'network-feature-configs' ? { service_config: cases['production']! } : {}),
    ...(name === 'network-services' ? { pop: 'POP-3' } : {}),
    ...(name === 'facilities' || name === 'devices' ? { metro_area_network: 'MAN-1' } : {}),
  };
  const found = rows
    .map((row) => row[parameter] ?? (row.vlan_config as Row | undefined)?.[parameter])
    .find((value) => value !== undefined && value !== null);
  return linked[parameter] ?? String(found ?? 'none');
}

test('a parameter that does not exist is ignored, and one with a wrong value is refused by name', async () => {
  const rows = (await get('/network-service-configs')).json() as Row[];
  expect(((await get('/network-service-configs?consuming=nobody')).json() as Row[]).length).toBe(rows.length);
  expect(((await get('/network-service-configs?toString=1')).json() as Row[]).length).toBe(rows.length);
  for (const query of ['state=on_holiday', 'type=quantum_lan', 'outer_vlan=x', 'capacity=1.5']) {
    const refused = await get(`/network-service-configs?${query}`);
    expect([refused.status, refused.json().properties[0].name]).toEqual([400, query.split('=')[0]]);
  }
  expect((await get('/network-features?type=blackholing')).status).toBe(400);
});

test('several ids and several parameters at once are a list and all of them', async () => {
  const ids = (path: string): Promise<string[]> =>
    get(path).then((asked) => (asked.json() as Row[]).map(({ id }) => id));
  expect(await ids('/network-service-configs?id=NSC-2,NSC-1,NSC-NONE')).toEqual(['NSC-1', 'NSC-2']);
  const both = await ids(`/network-service-configs?consuming_account=${OUR_ACCOUNT}&type=p2p_vc`);
  expect(both).toEqual([fake.state.cases()['p2p_vc']]);
  expect(await ids('/network-service-configs?id=NSC-1&type=p2p_vc')).toEqual([]);
});

test('offerings are cut down to the fields that are asked for, without repetitions', async () => {
  const rows = (await get('/product-offerings?fields=service_provider')).json() as Row[];
  expect(rows.map((row) => Object.keys(row).sort())).toEqual(rows.map(() => ['service_provider', 'type']));
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
  expect(rows.length).toBeLessThan(fake.state.rows('product-offerings').length);
  expect(check('GET', '/product-offerings', 200, rows)).toEqual([]);
});
