import { ask, type AskOptions, type Asked } from '../fakes/netbox/ask';
import { startReceiver } from '../fakes/netbox/receiver';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox, type FakeNetboxOptions } from '../fakes/netbox/server';

type Version = NonNullable<FakeNetboxOptions['version']>;
type Body = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const V2 = `nbt_abcdefghijkl.${FAKE_NETBOX_TOKEN}`;
const DEVICE = '/api/dcim/devices/1/';
const running: FakeNetbox[] = [];

afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

async function start(version: Version, options: FakeNetboxOptions = {}): Promise<FakeNetbox> {
  const fake = await startFakeNetbox({ version, tokens: [FAKE_NETBOX_TOKEN, V2], ...options });
  running.push(fake);
  return fake;
}

const call = async (version: Version, path: string, options: AskOptions = {}): Promise<Asked> =>
  ask(`${(await start(version)).url}${path}`, options);

async function webhookOf(version: Version): Promise<Body> {
  const receiver = await startReceiver();
  const fake = await start(version, { webhooks: [{ url: receiver.url }] });
  fake.state.updateDevice(1, { status: 'failed' });
  await fake.webhooks.idle();
  await receiver.close();
  return JSON.parse(receiver.received[0]!.body.toString('utf8')) as Body;
}

test.each<[Version, string]>([
  ['3.5', '3.5.9'],
  ['4.6', '4.6.8'],
  ['4.7', '4.7.0'],
])('NetBox %s says its version in a header and in its status', async (version, release) => {
  const { headers, json } = await call(version, '/api/status/');
  expect([headers['api-version'], json()['netbox-version']]).toEqual([version, release]);
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers['date']).toBeDefined();
});

test.each<[Version, string[]]>([
  ['3.5', ['device_role']],
  ['3.7', ['role', 'device_role']],
  ['4.0', ['role']],
  ['4.7', ['role']],
])('the role of a device is named as in NetBox %s', async (version, names) => {
  const { data, snapshots } = await webhookOf(version);
  expect(Object.keys(data as Body).filter((name) => name.endsWith('role'))).toEqual(names);
  expect(snapshots.postchange[names[0]!]).toBe(data[names[0]!].id);
  const shown = (await call(version, DEVICE)).json() as Body;
  expect(Object.keys(shown).filter((name) => name.endsWith('role'))).toEqual(names);
});

test.each<[Version, string[]]>([
  ['3.5', ['event', 'timestamp', 'model', 'username', 'request_id', 'data', 'snapshots']],
  ['4.3', ['event', 'timestamp', 'model', 'username', 'request_id', 'data', 'snapshots']],
  ['4.5', ['event', 'timestamp', 'object_type', 'username', 'request_id', 'data', 'snapshots']],
  ['4.6', ['event', 'timestamp', 'object_type', 'username', 'request_id', 'data', 'request', 'snapshots']],
  ['4.7', ['event', 'timestamp', 'object_type', 'data', 'request', 'snapshots']],
])('a webhook of NetBox %s has its members', async (version, names) => {
  const body = await webhookOf(version);
  expect(Object.keys(body)).toEqual(names);
  expect(body['model'] ?? body['object_type']).toBe(names[2] === 'model' ? 'device' : 'dcim.device');
  expect(body['username'] ?? body['request'].user).toBe('admin');
  expect(body['timestamp']).toMatch(version === '3.5' ? /^\S+ \S+\+00:00$/ : /^\S+T\S+\+00:00$/);
});

test('the change log moves from extras to core with 4.1', async () => {
  const paths = ['/api/extras/object-changes/', '/api/core/object-changes/'];
  const statuses = async (version: Version): Promise<number[]> =>
    Promise.all(paths.map(async (path) => (await call(version, path)).status));
  expect(await statuses('4.0')).toEqual([200, 404]);
  expect(await statuses('4.1')).toEqual([404, 200]);
});

test('the change log of 3.7 says null where later ones say nothing', async () => {
  for (const [version, nothing] of [
    ['3.7', null],
    ['4.0', {}],
  ] as const) {
    const fake = await start(version);
    fake.state.deleteDevice(1);
    const [row] = (await ask(`${fake.url}/api/extras/object-changes/`)).json().results;
    expect(row.postchange_data).toEqual(nothing);
    expect('created' in row.prechange_data).toBe(version === '3.7');
  }
});

test('before 4.6 there is no paging by cursor: start is ignored', async () => {
  expect((await call('4.5', '/api/dcim/devices/?start=5&ordering=id&limit=1')).json()).toMatchObject({ count: 20 });
  expect((await call('4.6', '/api/dcim/devices/?start=5&limit=1')).json()).toMatchObject({ count: null });
});

test('fields can be chosen from 4.0 on and left out from 4.5 on', async () => {
  const keys = async (version: Version, query: string): Promise<number> =>
    Object.keys((await call(version, `${DEVICE}?${query}`)).json() as Body).length;
  expect([await keys('3.7', 'fields=id'), await keys('4.0', 'fields=id')]).toEqual([await keys('3.7', ''), 1]);
  expect([await keys('4.3', 'omit=id'), await keys('4.5', 'omit=id')]).toEqual([
    await keys('4.3', ''),
    (await keys('4.5', '')) - 1,
  ]);
});

test('roles are a tree from 4.3 on', async () => {
  const count = async (version: Version): Promise<number> =>
    (await call(version, '/api/dcim/devices/?role=router')).json().count as number;
  expect(await count('4.1')).toBeLessThan(await count('4.3'));
  expect('_depth' in (await call('4.1', '/api/dcim/device-roles/1/')).json()).toBe(false);
});

test('4.7 shows the configuration context even where it is excluded', async () => {
  const shown = async (version: Version): Promise<boolean> =>
    'config_context' in (await call(version, `${DEVICE}?exclude=config_context`)).json();
  expect([await shown('4.6'), await shown('4.7')]).toEqual([false, true]);
  expect('config_context' in (await webhookOf('4.6'))['data']).toBe(false);
});

test('tokens of both kinds go with both schemes from 4.5 on', async () => {
  const fake = await start('4.6');
  for (const authorization of [
    `Token ${FAKE_NETBOX_TOKEN}`,
    `Bearer ${FAKE_NETBOX_TOKEN}`,
    `Bearer ${V2}`,
    `token ${V2}`,
  ])
    expect((await ask(`${fake.url}${DEVICE}`, { authorization })).status).toBe(200);
  expect((await ask(`${fake.url}/api/authentication-check/`)).json().username).toBe('admin');
  expect((await call('4.3', '/api/authentication-check/')).status).toBe(404);
  expect((await call('4.3', DEVICE, { authorization: `Bearer ${FAKE_NETBOX_TOKEN}` })).status).toBe(403);
});

test.each<[Version, string | null, string]>([
  ['4.6', null, 'Authentication credentials were not provided.'],
  ['4.6', 'Basic eDp5', 'Authentication credentials were not provided.'],
  ['4.6', 'Token wrong', 'Invalid v1 token'],
  ['4.6', 'Bearer nbt_wrong.wrong', 'Invalid v2 token'],
  ['4.3', 'Token wrong', 'Invalid token'],
])('NetBox %s refuses the credentials %p with 403', async (version, authorization, detail) => {
  const fake = await start(version);
  const refused = await ask(`${fake.url}${DEVICE}`, { authorization });
  expect([refused.status, refused.json()]).toEqual([403, { detail }]);
});

test('a token that is taken away is refused, and the log of requests never holds one', async () => {
  const fake = await start('4.6');
  fake.tokens.delete(FAKE_NETBOX_TOKEN);
  expect((await ask(`${fake.url}${DEVICE}?brief=1`)).status).toBe(403);
  expect(fake.requests).toMatchObject([
    { method: 'GET', path: `${DEVICE}?brief=1`, status: 403, authorization: 'Token' },
  ]);
  expect(JSON.stringify(fake.requests)).not.toContain(FAKE_NETBOX_TOKEN);
});
