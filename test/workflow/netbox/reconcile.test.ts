import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { NETBOX_GUARD_WORKFLOW_ID, NETBOX_RECONCILE_WORKFLOW_ID } from '../../../workflows/netbox/messages';
import { TASK_QUEUE } from '../../../workflows/shared/job';
import { createNetboxSite, type NetboxSite, type NetboxSiteOptions } from '../../helpers/netbox-site';
import { until } from '../../helpers/processes';
import { recordHistory } from '../../helpers/worker-histories';

let site: NetboxSite;

const begin = async (options: NetboxSiteOptions = {}): Promise<void> => {
  site = await createNetboxSite({ devices: 0, ...options });
};

afterEach(() => site.close());

const ROUTER = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;
/** Keeps the newest run of a workflow. */
const record = (run: string, workflowId: string): Promise<void> =>
  recordHistory(run, site.temporal.client.workflow.getHandle(workflowId));

const PATH = '/api/devices/reconcile/?wait=30';

const ask = (body: object): Promise<Response> => site.api.post(PATH, body);

interface Plan {
  readonly id: string;
  readonly checksum: string;
  readonly create: readonly { readonly id: number; readonly name: string }[];
  readonly update: readonly { readonly id: number; readonly changes: Record<string, unknown> }[];
  readonly delete: readonly { readonly id: number }[];
  readonly unchanged: number;
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
}

async function plan(body: object = {}): Promise<Plan> {
  const { status, body: job } = await ask(body);
  expect([status, job.status]).toEqual([200, 'completed']);
  return { id: job.id, ...job.result };
}

async function apply({ id, checksum }: Plan, more: object = {}): Promise<Response> {
  return ask({ plan: id, checksum, ...more });
}

/** Devices that no webhook told of. */
const quietly = (count: number): number[] => {
  const { state } = site.fake;
  return Array.from({ length: count }, (_, i) => {
    const [id] = state.insertSilently(1);
    return state.updateSilently(id!, { ...ROUTER, name: `quiet-${i}`, primary_ip4: null, primary_ip6: null, tags: [] })
      .id;
  });
};

test('a plan says what would be done and does nothing; applied, it does that', async () => {
  await begin();
  const ids = quietly(3);
  const planned = await plan();
  expect(planned).toMatchObject({
    create: ids.map((id) => ({ id })),
    update: [],
    delete: [],
    unchanged: 0,
    skipped: [],
  });
  expect(await site.routers()).toEqual([]);
  await record('netbox-reconcile-plan', NETBOX_RECONCILE_WORKFLOW_ID);
  const { body } = await apply(planned);
  expect(body.result.result).toEqual({ applied: 3, stale: [], held: [] });
  await record('netbox-reconcile-apply', NETBOX_RECONCILE_WORKFLOW_ID);
  expect(await site.routers()).toMatchObject(ids.map((id) => ({ netbox_device_id: id, state: 'in_sync' })));
  expect(await plan()).toMatchObject({ create: [], update: [], delete: [], unchanged: 3 });
});

test('what no webhook told of is found: a rename, a role, a deletion; what is right is left alone', async () => {
  await begin();
  const [renamed, moved, deleted] = quietly(4) as [number, number, number, number];
  await apply(await plan());
  const { state } = site.fake;
  state.updateSilently(renamed, { name: 'renamed' });
  state.updateSilently(moved, { role: 'server' });
  site.fake.webhooks.lose();
  state.deleteDevice(deleted);
  const planned = await plan();
  expect(planned).toMatchObject({
    update: [
      { id: renamed, changes: { name: { from: 'quiet-0', to: 'renamed' }, hostname: { to: 'renamed' } } },
      { id: moved, changes: { status: { from: 'enabled', to: 'disabled' }, state: { to: 'out_of_scope' } } },
    ],
    delete: [{ id: deleted, changes: { state: { from: 'in_sync', to: 'deleted' } } }],
    unchanged: 1,
  });
  expect((await apply(planned)).body.result.result).toEqual({ applied: 3, stale: [], held: [] });
  const states = (await site.routers()).map(({ name, state: is }) => [name, is]);
  expect(states).toEqual([
    ['renamed', 'in_sync'],
    ['quiet-1', 'out_of_scope'],
    ['quiet-2', 'deleted'],
    ['quiet-3', 'in_sync'],
  ]);
});

test('entries that moved since are listed as stale and left; strict refuses them all', async () => {
  await begin();
  const [first, second] = quietly(2) as [number, number];
  await apply(await plan());
  const { state } = site.fake;
  state.updateSilently(first, { name: 'planned' });
  state.updateSilently(second, { name: 'also planned' });
  const planned = await plan();
  state.updateSilently(second, { name: 'moved since' });
  const refused = await apply(planned, { strict: true });
  expect(refused.status).toBe(409);
  await record('netbox-reconcile-refused', NETBOX_RECONCILE_WORKFLOW_ID);
  expect(refused.body.detail).toContain(String(second));
  expect((await site.routers()).map(({ name }) => name)).toEqual(['quiet-0', 'quiet-1']);
  expect((await apply(planned)).body.result.result).toEqual({ applied: 1, stale: [second], held: [] });
  expect((await site.routers()).map(({ name }) => name)).toEqual(['planned', 'quiet-1']);
});

test('an entry whose router was changed here, or read since, is stale', async () => {
  await begin();
  const [local, read] = quietly(2) as [number, number];
  await apply(await plan());
  const { state } = site.fake;
  state.updateSilently(local, { name: 'planned' });
  state.updateSilently(read, { name: 'planned too' });
  const planned = await plan();
  await site.knex('devices_router').where({ netbox_device_id: local }).update({ name: 'by hand' });
  const [id] = quietly(1);
  expect(id).toBeGreaterThan(read);
  await site.api.post('/api/devices/routers/update-from-netbox/', { event: 'updated', data: { id: read } }).expect(202);
  await site.settled();
  expect((await apply(planned)).body.result.result).toEqual({ applied: 0, stale: [local, read], held: [] });
  expect((await site.routers()).map(({ name }) => name)).toEqual(['by hand', 'planned too']);
});

test('all devices are only reconciled at once when a person has applied a plan of all', async () => {
  await begin();
  const [id] = quietly(2) as [number, number];
  expect((await ask({ dry_run: false })).status).toBe(409);
  expect(await plan({ dry_run: false, device_ids: [id] })).toMatchObject({ create: [{ id }] });
  expect((await ask({ dry_run: false })).status).toBe(409);
  await apply(await plan());
  site.fake.state.updateSilently(id, { name: 'new' });
  expect(await plan({ dry_run: false })).toMatchObject({ update: [{ id }], result: { applied: 1 } });
  expect((await site.routers())[0]).toMatchObject({ name: 'new' });
});

test('a router that is here already is proposed for adoption, one that was deleted here stays away', async () => {
  await begin();
  const [same, excluded] = quietly(2) as [number, number];
  await site.api.post('/api/devices/routers/', { name: 'QUIET-0' }).expect(201);
  const gone = { netbox_device_id: excluded, name: 'quiet-1', created: new Date().toISOString(), created_by: 'me' };
  await site.knex('devices_exclusion').insert(gone);
  const planned = await plan();
  expect(planned.skipped).toEqual([
    { id: same, name: 'quiet-0', reason: expect.stringContaining('the same name') },
    { id: excluded, name: 'quiet-1', reason: 'its router was deleted here on purpose' },
  ]);
  await apply(planned);
  expect(await site.routers()).toHaveLength(1);
  const { body } = await site.api.get('/api/devices/adoptions/').expect(200);
  expect(body.results).toMatchObject([{ netbox_device_id: same, state: { value: 'proposed' } }]);
});

test('the guard holds back what goes beyond an hour, over all layers, until a person confirms', async () => {
  await begin({ policy: { guard: { share: 1, number: 2 } } });
  const ids = quietly(6);
  await apply(await plan());
  site.fake.state.updateDevice(ids[0]!, { role: 'server' });
  await site.settled();
  for (const id of ids.slice(1)) site.fake.state.updateSilently(id, { role: 'server' });
  const { body } = await apply(await plan());
  expect(body.result.result).toEqual({ applied: 1, stale: [], held: ids.slice(2) });
  const { body: jobs } = await site.api.get('/api/core/jobs/?type=netbox-guard').expect(200);
  expect(jobs.results).toMatchObject([{ status: 'waiting', progress: { confirmable: true } }]);
  await site.api.post(`/api/core/jobs/${jobs.results[0].id}/confirm/`, {}).expect(202);
  await site.settled();
  expect(new Set((await site.routers()).map(({ state }) => state))).toEqual(new Set(['out_of_scope']));
  expect(await site.knex('netbox_hold')).toEqual([]);
  await record('netbox-guard-confirmed', NETBOX_GUARD_WORKFLOW_ID);
});

test('the share that the guard lets pass is of all routers that there were, also of those that are removed by now', async () => {
  await begin({ policy: { guard: { share: 0.5, number: 1000 } }, graceMs: 1 });
  const ids = quietly(4);
  await apply(await plan());
  site.fake.state.bulkDelete(ids.slice(0, 1));
  await until(async () => (await site.routers()).length === 3);
  site.fake.state.bulkDelete(ids.slice(1, 2));
  await until(async () => (await site.routers()).length === 2);
  site.fake.state.bulkDelete(ids.slice(2, 3));
  await site.settled();
  expect(await site.routers()).toHaveLength(2);
  expect(await site.knex('netbox_hold')).toHaveLength(1);
});

test('a router that was disabled and is deleted within the hour counts once', async () => {
  await begin({ policy: { guard: { share: 1, number: 1 } } });
  const ids = quietly(2);
  await apply(await plan());
  site.fake.state.updateSilently(ids[0]!, { status: 'offline' });
  expect((await apply(await plan())).body.result.result).toMatchObject({ applied: 1, held: [] });
  for (const id of ids) {
    site.fake.state.bulkDelete([id]);
    await site.settled();
  }
  expect((await site.routers()).map(({ state }) => state)).toEqual(['deleted', 'in_sync']);
});

test('what a person confirms is put down to whoever did it in NetBox', async () => {
  await begin({ policy: { guard: { share: 1, number: 1 } } });
  const ids = quietly(3);
  await apply(await plan());
  site.fake.state.user = 'mallory';
  site.fake.state.bulkDelete(ids);
  await site.settled();
  const { body: jobs } = await site.api.get('/api/core/jobs/?type=netbox-guard').expect(200);
  await site.api.post(`/api/core/jobs/${jobs.results[0].id}/confirm/`, {}).expect(202);
  await site.settled();
  const lines = (await site.audit()).filter(({ action }) => action === 'deleted');
  expect(lines.map(({ layer, username, confirmed }) => [layer, username, confirmed])).toEqual([
    ['webhook', 'mallory', false],
    ['webhook', 'mallory', true],
    ['webhook', 'mallory', true],
  ]);
  expect(new Set(lines.map(({ request_id }) => request_id)).size).toBe(1);
});

test('what the guard holds back stays as it is when its job is canceled', async () => {
  await begin({ policy: { guard: { share: 1, number: 1 } } });
  const ids = quietly(3);
  await apply(await plan());
  for (const id of ids) site.fake.state.updateSilently(id, { status: 'offline' });
  expect((await apply(await plan())).body.result.result).toMatchObject({ applied: 1, held: ids.slice(1) });
  const { body: jobs } = await site.api.get('/api/core/jobs/?type=netbox-guard').expect(200);
  await site.api.post(`/api/core/jobs/${jobs.results[0].id}/cancel/`, {}).expect(202);
  await site.settled();
  expect((await site.routers()).map(({ status }) => status)).toEqual(['disabled', 'enabled', 'enabled']);
  await record('netbox-guard-cancelled', NETBOX_GUARD_WORKFLOW_ID);
});

test('what the schedule starts plans, and applies its plan once a person has applied one', async () => {
  await begin();
  const [id] = quietly(1) as [number];
  const scheduled = async (): Promise<void> => {
    const { client } = site.temporal;
    const starting = await client.workflow.start('netboxScheduled', {
      ...{ workflowId: `netbox-schedule-${randomUUID()}`, taskQueue: TASK_QUEUE, args: [] },
    });
    expect(await starting.result()).toEqual({ started: true });
    await client.workflow.getHandle(NETBOX_RECONCILE_WORKFLOW_ID).result();
    await recordHistory('netbox-scheduled', starting);
  };
  await scheduled();
  expect(await site.routers()).toEqual([]);
  await apply(await plan());
  site.fake.state.updateSilently(id, { name: 'found at night' });
  await scheduled();
  expect(await site.routers()).toMatchObject([{ name: 'found at night' }]);
  await record('netbox-reconcile-scheduled', NETBOX_RECONCILE_WORKFLOW_ID);
});
