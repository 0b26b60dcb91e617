import { startFakeProduct, type FakeProduct } from '../../helpers/fake-product';
import { createNetboxSite, type NetboxSite, type NetboxSiteOptions } from '../../helpers/netbox-site';
import { applyPlan, idsOf, makeWithRouters, planOf, statesOf } from '../../helpers/netbox-steps-plan';

let site: NetboxSite;
let elsewhere: FakeProduct | undefined;

/** Begins with devices that have routers, and no webhooks; two devices are a page. */
async function begin(routers: number, options: NetboxSiteOptions = {}): Promise<number[]> {
  site = await createNetboxSite({ devices: 0, maxPageSize: 2, ...options });
  site.fake.webhooks.lose(() => true);
  return makeWithRouters(site, routers);
}

afterEach(async () => {
  await elsewhere?.close();
  elsewhere = undefined;
  await site.close();
});

const rename = (ids: readonly number[]): void =>
  ids.forEach((id) => void site.fake.state.updateSilently(id, { name: `renamed-${id}` }));

const namesOf = async (): Promise<unknown[]> => (await site.routers()).map(({ name }) => name);
const renamed = (ids: readonly number[]): string[] => ids.map((id) => `renamed-${id}`);
const updates = (ids: readonly number[]): object => ({ create: [], update: ids, delete: [] });

test('a page that is cut in the middle of a listing is read again, and the plan is right', async () => {
  const ids = await begin(5);
  rename(ids);
  site.fake.faults.set({ cutPage: { count: 1, path: `start=${ids[1]! + 1}` } });
  expect(idsOf(await planOf(site))).toEqual(updates(ids));
  expect(site.fake.faults.hits()).toEqual({ cutPage: 1 });
});

test('a page for people in the middle of a listing is no page, and the plan is right', async () => {
  const ids = await begin(5);
  rename(ids);
  site.fake.faults.set({ notJson: { count: 1, path: `start=${ids[3]! + 1}` } });
  expect(idsOf(await planOf(site))).toEqual(updates(ids));
  expect(site.fake.faults.hits()).toEqual({ notJson: 1 });
});

test('a page for people where the change log was asked for is no evidence of anything', async () => {
  const [gone, hidden] = (await begin(3)) as [number, number, number];
  const { state, faults } = site.fake;
  state.deleteDevice(gone);
  faults.set({ hide: { ids: [hidden] }, notJson: { count: 2, path: 'object-changes' } });
  expect(idsOf(await planOf(site))).toEqual({ create: [], update: [hidden], delete: [gone] });
  expect(faults.hits()['notJson']).toBe(2);
});

test('pages that shift while they are read lose no router: only those of deleted devices are deleted', async () => {
  const ids = await begin(7, { version: '4.3' });
  rename(ids);
  site.fake.faults.set({ shiftPages: { count: 2, delete: 1 } });
  const planned = idsOf(await planOf(site));
  expect(site.fake.faults.hits()).toEqual({ shiftPages: 2 });
  const living = ids.filter((id) => site.fake.state.devices.has(id));
  expect(living).toHaveLength(5);
  expect(planned.update).toEqual(expect.arrayContaining(living));
  expect(planned.delete.filter((id) => living.includes(id))).toEqual([]);
  site.fake.faults.clear();
  await applyPlan(site, await planOf(site));
  const states = await statesOf(site);
  expect(ids.map((id) => states[id])).toEqual(ids.map((id) => (living.includes(id) ? 'in_sync' : 'deleted')));
});

test('pages that shift since devices are created make each router once', async () => {
  const ids = await begin(5, { version: '4.3' });
  site.fake.faults.set({ shiftPages: { count: 2, create: 2 } });
  expect(idsOf(await planOf(site))).toMatchObject({ update: [], delete: [] });
  site.fake.faults.clear();
  await applyPlan(site, await planOf(site));
  expect(Object.keys(await statesOf(site))).toHaveLength(ids.length + 4);
});

test('a next page on another host is not asked for there: that host gets neither a request nor the token', async () => {
  elsewhere = await startFakeProduct(() => ({ body: { count: 0, next: null, results: [] } }));
  const ids = await begin(5);
  rename(ids);
  site.fake.faults.set({ wrongNext: { origin: elsewhere.url } });
  const planned = await planOf(site);
  expect(idsOf(planned)).toEqual(updates(ids));
  expect(await applyPlan(site, planned)).toMatchObject({ applied: 5 });
  expect(site.fake.faults.hits()['wrongNext']).toBeGreaterThan(2);
  expect(elsewhere.asked).toEqual([]);
});

test('a NetBox that answers with pages of HTML and 500 while a plan is applied is waited for', async () => {
  const ids = await begin(4, { maxPageSize: 1000 });
  rename(ids);
  const planned = await planOf(site);
  site.fake.faults.set({ refuse: { status: 500, count: 2, path: 'fields=id,last_updated' } });
  expect(await applyPlan(site, planned)).toEqual({ applied: 4, stale: [], held: [] });
  expect(site.fake.faults.hits()).toEqual({ refuse: 2 });
  expect(await namesOf()).toEqual(renamed(ids));
});

test('devices that are asked for by their ids are all found, however few NetBox shows at once', async () => {
  const ids = await begin(5, { maxPageSize: 1000 });
  const { state, faults } = site.fake;
  for (const id of ids) state.updateSilently(id, { role: 'server' });
  faults.set({ maxPageSize: 2 });
  expect(idsOf(await planOf(site))).toEqual(updates(ids));
  expect(idsOf(await planOf(site, { device_ids: ids }))).toEqual(updates(ids));
});

test('a plan is applied whole, however few devices NetBox shows at once', async () => {
  const ids = await begin(5, { maxPageSize: 1000 });
  rename(ids);
  const planned = await planOf(site);
  site.fake.faults.set({ maxPageSize: 2 });
  expect(await applyPlan(site, planned)).toEqual({ applied: 5, stale: [], held: [] });
});
