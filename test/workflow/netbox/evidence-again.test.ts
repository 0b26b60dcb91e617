import { openEntries, type PlannedEntry } from '../../../store/netbox/apply';
import { converge, type Convergence } from '../../../store/netbox/converge';
import { netboxDeviceWorkflowId } from '../../../workflows/netbox/messages';
import { followOptions, NETBOX_FOLLOW_WORKFLOW } from '../../../workflows/netbox/start';
import { createNetboxSite, type NetboxSite, type NetboxSiteOptions } from '../../helpers/netbox-site';
import { applyPlan, idsOf, makeWithRouters, planOf, ROUTER, statesOf } from '../../helpers/netbox-steps-plan';
import { until } from '../../helpers/processes';

let site: NetboxSite;

const begin = async (options: NetboxSiteOptions = {}): Promise<void> => {
  site = await createNetboxSite({ devices: 0, graceMs: 1_500, ...options });
};

afterEach(() => site.close());

const removed = (): Promise<void> => until(async () => (await site.routers()).length === 0, 10_000);

test('a router whose deletion was applied by a worker that died then is removed when its time is over', async () => {
  await begin();
  const [id] = (await makeWithRouters(site, 1)) as [number];
  site.fake.webhooks.lose();
  site.fake.state.deleteDevice(id);
  const planned = await planOf(site);
  const [{ finding, changes, reading, read_at }] = (await openEntries(site.knex, planned.id, 1)) as [PlannedEntry];
  // What the worker had done before it could tell the device's workflow.
  const convergence: Convergence = {
    ...{ deviceId: id, finding, planned: changes, reading: { number: reading, at: read_at } },
    cause: { layer: 'reconciliation' },
  };
  await converge(site.knex, convergence, site.policy, new Date());
  expect(await statesOf(site)).toEqual({ [id]: 'deleted' });
  expect(await applyPlan(site, planned)).toEqual({ applied: 0, stale: [id], held: [] });
  await removed();
});

test('a router whose deletion was compared by a worker that died then is removed when its time is over', async () => {
  await begin({ graceMs: 6_000 });
  const { state, webhooks } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  await site.settled();
  state.deleteDevice(id);
  await until(async () => (await site.knex('netbox_request').whereNotNull('webhook_at')).length === 2);
  // Temporal did not hear of the end of the activity and has it done again, by a workflow that knows nothing yet.
  const handle = site.temporal.client.workflow.getHandle(netboxDeviceWorkflowId(id));
  await handle.terminate();
  expect(await statesOf(site)).toEqual({ [id]: 'deleted' });
  const body = JSON.parse(webhooks.sent.findLast((sent) => sent.id === id)!.body) as object;
  await site.api.post('/api/devices/routers/update-from-netbox/', body).expect(202);
  await removed();
});

test('a deletion whose change log could not be read is found when it can be read again, without a reconciliation', async () => {
  await begin({ graceMs: 60_000 });
  const { state, faults } = site.fake;
  await site.temporal.client.workflow.start(NETBOX_FOLLOW_WORKFLOW, followOptions({ interval_seconds: 0.2 }));
  await until(async () => (await site.knex('netbox_follow').whereNotNull('followed_at')).length === 1);
  // Others, so that the guard is in nobody's way.
  const [first] = state.bulkCreate(['r1', 'r2', 'r3', 'r4'].map((name) => ({ ...ROUTER, name })));
  const id = first!.id;
  await site.settled();
  faults.set({ hideChangeLog: {} });
  state.deleteDevice(id);
  await until(async () => (await statesOf(site))[id] === 'not_visible', 10_000);
  faults.clear();
  await until(async () => (await statesOf(site))[id] === 'deleted', 20_000);
});

test('an empty list of roles puts no router out of scope', async () => {
  await begin();
  const { state, faults } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  await site.settled();
  faults.set({ emptyList: { count: 1, path: 'device-roles' } });
  state.updateDevice(id, { role: 'core-router' });
  await site.settled();
  expect(faults.hits()).toEqual({ emptyList: 1 });
  expect((await site.audit()).map(({ action }) => action)).toEqual(['created']);
  state.updateDevice(id, { role: 'server' });
  await site.settled();
  expect(await statesOf(site)).toEqual({ [id]: 'out_of_scope' });
});

test('a role that is moved in the tree is moved for the next plan', async () => {
  await begin();
  const { state } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, role: 'core-router', name: 'r1' });
  await site.settled();
  const role = state.devices.get(id)!.role;
  state.moveRole(role, null);
  expect(idsOf(await planOf(site))).toEqual({ create: [], update: [id], delete: [] });
  state.moveRole(role, 1);
  expect(idsOf(await planOf(site, { device_ids: [id] }))).toEqual({ create: [], update: [], delete: [] });
});
