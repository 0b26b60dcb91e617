import { createDevicesSite, PLATFORMS, ROUTERS, setRouter, type DevicesSite } from '../../helpers/devices';
import { make } from '../../helpers/peering';

let site: DevicesSite;

beforeEach(async () => {
  site = await createDevicesSite();
});

afterEach(() => site.close());

test('a platform is created with a slug of its name, changed, and deleted', async () => {
  const { api, send } = site;
  const { body: made } = await api.post(PLATFORMS, { name: 'Nokia SR OS' }).expect(201);
  expect(made).toMatchObject({ name: 'Nokia SR OS', slug: 'nokia-sr-os', description: '' });
  const one = `${PLATFORMS}${made.id}/`;
  expect((await send('patch', one, { name: 'SR OS' }).expect(200)).body.slug).toBe('nokia-sr-os');
  const { body: put } = await send('put', one, { ...made, description: 'MD-CLI' }).expect(200);
  expect(put).toMatchObject({ name: 'Nokia SR OS', slug: 'nokia-sr-os', description: 'MD-CLI' });
  await send('delete', one).expect(204);
  await send('delete', one).expect(404);
});

test('names and slugs of platforms are there once', async () => {
  const { api } = site;
  expect((await api.post(PLATFORMS, { name: 'Arista EOS' }).expect(409)).body.detail).toMatch(/name already/);
  expect((await api.post(PLATFORMS, { name: 'ARISTA eos' }).expect(409)).body.detail).toMatch(/slug already/);
  await api.post(PLATFORMS, { name: 'EOS', slug: 'not a slug' }).expect(400);
});

test('a platform that routers use is not deleted', async () => {
  const { api, send } = site;
  const platform = await make(api, PLATFORMS, { name: 'Nokia SR OS' });
  const router = await make(api, ROUTERS, { name: 'r1', platform });
  const { body } = await send('delete', `${PLATFORMS}${platform}/`).expect(409);
  expect(body.detail).toBe('routers use it: give these another platform first');
  await send('patch', `${ROUTERS}${router}/`, { platform: null }).expect(200);
  await send('delete', `${PLATFORMS}${platform}/`).expect(204);
});

describe('routers whose platform was unknown', () => {
  async function routerOf(slug: string, netbox_device_id: number): Promise<number> {
    const id = await make(site.api, ROUTERS, { name: `of ${slug}` });
    await setRouter(site.knex, id, { state: 'platform_unknown', netbox_platform: slug, netbox_device_id });
    return id;
  }
  const routerAt = async (id: number) => (await site.api.get(`${ROUTERS}${id}/`).expect(200)).body;

  test('get it when it is created', async () => {
    const [waiting, other] = [await routerOf('sros', 1), await routerOf('vrp', 2)];
    const platform = await make(site.api, PLATFORMS, { name: 'Nokia SR OS', slug: 'sros' });
    expect(await routerAt(waiting)).toMatchObject({ platform, state: { value: 'in_sync', label: 'In sync' } });
    expect(await routerAt(other)).toMatchObject({ platform: null, state: { value: 'platform_unknown' } });
    const { body } = await site.api.get(`${ROUTERS}${waiting}/audit/`).expect(200);
    expect(body.results[0]).toMatchObject({
      ...{ action: 'updated', layer: 'person', username: 'bootstrap', netbox_device_id: 1 },
      changes: {
        platform: { from: null, to: platform },
        state: { from: 'platform_unknown', to: 'in_sync' },
      },
    });
  });

  test('get it when its slug becomes the one they wait for, and only then', async () => {
    const waiting = await routerOf('vrp', 1);
    const platform = await make(site.api, PLATFORMS, { name: 'Huawei VRP', slug: 'huawei' });
    await site.send('patch', `${PLATFORMS}${platform}/`, { description: 'version 8' }).expect(200);
    expect(await routerAt(waiting)).toMatchObject({ platform: null });
    await site.send('patch', `${PLATFORMS}${platform}/`, { slug: 'vrp' }).expect(200);
    expect(await routerAt(waiting)).toMatchObject({ platform, state: { value: 'in_sync' } });
  });

  test('are left as they are when the platform is refused', async () => {
    const waiting = await routerOf('sros', 1);
    await site.api.post(PLATFORMS, { name: 'Arista EOS', slug: 'sros' }).expect(409);
    expect(await routerAt(waiting)).toMatchObject({ platform: null, state: { value: 'platform_unknown' } });
  });

  test('get it although they are being converged by whoever does not know it yet', async () => {
    const id = await make(site.api, ROUTERS, { name: 'r1' });
    const trx = await site.knex.transaction();
    await trx('devices_router').where({ id }).forUpdate().first('id');
    const created = make(site.api, PLATFORMS, { name: 'Nokia SR OS', slug: 'sros' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await setRouter(trx, id, { state: 'platform_unknown', netbox_platform: 'sros', netbox_device_id: 1 });
    await trx.commit();
    const platform = await created;
    expect(await routerAt(id)).toMatchObject({ platform, state: { value: 'in_sync' } });
  });
});
