import { followOptions, NETBOX_FOLLOW_WORKFLOW } from '../../../workflows/netbox/start';
import { NETBOX_FOLLOW_WORKFLOW_ID } from '../../../workflows/netbox/messages';
import { createNetboxSite, type NetboxSite, type NetboxSiteOptions } from '../../helpers/netbox-site';
import { recordHistory } from '../../helpers/worker-histories';

let site: NetboxSite;

/** Begins to follow, and waits until it has looked once: what was before is not followed. */
async function begin(options: NetboxSiteOptions = {}): Promise<void> {
  site = await createNetboxSite({ devices: 0, ...options });
  await site.temporal.client.workflow.start(NETBOX_FOLLOW_WORKFLOW, followOptions({ interval_seconds: 0.2 }));
  await looks(1);
}

afterEach(() => site.close());

const ROUTER = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;

interface Follow {
  readonly cursor: number | null;
  readonly followed_at: string | null;
  readonly missed: number;
}

const follow = async (): Promise<Follow> => (await site.knex<Follow>('netbox_follow').first())!;

/** Waits until the change log was looked at so many times more. */
async function looks(times: number): Promise<void> {
  for (let seen = 0, last = (await follow()).followed_at; seen < times;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { followed_at } = await follow();
    if (followed_at !== last) seen += 1;
    last = followed_at;
  }
}

async function healed(): Promise<void> {
  await looks(2);
  await site.settled();
}

test('what webhooks lose is found in the change log, and counted as missed after a while', async () => {
  await begin({ missedAfterMs: 2_000 });
  const { state, webhooks } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  await healed();
  webhooks.lose(2);
  state.updateDevice(id, { name: 'r2' });
  state.createDevice({ ...ROUTER, name: 'second' });
  await healed();
  expect(await site.routers()).toMatchObject([{ name: 'r2' }, { name: 'second' }]);
  expect((await site.audit()).map(({ layer }) => layer)).toEqual(['webhook', 'change_log', 'change_log']);
  expect((await follow()).missed).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await looks(2);
  expect((await follow()).missed).toBe(2);
});

test('a change whose webhook came is read once, whoever heard of it first', async () => {
  await begin({ missedAfterMs: 60_000 });
  const { state, webhooks, requests } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  await healed();
  requests.length = 0;
  webhooks.hold();
  state.updateDevice(id, { name: 'r2' });
  await looks(2);
  webhooks.release();
  await healed();
  const readings = requests.filter(({ path }) => path.startsWith(`/api/dcim/devices/${id}/`));
  expect(readings).toHaveLength(1);
  expect(await site.routers()).toMatchObject([{ name: 'r2' }]);
});

test('a line that is committed after others with higher numbers is found', async () => {
  await begin();
  const { state, webhooks } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  const other = state.createDevice({ ...ROUTER, name: 'other' });
  await healed();
  webhooks.lose();
  state.changes.holdNext(1);
  state.updateDevice(id, { name: 'late' });
  state.updateDevice(other.id, { name: 'early' });
  await healed();
  expect((await site.routers()).map(({ name }) => name)).toContain('early');
  state.changes.commitLate();
  await healed();
  expect((await site.routers()).map(({ name }) => name).sort()).toEqual(['early', 'late']);
});

test('a deletion whose webhook is lost is found; devices that are none of ours are not read', async () => {
  await begin();
  const { state, webhooks, requests } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  const server = state.createDevice({ ...ROUTER, name: 'server', role: 'server' });
  await healed();
  webhooks.lose();
  requests.length = 0;
  state.updateDevice(server.id, { name: 'still a server' });
  state.deleteDevice(id);
  await healed();
  expect(await site.routers()).toMatchObject([{ state: 'deleted', status: 'disabled' }]);
  expect(requests.filter(({ path }) => path.startsWith(`/api/dcim/devices/${server.id}/`))).toEqual([]);
});

test('while NetBox is down or hides its change log it waits, and goes on from where it was', async () => {
  await begin();
  const { state, webhooks, faults } = site.fake;
  const { id } = state.createDevice({ ...ROUTER, name: 'r1' });
  await healed();
  webhooks.lose();
  faults.set({ down: {} });
  state.updateDevice(id, { name: 'while it was down' });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  faults.clear();
  faults.set({ hideChangeLog: {} });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await site.routers()).toMatchObject([{ name: 'r1' }]);
  faults.clear();
  await healed();
  expect(await site.routers()).toMatchObject([{ name: 'while it was down' }]);
  const { client } = site.temporal;
  await recordHistory('netbox-follow', client.workflow.getHandle(NETBOX_FOLLOW_WORKFLOW_ID));
});

test('nothing that was changed before it began is followed', async () => {
  site = await createNetboxSite({ devices: 0 });
  const { state, webhooks } = site.fake;
  webhooks.lose();
  state.createDevice({ ...ROUTER, name: 'before' });
  await site.temporal.client.workflow.start(NETBOX_FOLLOW_WORKFLOW, followOptions({ interval_seconds: 0.2 }));
  await healed();
  expect(await site.routers()).toEqual([]);
});
