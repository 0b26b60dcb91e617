import request from 'supertest';
import { PLATFORM_KIND } from '../../../api/routes/devices/platforms';
import { ROUTER_KIND } from '../../../api/routes/devices/routers-fields';
import { ADMIN } from '../../helpers/api';
import { createDevicesSite, PLATFORMS, ROUTERS, type DevicesSite } from '../../helpers/devices';
import { BAD_FILTERS } from '../../helpers/hostile';
import { make } from '../../helpers/peering';

let site: DevicesSite;

beforeAll(async () => {
  site = await createDevicesSite();
  await make(site.api, ROUTERS, { name: 'r1' });
});

afterAll(() => site.close());

const LISTS = [
  ...[PLATFORMS, ROUTERS, `${ROUTERS}1/audit/`, '/api/devices/adoptions/', '/api/devices/exclusions/'],
  '/api/devices/netbox-devices/',
];

test.each(LISTS)('of the devices, no bad filter of %s is answered, and none fails on our side', async (list) => {
  for (const filter of [...BAD_FILTERS, 'custom_fields=1', 'local_context_data__ic=x', 'changes=1']) {
    const answer = await site.api.get(`${list}?${filter}`);
    expect([filter, answer.status, answer.type]).toEqual([filter, 400, 'application/problem+json']);
  }
});

const deepText = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const deep = (levels: number): unknown => JSON.parse(deepText(levels));

/** Values of every kind that a field may not be able to hold. */
const VALUES = [
  ...[null, true, 0, -1, 1.5, 1e400, 2 ** 53, 2 ** 31, '', ' ', '0', '\0', 'a\0b', '\ud800', 'x'.repeat(20_000)],
  ...[[], [1], ['\0'], ['\ud800'], [[]], {}, { value: 'enabled' }, { '\0': '\0' }, { a: { '\ud800': '\ud800' } }],
  ...['; DROP TABLE devices_router', '192.0.2.1/24', '999.1.1.1', '::/0', '::ffff:192.0.2.1', '💩', 'constructor'],
  ...[JSON.parse('{"__proto__": {"x": 1}}'), { a: 1e308 }, { a: '\0' }, deep(500), { a: [deep(500)] }],
];

test.each([PLATFORM_KIND, ROUTER_KIND])('of the devices, no value of any field of $path fails', async (kind) => {
  const { api, send } = site;
  for (const field of Object.keys(kind.fields)) {
    for (const [index, value] of VALUES.entries()) {
      const posted = await api.post(kind.path, { name: `${field} ${index}`, [field]: value });
      const patched = await send('patch', `${kind.path}1/`, { [field]: value });
      for (const { status } of [posted, patched]) expect([field, value, status < 500]).toEqual([field, value, true]);
    }
  }
});

test('of the devices, a document of thousands of levels is refused', async () => {
  const body = `{"name": "deep", "local_context_data": ${deepText(20_000)}}`;
  const { body: problem } = await request(site.api.app)
    .post(ROUTERS)
    .set({ Authorization: `Token ${ADMIN}`, 'Content-Type': 'application/json' })
    .send(body)
    .expect(400);
  expect(Object.keys(problem.errors)).toEqual(['local_context_data']);
});

test('of the devices, nothing that can be done with one fails for a bad value', async () => {
  const { api, send } = site;
  for (const value of VALUES) {
    const { status } = await api.post(`${ROUTERS}1/link/`, { netbox_device_id: value });
    expect([value, status < 500]).toEqual([value, true]);
    for (const action of ['unlink', 'restore', 'link'])
      expect((await api.post(`${ROUTERS}1/${action}/`, { x: value })).status).toBe(400);
  }
  for (const query of ['exclude=', 'exclude=%00', 'exclude=1&exclude=1', 'x=1'])
    expect([query, (await send('delete', `${ROUTERS}1/?${query}`)).status]).toEqual([query, 400]);
  for (const id of ['0', '99999999999', 'x', '%00', '-1'])
    for (const rest of ['', 'audit/']) await api.get(`${ROUTERS}${id}/${rest}`).expect(404);
});

test('none of what devices were asked was logged as an error of ours', () => {
  expect(site.api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
