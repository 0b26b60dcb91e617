import { createNetboxSite, type NetboxSite, type NetboxSiteOptions } from '../../helpers/netbox-site';
import {
  applyPlan,
  idsOf,
  makeQuietly,
  makeWithRouters,
  planOf,
  reconcile,
  ROUTER,
  statesOf,
} from '../../helpers/netbox-steps-plan';
import type { Device } from '../../fakes/netbox/objects';

let site: NetboxSite;

/** Begins with devices that have routers, and no webhooks. */
async function begin(routers: number, options: NetboxSiteOptions = {}): Promise<number[]> {
  site = await createNetboxSite({ devices: 0, ...options });
  site.fake.webhooks.lose(() => true);
  return makeWithRouters(site, routers);
}

afterEach(() => site.close());

const NOTHING = { create: [], update: [], delete: [] };
const planAndApply = async (): Promise<unknown> => applyPlan(site, await planOf(site));

/** Puts a device back under its id, as a restore from backup does. */
function putBack(device: Device): void {
  (site.fake.state.devices as Map<number, Device>).set(device.id, device);
  site.fake.state.updateSilently(device.id, {});
}

test('a device that NetBox hides disables its router, while one whose deletion is in the change log deletes it', async () => {
  const [hidden, deleted] = (await begin(3)) as [number, number, number];
  site.fake.state.deleteDevice(deleted);
  site.fake.faults.set({ hide: { ids: [hidden] } });
  const planned = await planOf(site);
  expect(idsOf(planned)).toEqual({ create: [], update: [hidden], delete: [deleted] });
  expect(planned.update[0]!.changes).toMatchObject({ state: { to: 'not_visible' }, status: { to: 'disabled' } });
  await applyPlan(site, planned);
  site.fake.faults.clear();
  await planAndApply();
  expect(await statesOf(site)).toMatchObject({ [hidden]: 'in_sync', [deleted]: 'deleted' });
  expect((await site.routers())[0]).toMatchObject({ status: 'enabled' });
});

test('without a change log only a listing with as many devices as NetBox counts deletes the router of one it lacks', async () => {
  const [gone, other] = (await begin(2, { version: '4.3' })) as [number, number];
  const { state, faults } = site.fake;
  state.deleteDevice(gone);
  faults.set({ hideChangeLog: {}, overCount: {} });
  await planAndApply();
  expect(await statesOf(site)).toEqual({ [gone]: 'not_visible', [other]: 'in_sync' });
  faults.clear();
  faults.set({ hideChangeLog: {} });
  expect(idsOf(await planOf(site))).toEqual({ ...NOTHING, delete: [gone] });
});

test('of what webhooks tell nothing is deleted without a change log, and with one again it is', async () => {
  const [gone] = (await begin(2)) as [number, number];
  const { state, faults, webhooks } = site.fake;
  webhooks.reset();
  faults.set({ hideChangeLog: {} });
  state.deleteDevice(gone);
  await site.settled();
  expect((await statesOf(site))[gone]).toBe('not_visible');
  faults.clear();
  state.rolledBackDelete(makeQuietly(site, 1));
  expect(idsOf(await planOf(site)).delete).toEqual([gone]);
});

test('a NetBox whose lists are all empty is believed of nothing, a NetBox without devices is', async () => {
  const ids = await begin(3);
  const { state, faults } = site.fake;
  faults.set({ emptyList: {} });
  expect(idsOf(await planOf(site))).toEqual(NOTHING);
  expect(faults.hits()['emptyList']).toBeGreaterThan(1);
  faults.clear();
  state.bulkDelete(ids);
  expect(idsOf(await planOf(site))).toEqual({ ...NOTHING, delete: ids });
});

test('a plan whose NetBox has empty lists when it is applied changes and deletes no router that is there', async () => {
  const [renamed, other] = (await begin(2)) as [number, number];
  const { state, faults } = site.fake;
  state.updateSilently(renamed, { name: 'renamed' });
  const planned = await planOf(site);
  faults.set({ emptyList: {} });
  expect(await applyPlan(site, planned)).toEqual({ applied: 0, stale: [renamed], held: [] });
  expect(await statesOf(site)).toEqual({ [renamed]: 'in_sync', [other]: 'in_sync' });
  faults.clear();
  expect(await planAndApply()).toEqual({ applied: 1, stale: [], held: [] });
});

test('a NetBox that shows none of a hundred devices with routers fails the reconciliation, but not of fewer', async () => {
  const ids = await begin(101);
  const { faults } = site.fake;
  faults.set({ hide: { where: () => true } });
  const { status, body } = await reconcile(site);
  expect([status, body.detail]).toEqual([502, expect.stringContaining('shows none of 100 devices')]);
  expect(new Set(Object.values(await statesOf(site)))).toEqual(new Set(['in_sync']));
  faults.set({ hide: { where: ({ id }) => id > ids[1]! } });
  expect(idsOf(await planOf(site))).toEqual({ ...NOTHING, update: ids.slice(2) });
});

test('a hundred deletions that the change log tells of are a plan, and not an empty answer', async () => {
  const ids = await begin(101);
  site.fake.state.bulkDelete(ids.slice(1));
  expect(idsOf(await planOf(site))).toEqual({ ...NOTHING, delete: ids.slice(1) });
});

test('a device that is restored from a backup has its router back, and a new one once that was removed', async () => {
  const [restored, late] = (await begin(2, { graceMs: 2_000 })) as [number, number];
  const { state } = site.fake;
  const devices = [restored, late].map((id) => state.devices.get(id)!) as [Device, Device];
  const [first] = await site.routers();
  state.bulkDelete([restored, late]);
  await planAndApply();
  expect(await statesOf(site)).toEqual({ [restored]: 'deleted', [late]: 'deleted' });
  putBack(devices[0]);
  await planAndApply();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await site.settled();
  expect(await site.routers()).toMatchObject([{ id: first!['id'], netbox_device_id: restored, state: 'in_sync' }]);
  putBack(devices[1]);
  await planAndApply();
  expect(await statesOf(site)).toEqual({ [restored]: 'in_sync', [late]: 'in_sync' });
  expect((await site.audit()).map(({ action }) => action).sort()).toEqual(
    ['created', 'created', 'created', 'deleted', 'deleted', 'removed', 'restored'].sort(),
  );
});

test('a deletion that the change log has forgotten disables the router, one that it remembers deletes it', async () => {
  const [forgotten, remembered] = (await begin(3)) as [number, number, number];
  const { state } = site.fake;
  state.deleteDevice(forgotten);
  state.changes.expire();
  state.deleteDevice(remembered);
  const planned = await planOf(site);
  expect(idsOf(planned)).toEqual({ create: [], update: [forgotten], delete: [remembered] });
  expect(planned.update[0]!.changes).toMatchObject({ state: { to: 'not_visible' } });
});

test('a name that comes back on another device makes a second router, and does not bring a deleted one back', async () => {
  const [gone] = (await begin(1)) as [number];
  const { state, webhooks } = site.fake;
  webhooks.reset();
  state.deleteDevice(gone);
  const { id } = state.createDevice({ ...ROUTER, name: 'quiet-0' });
  await site.settled();
  expect(await statesOf(site)).toEqual({ [gone]: 'deleted', [id]: 'in_sync' });
});
