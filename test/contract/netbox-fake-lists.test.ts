import { ask, walk, type Asked } from '../fakes/netbox/ask';
import { startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';

let fake: FakeNetbox;
const DEVICES = '/api/dcim/devices/';
const get = (path: string): Promise<Asked> => ask(`${fake.url}${path}`);
const ids = async (query: string): Promise<number[]> =>
  (await walk(`${fake.url}${DEVICES}?fields=id&limit=0&${query}`))
    .map(({ id }) => id)
    .sort((left, right) => left - right);
const idsWhere = (
  holds: (device: FakeNetbox['state']['devices'] extends ReadonlyMap<number, infer D> ? D : never) => boolean,
): number[] => [...fake.state.devices.values()].filter(holds).map(({ id }) => id);

beforeAll(async () => {
  fake = await startFakeNetbox({ devices: 300, seed: 7 });
});
afterAll(() => fake.close());

test('paging by cursor walks all devices by id and counts none', async () => {
  const first = (await get(`${DEVICES}?start=0&limit=120&fields=id`)).json();
  expect(first).toMatchObject({ count: null, previous: null });
  expect(first.next).toBe(`${fake.url}${DEVICES}?fields=id&limit=120&start=121`);
  const rows = await walk(`${fake.url}${DEVICES}?start=0&limit=120&fields=id`);
  expect(rows.map(({ id }) => id)).toEqual([...fake.state.devices.keys()]);
});

test('paging by cursor goes with neither an offset nor an order', async () => {
  expect(await get(`${DEVICES}?start=0&offset=0`)).toMatchObject({
    status: 400,
    text: `["'start' and 'offset' are mutually exclusive."]`,
  });
  expect((await get(`${DEVICES}?start=0&ordering=id`)).status).toBe(400);
  expect((await get(`${DEVICES}?start=-1`)).status).toBe(400);
});

test('paging by offset counts, links both ways and is by name unless told otherwise', async () => {
  const page = (await get(`${DEVICES}?limit=100&offset=100`)).json();
  expect(page).toMatchObject({
    count: 300,
    next: `${fake.url}${DEVICES}?limit=100&offset=200`,
    previous: `${fake.url}${DEVICES}?limit=100`,
  });
  const names = (await walk(`${fake.url}${DEVICES}?limit=70`)).map(({ name }) => name as string | null);
  expect(names).toHaveLength(300);
  expect(names.indexOf(null)).toBe(names.filter((name) => name !== null).length);
  expect((await walk(`${fake.url}${DEVICES}?limit=70&ordering=-id`)).map(({ id }) => id)).toEqual(
    [...fake.state.devices.keys()].reverse(),
  );
});

test('a limit that is no number is 50, and 0 is the largest page', async () => {
  const lengths = ['limit=abc', 'limit=-3', '', 'limit=0', 'limit=5000', 'limit=7'].map(
    async (query) => (await get(`${DEVICES}?${query}&fields=id`)).json().results.length as number,
  );
  expect(await Promise.all(lengths)).toEqual([50, 50, 50, 300, 300, 7]);
  fake.faults.set({ maxPageSize: 40 });
  expect((await get(`${DEVICES}?limit=0`)).json().results).toHaveLength(40);
  expect((await get(`${DEVICES}?limit=1000&start=0`)).json().next).toContain('limit=40');
  fake.faults.clear();
});

test('an unknown parameter filters nothing, and an unknown slug is refused', async () => {
  expect((await get(`${DEVICES}?rolle=router`)).json().count).toBe(300);
  for (const name of ['role', 'tag', 'status', 'platform', 'site']) {
    const { status, text } = await get(`${DEVICES}?${name}=nothing`);
    const message = 'Select a valid choice. nothing is not one of the available choices.';
    expect([status, JSON.parse(text)]).toEqual([400, { [name]: [message] }]);
  }
});

test('several roles are joined by or, several tags by and', async () => {
  expect(await ids('role=switch&role=server')).toEqual(idsWhere(({ role }) => role === 2 || role === 3));
  expect(await ids('tag=peering&tag=core')).toEqual(idsWhere(({ tags }) => tags.includes(1) && tags.includes(2)));
  expect((await ids('tag=peering')).length).toBeGreaterThan((await ids('tag=peering&tag=core')).length);
});

test('a role stands for the roles below it, wherever they are moved', async () => {
  expect(await ids('role=router')).toEqual(idsWhere(({ role }) => [1, 4, 5].includes(role)));
  fake.state.moveRole(6, 4);
  expect(await ids('role=router')).toEqual(idsWhere(({ role }) => [1, 4, 5, 6].includes(role)));
  expect((await get('/api/dcim/device-roles/6/')).json()).toMatchObject({ _depth: 2, parent: { slug: 'core-router' } });
  expect(() => fake.state.moveRole(1, 6)).toThrow('role 1 cannot be below role 6, which is below it');
  fake.state.moveRole(6, null);
});

test('devices are found by id, name, text, status, site and platform', async () => {
  const device = [...fake.state.devices.values()].find(({ name }) => name !== null)!;
  expect(await ids(`id=${device.id}&id=2`)).toEqual([2, device.id].sort((left, right) => left - right));
  expect(await ids(`name=${device.name!}`)).toEqual([device.id]);
  expect(await ids(`name__ic=${device.name!.slice(1).toUpperCase()}`)).toEqual([device.id]);
  expect(await ids('q=.PAR')).toEqual(idsWhere(({ name }) => name?.includes('.par') === true));
  expect(await ids('status=offline&status=staged')).toEqual(
    idsWhere(({ status }) => ['offline', 'staged'].includes(status)),
  );
  expect(await ids('site=paris-pa3&platform=arista-eos')).toEqual(
    idsWhere(({ site, platform }) => site === 1 && platform === 3),
  );
});

test('devices are found by when they changed, to the microsecond', async () => {
  const { last_updated } = (await get(`${DEVICES}100/`)).json();
  expect(last_updated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect((await ids(`last_updated__gte=${last_updated}`))[0]).toBe(100);
  expect((await ids(`last_updated__gt=${last_updated}`))[0]).toBe(101);
  expect(await get(`${DEVICES}?last_updated__gte=soon`)).toMatchObject({
    status: 400,
    text: '{"last_updated__gte":["Enter a valid date/time."]}',
  });
});

test('answers hold the fields that are asked for, in the order of the API', async () => {
  const keys = async (query: string): Promise<string[]> => Object.keys((await get(`${DEVICES}1/?${query}`)).json());
  expect(await keys('fields=status,name,id,nothing')).toEqual(['id', 'name', 'status']);
  expect(await keys('brief=1')).toEqual(['id', 'url', 'display', 'name', 'description']);
  expect(await keys('')).toContain('config_context');
  expect(await keys('exclude=config_context')).not.toContain('config_context');
  expect(await keys('omit=config_context,comments')).not.toContain('comments');
});

test('addresses of the API are absolute, as the caller wrote the host', async () => {
  const { url, display_url, role } = (await get(`${DEVICES}1/`)).json();
  expect([url, display_url, role.url.slice(0, fake.url.length)]).toEqual([
    `${fake.url}${DEVICES}1/`,
    `${fake.url}/dcim/devices/1/`,
    fake.url,
  ]);
});

test('what is not there is 404 with JSON, and a missing slash is a redirect', async () => {
  expect(await get(`${DEVICES}99999/`)).toMatchObject({
    status: 404,
    text: '{"detail":"No Device matches the given query."}',
  });
  const { status, headers } = await get('/api/dcim/devices?limit=1');
  expect([status, headers['location']]).toEqual([301, '/api/dcim/devices/?limit=1']);
  expect((await get('/api/dcim/nothing/')).status).toBe(404);
});

test('roles, platforms, sites and tags are lists by slug', async () => {
  for (const [path, slug] of [
    ['/api/dcim/device-roles/', 'core-router'],
    ['/api/dcim/platforms/', 'arista-eos'],
    ['/api/dcim/sites/', 'paris-pa3'],
    ['/api/extras/tags/', 'peering'],
  ] as const) {
    const { count, results } = (await get(`${path}?slug=${slug}&fields=id,slug`)).json();
    expect([count, Object.keys(results[0]), results[0].slug]).toEqual([1, ['id', 'slug'], slug]);
    expect((await get(`${path}?slug=nothing`)).json()).toEqual({ count: 0, next: null, previous: null, results: [] });
  }
});

test('the same seed makes the same devices, and another seed others', async () => {
  const [same, other] = await Promise.all([7, 8].map((seed) => startFakeNetbox({ devices: 300, seed })));
  const rows = (from: FakeNetbox): unknown[] => [...from.state.devices.values()].slice(0, 300);
  expect(rows(same!)).toEqual(rows(fake));
  expect(rows(other!)).not.toEqual(rows(fake));
  await Promise.all([same!.close(), other!.close()]);
});

test('50,000 devices are there at once, and a page of them is paced by its rows', async () => {
  const large = await startFakeNetbox({ devices: 50_000, paceMs: 300 });
  const path = `${large.url}${DEVICES}?start=0&fields=id&exclude=config_context`;
  for (const [limit, least] of [
    [1000, 300],
    [100, 30],
  ] as const) {
    const started = performance.now();
    expect((await ask(`${path}&limit=${limit}`)).json().results).toHaveLength(limit);
    expect(performance.now() - started).toBeGreaterThan(least - 5);
  }
  await large.close();
});
