import request from 'supertest';
import { ADMIN } from '../../helpers/api';
import { createNetboxSite, type NetboxSite } from '../../helpers/netbox-site';
import { make } from '../../helpers/peering';

const ROUTERS = '/api/devices/routers/';
const DEVICE = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;

let site: NetboxSite;

beforeEach(async () => {
  site = await createNetboxSite({ devices: 0 });
});

afterEach(() => site.close());

const remove = (id: unknown, query = '') =>
  request(site.api.app)
    .delete(`${ROUTERS}${String(id)}/${query}`)
    .set('Authorization', `Token ${ADMIN}`);

/** A router that was here before its device, for which it is proposed. */
async function proposal(): Promise<number> {
  await make(site.api, ROUTERS, { name: 'R1.par', description: 'ours' });
  site.fake.state.createDevice({ ...DEVICE, name: 'r1.par' });
  await site.settled();
  expect(await site.routers()).toHaveLength(1);
  const { body } = await site.api.get('/api/devices/adoptions/').expect(200);
  return body.results[0].id as number;
}

test('a router whose adoption is accepted follows its device', async () => {
  await site.api.post(`/api/devices/adoptions/${await proposal()}/accept/`).expect(200);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r1.par', description: 'ours', state: 'in_sync' }]);
  const lines = await site.audit();
  expect(lines.map(({ action, layer, username }) => [action, layer, username])).toEqual(
    ['created', 'linked', 'updated'].map((action) => [action, 'person', 'bootstrap']),
  );
});

test('a device whose adoption is rejected gets a router of its own', async () => {
  await site.api.post(`/api/devices/adoptions/${await proposal()}/reject/`).expect(200);
  await site.settled();
  expect(await site.routers()).toMatchObject([
    { name: 'r1.par', state: 'in_sync' },
    { name: 'R1.par', state: 'local' },
  ]);
});

test('a router that is linked by hand stays as it is until something is heard of its device', async () => {
  const device = site.fake.state.createDevice({ ...DEVICE, name: 'r1.par' });
  await site.settled();
  const [made] = await site.routers();
  await remove(made?.['id'], '?exclude=true').expect(204);
  const router = await make(site.api, ROUTERS, { name: 'another name' });
  await site.api.post(`${ROUTERS}${router}/link/`, { netbox_device_id: device.id }).expect(200);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ id: router, name: 'another name', state: 'linked' }]);
  site.fake.state.updateDevice(device.id, { comments: 'heard of' });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ id: router, name: 'r1.par', state: 'in_sync' }]);
});

test('a device whose router was deleted for good gets one again when its exclusion ends', async () => {
  const { id } = site.fake.state.createDevice({ ...DEVICE, name: 'r1' });
  await site.settled();
  const [router] = await site.routers();
  await remove(router?.['id']).expect(409);
  await remove(router?.['id'], '?exclude=true').expect(204);
  site.fake.state.updateDevice(id, { status: 'offline' });
  await site.settled();
  expect(await site.routers()).toEqual([]);
  await request(site.api.app)
    .delete(`/api/devices/exclusions/${id}/`)
    .set('Authorization', `Token ${ADMIN}`)
    .expect(204);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r1', status: 'disabled', state: 'in_sync' }]);
});

test('a platform that was unknown and is made here is what the next reading finds', async () => {
  const { id } = site.fake.state.createDevice({ ...DEVICE, name: 'r1', platform: 'nokia-sr-os' });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ state: 'platform_unknown' }]);
  const platform = await make(site.api, '/api/devices/platforms/', { name: 'Nokia SR OS' });
  expect(await site.routers()).toMatchObject([{ state: 'in_sync', platform }]);
  site.fake.state.updateDevice(id, { name: 'r2' });
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r2', state: 'in_sync', platform }]);
});
