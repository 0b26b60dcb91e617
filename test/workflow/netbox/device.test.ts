import { createHmac } from 'node:crypto';
import request from 'supertest';
import { ADMIN } from '../../helpers/api';
import { netboxDeviceWorkflowId } from '../../../workflows/netbox/messages';
import { createNetboxSite, type NetboxSite } from '../../helpers/netbox-site';
import { recordHistory } from '../../helpers/worker-histories';

let site: NetboxSite;

beforeEach(async () => {
  site = await createNetboxSite({ devices: 0, secret: 's3cr3t' });
});

afterEach(() => site.close());

const workflowOf = (deviceId: number) => site.temporal.client.workflow.getHandle(netboxDeviceWorkflowId(deviceId));

const ROUTER = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;

test('a device that is created gets a router with what NetBox says of it', async () => {
  const { fake } = site;
  const device = fake.state.createDevice({
    ...{ ...ROUTER, name: 'r1.par', local_context_data: { bgp: { router_id: '192.0.2.1' } } },
    ...{ primary_ip4: '192.0.2.1/32', primary_ip6: '2001:db8::1/128' },
  });
  await site.settled();
  expect(await site.routers()).toMatchObject([
    {
      ...{ name: 'r1.par', hostname: 'r1.par', status: 'enabled', state: 'in_sync', netbox_device_id: device.id },
      ...{
        local_context_data: { bgp: { router_id: '192.0.2.1' } },
        primary_ip4: '192.0.2.1',
        primary_ip6: '2001:db8::1',
      },
    },
  ]);
  expect(await site.audit()).toMatchObject([
    { action: 'created', layer: 'webhook', username: 'admin', changes: { name: { from: null, to: 'r1.par' } } },
  ]);
});

test('a rename, a status and a platform follow; each leaves a line that says from what to what', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'old' });
  await site.settled();
  fake.state.updateDevice(id, { name: 'new', status: 'offline', platform: null });
  await site.settled();
  expect(await site.routers()).toMatchObject([
    { name: 'new', hostname: 'new', status: 'disabled', state: 'platform_missing', platform: null },
  ]);
  const [, line] = await site.audit();
  expect(line).toMatchObject({
    action: 'disabled',
    changes: { name: { from: 'old', to: 'new' }, status: { from: 'enabled', to: 'disabled' } },
  });
});

test('a burst is read once, or twice while it lasts', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r0' });
  await site.settled();
  fake.requests.length = 0;
  for (let i = 1; i <= 20; i += 1) fake.state.updateDevice(id, { name: `r${i}` });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r20' }]);
  expect(fake.requests.length).toBeLessThanOrEqual(2);
  await recordHistory('netbox-device-burst', workflowOf(id));
});

test('what was never committed changes nothing', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r1' });
  await site.settled();
  fake.state.rolledBackUpdate(id, { name: 'phantom' });
  fake.state.rolledBackDelete([id]);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r1', status: 'enabled', state: 'in_sync' }]);
});

test('while NetBox is down the workflow waits, and goes on when it is back', async () => {
  const { fake } = site;
  fake.faults.set({ down: {} });
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r1' });
  await fake.webhooks.idle();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await site.routers()).toEqual([]);
  fake.faults.clear();
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r1' }]);
  await recordHistory('netbox-device-waiting', workflowOf(id));
});

test('a device that leaves the scope disables its router, and enables it when it is back', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r1' });
  await site.settled();
  fake.state.updateDevice(id, { role: 'server' });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ status: 'disabled', state: 'out_of_scope' }]);
  fake.state.updateDevice(id, { role: 'router' });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ status: 'enabled', state: 'in_sync' }]);
});

test('a deletion that the change log tells of hides the router; without one it is not visible', async () => {
  const { fake } = site;
  const gone = fake.state.createDevice({ ...ROUTER, name: 'gone' });
  const hidden = fake.state.createDevice({ ...ROUTER, name: 'hidden' });
  await site.settled();
  fake.state.deleteDevice(gone.id);
  fake.faults.set({ hide: { ids: [hidden.id] } });
  fake.state.updateDevice(hidden.id, { comments: 'hidden now' });
  await site.settled();
  expect(await site.routers()).toMatchObject([
    { name: 'gone', status: 'disabled', state: 'deleted' },
    { name: 'hidden', status: 'disabled', state: 'not_visible' },
  ]);
  await recordHistory('netbox-device-sleeping', workflowOf(gone.id));
  fake.faults.clear();
  fake.state.updateDevice(hidden.id, { comments: 'back' });
  await site.settled();
  expect((await site.routers())[1]).toMatchObject({ status: 'enabled', state: 'in_sync' });
});

test('a webhook that puts a device out of scope is ignored, unless it is being looked at', async () => {
  await site.stopWorker();
  const webhook = (id: number, role: string): request.Test => {
    const body = JSON.stringify({ event: 'updated', data: { id, role: { slug: role, _depth: 0 } } });
    const signature = createHmac('sha512', 's3cr3t').update(body).digest('hex');
    const post = request(site.api.app).post('/api/devices/routers/update-from-netbox/');
    return post
      .set({ Authorization: `Token ${ADMIN}`, 'Content-Type': 'application/json', 'X-Hook-Signature': signature })
      .send(body);
  };
  await webhook(7, 'server').expect(200);
  await webhook(7, 'router').expect(202);
  await webhook(7, 'server').expect(202);
  await webhook(8, 'server').expect(200);
});
