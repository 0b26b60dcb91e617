import { createDevicesSite, ROUTERS, setRouter, type DevicesSite } from '../../helpers/devices';
import { make } from '../../helpers/peering';

let site: DevicesSite;

beforeEach(async () => {
  site = await createDevicesSite();
});

afterEach(() => site.close());

const link = (router: number, netbox_device_id: unknown = 7) =>
  site.api.post(`${ROUTERS}${router}/link/`, { netbox_device_id });
const unlink = (router: number) => site.api.post(`${ROUTERS}${router}/unlink/`);
const restore = (router: number) => site.api.post(`${ROUTERS}${router}/restore/`);
const newestLine = async (id: number) => (await site.api.get(`${ROUTERS}${id}/audit/`).expect(200)).body.results[0];
const TELL_7 = { device_id: 7, layer: 'person', username: 'bootstrap' };

test('a router is linked and otherwise stays as it is; an audit line says so', async () => {
  const id = await make(site.api, ROUTERS, { name: 'r1' });
  const { body } = await link(id).expect(200);
  expect(body).toMatchObject({ id, netbox_device_id: 7, state: { value: 'linked' } });
  expect(await newestLine(id)).toMatchObject({
    ...{ action: 'linked', layer: 'person', username: 'bootstrap', netbox_device_id: 7 },
    changes: { netbox_device_id: { from: null, to: 7 }, state: { from: 'local', to: 'linked' } },
  });
  expect(await site.hints()).toEqual([]);
});

test('a device has one router, and a router one device', async () => {
  const [one, other] = [await make(site.api, ROUTERS, { name: 'one' }), await make(site.api, ROUTERS, { name: 'two' })];
  await link(one).expect(200);
  expect((await link(other).expect(409)).body.detail).toBe(
    `netbox_device_id 7 is linked to router ${one} (one) already`,
  );
  expect((await link(one, 8).expect(409)).body.detail).toBe(
    'the router is linked to netbox_device_id 7: unlink it first',
  );
  await link(999, 9).expect(404);
});

test('of many who link routers to one device at once one succeeds, and none fails on our side', async () => {
  const routers = await Promise.all([1, 2, 3, 4, 5, 6].map((name) => make(site.api, ROUTERS, { name: `r${name}` })));
  const answers = await Promise.all(routers.map((id) => link(id)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
});

test('a second link to the same device changes nothing', async () => {
  const id = await make(site.api, ROUTERS, { name: 'r1' });
  await link(id).expect(200);
  await setRouter(site.knex, id, { state: 'in_sync' });
  expect((await link(id).expect(200)).body.state.value).toBe('in_sync');
  const { body } = await site.api.get(`${ROUTERS}${id}/audit/`).expect(200);
  expect(body.count).toBe(2);
});

test('a link ends the exclusion of its device, and the proposals that it overtakes', async () => {
  const { knex, api } = site;
  const [id, other] = [await make(api, ROUTERS, { name: 'r1' }), await make(api, ROUTERS, { name: 'r2' })];
  const created = api.now.toISOString();
  await knex('devices_exclusion').insert({ netbox_device_id: 7, name: 'r1', created, created_by: 'alice' });
  const adoption = { reason: 'it has the same name', created };
  await knex('devices_adoption').insert([
    { ...adoption, netbox_device_id: 7, router: other, state: 'rejected' },
    { ...adoption, netbox_device_id: 8, router: id, state: 'proposed' },
    { ...adoption, netbox_device_id: 9, router: id, state: 'rejected' },
  ]);
  await link(id).expect(200);
  expect(await knex('devices_exclusion')).toEqual([]);
  expect(await knex('devices_adoption')).toMatchObject([{ netbox_device_id: 9 }]);
  expect(await site.hints()).toEqual([{ ...TELL_7, device_id: 8 }]);
});

test.each([0, -1, 1.5, 2 ** 53, '7', null, undefined, {}])('%j is no device to link to', async (device) => {
  const id = await make(site.api, ROUTERS, { name: 'r1' });
  const { body } = await site.api.post(`${ROUTERS}${id}/link/`, { netbox_device_id: device }).expect(400);
  expect(Object.keys(body.errors)).toEqual(['netbox_device_id']);
});

test('an unlinked router is local and has the status that its device took from it', async () => {
  const id = await make(site.api, ROUTERS, { name: 'r1', status: 'disabled' });
  const netbox = { netbox_device_id: 7, netbox_platform: 'x', delete_after: '2030-01-01T00:00:00Z' };
  await setRouter(site.knex, id, { ...netbox, state: 'out_of_scope', status_before: 'maintenance' });
  const { body } = await unlink(id).expect(200);
  expect(body).toMatchObject({
    ...{ netbox_device_id: null, netbox_platform: null, delete_after: null },
    ...{ state: { value: 'local' }, status: { value: 'maintenance' } },
  });
  expect(await site.knex('devices_router').where({ id }).first('status_before')).toEqual({ status_before: null });
  expect(await newestLine(id)).toMatchObject({
    ...{ action: 'unlinked', netbox_device_id: 7 },
    changes: { netbox_device_id: { from: 7, to: null }, status: { from: 'disabled', to: 'maintenance' } },
  });
  await unlink(id).expect(200);
  expect(await newestLine(id)).toMatchObject({ action: 'unlinked', netbox_device_id: 7 });
  expect((await site.api.get(`${ROUTERS}${id}/audit/`)).body.count).toBe(2);
  await unlink(999).expect(404);
});

test.each(['deleted', 'deleted_in_netbox', 'not_visible'])(
  'a router that is %s is restored as a local one',
  async (state) => {
    const id = await make(site.api, ROUTERS, { name: 'r1', status: 'disabled' });
    await setRouter(site.knex, id, { netbox_device_id: 7, state, status_before: 'enabled' });
    if (state !== 'not_visible') await link(id).expect(409);
    const { body } = await restore(id).expect(200);
    expect(body).toMatchObject({ netbox_device_id: null, state: { value: 'local' }, status: { value: 'enabled' } });
    expect(await newestLine(id)).toMatchObject({
      action: 'restored',
      changes: { state: { from: state, to: 'local' } },
    });
    expect((await site.api.get(ROUTERS).expect(200)).body.count).toBe(1);
  },
);

test.each(['local', 'linked', 'in_sync', 'platform_unknown', 'platform_missing', 'out_of_scope'])(
  'a router that is %s is not restored',
  async (state) => {
    const id = await make(site.api, ROUTERS, { name: 'r1' });
    await setRouter(site.knex, id, { state });
    expect((await restore(id).expect(409)).body.detail).toMatch(new RegExp(`state is ${state}: expected deleted, `));
    await restore(999).expect(404);
  },
);

test('while a router is being changed elsewhere, an unlink waits, and then acts on what is there', async () => {
  const id = await make(site.api, ROUTERS, { name: 'r1' });
  await setRouter(site.knex, id, { netbox_device_id: 7, state: 'in_sync' });
  const trx = await site.knex.transaction();
  await trx('devices_router')
    .where({ id })
    .update({ state: 'out_of_scope', status: 'disabled', status_before: 'maintenance' });
  const waiting = unlink(id).then((answer) => answer);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await trx.commit();
  expect((await waiting).body).toMatchObject({ state: { value: 'local' }, status: { value: 'maintenance' } });
});
