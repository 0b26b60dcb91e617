import { askAs, readAll } from '../fakes/ixapi/ask';
import { FAKE_IXAPI_KEY, OTHER_ACCOUNT, OTHER_IXAPI_KEY, OUR_ACCOUNT, type ApiKey } from '../fakes/ixapi/keys';
import type { Collection, Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;

beforeAll(async () => {
  fake = await startFakeIxapi({ version: '2.1.0', data: { configs: 30 } });
});
afterAll(() => fake.close());

const list = (name: Collection, key: ApiKey = FAKE_IXAPI_KEY): Promise<Row[]> =>
  readAll(fake.url, `/${name}`, 100, key);
const consumers = async (name: Collection, key?: ApiKey): Promise<string[]> =>
  [...new Set((await list(name, key)).map((row) => row.consuming_account as string))].sort();

test('accounts are ours, those that ours manages, and strangers who can be found, of whom little is told', async () => {
  const rows = await list('accounts');
  const whole = rows.filter((row) => 'legal_name' in row).map(({ id }) => id);
  expect(whole).toEqual([OUR_ACCOUNT, 'ACC-200', 'ACC-210']);
  const strangers = rows.filter(({ id }) => !whole.includes(id));
  expect(strangers.map(({ id }) => id)).toEqual([
    'ACC-1',
    OTHER_ACCOUNT,
    'ACC-1001',
    'ACC-1002',
    'ACC-1004',
    'ACC-1005',
  ]);
  for (const stranger of strangers)
    expect(Object.keys(stranger).sort()).toEqual(['id', 'metro_area_network_presence', 'name', 'state']);
  expect((await askAs(fake.url, '/accounts/ACC-1003')).status).toBe(404);
});

test.each<[Collection, string[]]>([
  ['network-service-configs', [OUR_ACCOUNT, 'ACC-200']],
  ['network-feature-configs', [OUR_ACCOUNT, 'ACC-200']],
  ['connections', [OUR_ACCOUNT, 'ACC-200']],
  ['ports', [OUR_ACCOUNT, 'ACC-200']],
  ['macs', [OUR_ACCOUNT, 'ACC-200']],
  ['contacts', [OUR_ACCOUNT, 'ACC-200']],
  ['ips', ['ACC-1', OUR_ACCOUNT, 'ACC-200']],
])('%s are those of our account and of the one that it manages', async (name, expected) => {
  expect(await consumers(name)).toEqual(expected);
  const filtered = await readAll(fake.url, `/${name}?consuming_account=ACC-200`);
  // Connections and ports cannot be narrowed down by account in 2.1.0: the parameter is ignored.
  const isFilter = name !== 'connections' && name !== 'ports';
  expect(filtered.every((row) => row.consuming_account === 'ACC-200')).toBe(isFilter);
});

test('the neighbour sees its own and nothing of ours, and what one does not see is not there', async () => {
  expect(await consumers('network-service-configs', OTHER_IXAPI_KEY)).toEqual([OTHER_ACCOUNT]);
  expect(await list('network-service-configs', OTHER_IXAPI_KEY)).toHaveLength(3);
  expect(await consumers('connections', OTHER_IXAPI_KEY)).toEqual([OTHER_ACCOUNT]);
  const path = `/network-service-configs/${fake.state.cases()['foreign-1']!}`;
  expect((await askAs(fake.url, path, {}, OTHER_IXAPI_KEY)).status).toBe(200);
  expect((await askAs(fake.url, path)).status).toBe(404);
  expect((await askAs(fake.url, path, { method: 'DELETE' })).status).toBe(404);
});

test('peering LANs are for all, circuits for those who take part, and public ones are told in part', async () => {
  const rows = await list('network-services');
  expect(rows.filter(({ type }) => type === 'exchange_lan')).toHaveLength(2);
  const foreign = rows.filter(({ type, consuming_account: of }) => type !== 'exchange_lan' && of === OTHER_ACCOUNT);
  expect(foreign.map(({ name, status }) => [name, status === undefined])).toEqual([
    ['Public LAN', true],
    ['LAN by Invitation', false],
    ['Closed Tree', true],
  ]);
  const theirs = await list('network-services', OTHER_IXAPI_KEY);
  expect(theirs.filter(({ consuming_account: of }) => of === OUR_ACCOUNT).map(({ type }) => type)).toEqual(['p2p_vc']);
});
