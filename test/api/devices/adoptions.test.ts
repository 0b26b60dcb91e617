import { createDevicesSite, ROUTERS, setRouter, type DevicesSite } from '../../helpers/devices';
import { make } from '../../helpers/peering';

const ADOPTIONS = '/api/devices/adoptions/';
const NETBOX_DEVICES = '/api/devices/netbox-devices/';

let site: DevicesSite;

beforeEach(async () => {
  site = await createDevicesSite();
});

afterEach(() => site.close());

/** A router that is proposed for device 7; the ids of both. */
async function proposed(): Promise<{ router: number; id: number }> {
  const { api, knex } = site;
  const router = await make(api, ROUTERS, { name: 'r1' });
  const adoption = { netbox_device_id: 7, router, reason: 'it has the same name', state: 'proposed' };
  const [made] = await knex('devices_adoption')
    .insert({ ...adoption, created: api.now.toISOString() })
    .returning('id');
  return { router, id: made.id };
}

const TOLD = [{ device_id: 7, layer: 'person', username: 'bootstrap' }];

test('a proposal is accepted: the router is linked, the proposal gone, and the device looked at', async () => {
  const { api, hints } = site;
  const { router, id } = await proposed();
  const { body: list } = await api.get(ADOPTIONS).expect(200);
  expect(list.results).toMatchObject([
    { id, netbox_device_id: 7, router, reason: 'it has the same name', state: { value: 'proposed' } },
  ]);
  const { body } = await api.post(`${ADOPTIONS}${id}/accept/`).expect(200);
  expect(body).toMatchObject({ id: router, netbox_device_id: 7, state: { value: 'linked' } });
  const { body: lines } = await api.get(`${ROUTERS}${router}/audit/`).expect(200);
  expect(lines.results[0]).toMatchObject({ action: 'linked', layer: 'person', netbox_device_id: 7 });
  expect((await api.get(ADOPTIONS).expect(200)).body.count).toBe(0);
  expect(await hints()).toEqual(TOLD);
  await api.post(`${ADOPTIONS}${id}/accept/`).expect(404);
});

test('a proposal is rejected: it is remembered, and the device looked at', async () => {
  const { api, hints } = site;
  const { router, id } = await proposed();
  const { body } = await api.post(`${ADOPTIONS}${id}/reject/`).expect(200);
  expect(body).toMatchObject({ id, router, state: { value: 'rejected', label: 'Rejected' } });
  expect(await hints()).toEqual(TOLD);
  expect((await api.get(`${ADOPTIONS}?state=proposed`).expect(200)).body.count).toBe(0);
  await api.post(`${ADOPTIONS}999/reject/`).expect(404);
});

test('a proposal that was overtaken is not accepted', async () => {
  const { api, knex } = site;
  const { id } = await proposed();
  const other = await make(api, ROUTERS, { name: 'other' });
  await setRouter(knex, other, { netbox_device_id: 7, state: 'in_sync' });
  const { body } = await api.post(`${ADOPTIONS}${id}/accept/`).expect(409);
  expect(body.detail).toBe(`netbox_device_id 7 is linked to router ${other} (other) already`);
});

test('a proposal ends with its router', async () => {
  const { router } = await proposed();
  await site.send('delete', `${ROUTERS}${router}/`).expect(204);
  expect((await site.api.get(ADOPTIONS).expect(200)).body.count).toBe(0);
});

test('devices to choose from are those in scope, by what NetBox shows, with their routers and their age', async () => {
  const { api, knex } = site;
  const read_at = '2026-01-02T03:04:05Z';
  const device = { in_scope: true, reading: 1, read_at };
  await knex('netbox_device').insert([
    { ...device, id: 7, name: 'r1.par', display: 'r1.par', primary_ip4: '192.0.2.1' },
    { ...device, id: 8, name: null, display: 'MX204 (8)', primary_ip6: '2001:db8::8' },
    { ...device, id: 9, name: 'server', display: 'server', in_scope: false },
  ]);
  const router = await make(api, ROUTERS, { name: 'r1.par' });
  await setRouter(knex, router, { netbox_device_id: 7, state: 'in_sync' });
  const { body } = await api.get(NETBOX_DEVICES).expect(200);
  expect(body.results).toEqual([
    { id: 8, display: 'MX204 (8)', name: null, primary_ip4: null, primary_ip6: '2001:db8::8', router: null, read_at },
    { id: 7, display: 'r1.par', name: 'r1.par', primary_ip4: '192.0.2.1', primary_ip6: null, router, read_at },
  ]);
  const idsOf = async (query: string) =>
    (await api.get(`${NETBOX_DEVICES}?${query}`).expect(200)).body.results.map(({ id }: { id: number }) => id);
  expect(await idsOf('q=mx204')).toEqual([8]);
  expect(await idsOf('q=192.0.2')).toEqual([7]);
  expect(await idsOf('q=2001:db8::8')).toEqual([8]);
  expect(await idsOf('q=server')).toEqual([]);
  expect(await idsOf('router__empty=true')).toEqual([8]);
  expect((await api.get(`${NETBOX_DEVICES}?format=csv&fields=id,display`).expect(200)).text).toBe(
    'id,display\n8,MX204 (8)\n7,r1.par\n',
  );
});

describe('while the link to NetBox is off', () => {
  beforeEach(async () => {
    await site.close();
    site = await createDevicesSite(['NETBOX_API', 'NETBOX_API_TOKEN']);
  });

  test('what needs it says so, and names what is missing', async () => {
    const { api } = site;
    const { router, id } = await proposed();
    const answers = [
      await api.get(NETBOX_DEVICES),
      await api.post(`${ROUTERS}${router}/link/`, { netbox_device_id: 7 }),
      await api.post(`${ADOPTIONS}${id}/accept/`),
      await api.post(`${ADOPTIONS}${id}/reject/`),
    ];
    for (const { status, body } of answers) {
      expect([status, body.type]).toEqual([503, 'urn:crossconnect:problem:netbox-off']);
      expect(body.detail).toMatch(/NETBOX_API and NETBOX_API_TOKEN/);
    }
    await api.post(`${ROUTERS}${router}/unlink/`).expect(200);
    await api.get(ROUTERS).expect(200);
  });

  test('an exclusion ends, and nobody is told', async () => {
    const created = site.api.now.toISOString();
    await site.knex('devices_exclusion').insert({ netbox_device_id: 7, name: 'r1', created, created_by: 'alice' });
    await site.send('delete', '/api/devices/exclusions/7/').expect(204);
    expect(await site.hints()).toEqual([]);
  });
});
