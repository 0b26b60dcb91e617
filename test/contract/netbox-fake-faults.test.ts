import { ask, walk, type Asked } from '../fakes/netbox/ask';
import { startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';

let fake: FakeNetbox;
const DEVICES = '/api/dcim/devices/';
const list = (query = 'ordering=id&fields=id,name'): Promise<Asked> => ask(`${fake.url}${DEVICES}?${query}`);

beforeEach(async () => {
  fake = await startFakeNetbox({ devices: 30 });
});
afterEach(() => fake.close());

test('NetBox that is down resets connections, as often as was said', async () => {
  fake.faults.set({ down: { count: 2 } });
  await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await list()).status).toBe(200);
  expect(fake.requests.map(({ status }) => status)).toEqual([0, 0, 200]);
});

test('NetBox refuses with HTML as a proxy does, or with JSON', async () => {
  fake.faults.set({ refuse: { status: 502 } });
  expect(await list()).toMatchObject({ status: 502, headers: { 'content-type': 'text/html; charset=utf-8' } });
  fake.faults.set({ refuse: { status: 403, json: { detail: 'Token expired' } } });
  expect(await list()).toMatchObject({ status: 403, text: '{"detail":"Token expired"}' });
  fake.faults.set({ refuse: { status: 503, headers: { 'Retry-After': '7' } } });
  expect(await list()).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
});

test('a fault befalls only the paths that it names', async () => {
  fake.faults.set({ refuse: { status: 500, path: '/dcim/devices/7/' } });
  expect((await list()).status).toBe(200);
  expect((await ask(`${fake.url}${DEVICES}7/`)).status).toBe(500);
  expect(fake.faults.hits()).toEqual({ refuse: 1 });
  fake.faults.clear();
  expect((await ask(`${fake.url}${DEVICES}7/`)).status).toBe(200);
});

test('a slow NetBox answers right, but later', async () => {
  fake.faults.set({ slow: { ms: 60 } });
  const started = performance.now();
  expect((await list()).json().count).toBe(30);
  expect(performance.now() - started).toBeGreaterThanOrEqual(55);
});

test('a page of devices is cut in the middle of its body', async () => {
  fake.faults.set({ cutPage: { count: 1 } });
  await expect(list()).rejects.toThrow();
  expect((await list()).json().results).toHaveLength(30);
});

test('pages shift while they are walked by offset: a deletion hides a device, a creation shows one twice', async () => {
  fake.faults.set({ shiftPages: { count: 1, delete: 1 } });
  const hidden = (await walk(`${fake.url}${DEVICES}?ordering=id&limit=10&fields=id`)).map(({ id }) => id);
  expect(hidden).not.toContain(11);
  expect(fake.state.devices.has(1)).toBe(false);
  fake.faults.set({ shiftPages: { count: 1, create: 1 } });
  const twice = (await walk(`${fake.url}${DEVICES}?limit=10&fields=id`)).map(({ id }) => id);
  expect(twice.length).toBe(new Set(twice).size + 1);
});

test('count says more than there is', async () => {
  fake.faults.set({ overCount: { by: 5 } });
  const { count, results } = (await list()).json();
  expect([count, results.length]).toEqual([35, 30]);
});

test('devices are hidden from lists and by themselves, and the change log still tells of them', async () => {
  fake.state.updateDevice(3, { status: 'failed' });
  fake.faults.set({ hide: { ids: [3], where: ({ status }) => status === 'planned' } });
  fake.state.updateSilently(4, { status: 'planned' });
  const { count, results } = (await list()).json();
  expect(count).toBe(28);
  expect(results.map(({ id }: { id: number }) => id).slice(0, 3)).toEqual([1, 2, 5]);
  expect((await ask(`${fake.url}${DEVICES}3/`)).status).toBe(404);
  expect((await ask(`${fake.url}/api/core/object-changes/?changed_object_id=3`)).json().count).toBe(1);
});

test('a token without the right to the change log is refused there, and there only', async () => {
  fake.faults.set({ hideChangeLog: {} });
  expect(await ask(`${fake.url}/api/core/object-changes/`)).toMatchObject({
    status: 403,
    text: '{"detail":"You do not have permission to perform this action."}',
  });
  expect((await list()).status).toBe(200);
});

test('next points to another host', async () => {
  fake.faults.set({ wrongNext: { origin: 'http://netbox.example.net' } });
  expect((await list('start=0&limit=10')).json().next).toBe(`http://netbox.example.net${DEVICES}?limit=10&start=11`);
});

test('a page for people comes with status 200', async () => {
  fake.faults.set({ notJson: {} });
  const { status, headers, text } = await list();
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).toContain('<html>');
});

test('a list can be empty as if there were nothing', async () => {
  fake.faults.set({ emptyList: {} });
  expect((await list()).json()).toEqual({ count: 0, next: null, previous: null, results: [] });
  expect((await ask(`${fake.url}${DEVICES}1/`)).status).toBe(200);
});

test('the largest page is lowered while it runs', async () => {
  fake.faults.set({ maxPageSize: 8 });
  expect((await list('limit=1000')).json().results).toHaveLength(8);
  fake.faults.clear();
  expect((await list('limit=1000')).json().results).toHaveLength(30);
});
