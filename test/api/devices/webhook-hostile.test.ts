import type { Temporal } from '../../../api/temporal/client';
import { rememberRoles } from '../../../store/netbox/roles';
import { noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { classic, deliver, keptHints, webhookApi } from '../../helpers/netbox-webhook';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = webhookApi(database.knex, temporal);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

test.each<[unknown, number]>([
  [1, 1],
  [2 ** 53 - 1, 2 ** 53 - 1],
  ['12', 12],
  ['0012', 12],
  ['9007199254740991', 2 ** 53 - 1],
])('the id %j is that of device %d', async (id, device) => {
  const { body } = await deliver(api, classic({ id })).expect(202);
  expect(body.workflow_id).toBe(`netbox-device-${device}`);
  expect((await keptHints(database.knex)).at(-1)).toMatchObject({ device_id: device });
});

test.each([
  ...[0, -1, 1.5, 2 ** 53, 1e400, 'abc', '', ' 1', '1.0', '-1', '0', '0x10', '1e3', '9007199254740993', '١'],
  ...['99999999999999999999', null, true, false, [], [1], {}, { id: 1 }],
])('the id %j is a 400 that says which are ids', async (id) => {
  const { body } = await deliver(api, classic({ id })).expect(400);
  expect(body.errors).toEqual({ 'data.id': [expect.stringMatching('from 1 to 9007199254740991')] });
});

test('a number that JavaScript cannot tell from its neighbour is no id', async () => {
  await deliver(api, '{"event": "updated", "data": {"id": 9007199254740993}}').expect(400);
  await deliver(api, '{"event": "updated", "data": {"id": 1e0}}').expect(202);
});

test('a UUID is a 400 that speaks of Nautobot', async () => {
  for (const id of ['2f7d4b4e-2a3c-4a7e-9c3a-0b2d6a1e7f55', '2F7D4B4E-2A3C-4A7E-9C3A-0B2D6A1E7F55']) {
    const { body } = await deliver(api, classic({ id })).expect(400);
    expect(body.errors).toEqual({ 'data.id': [expect.stringMatching('Nautobot')] });
  }
});

test.each([
  [{ object_type: 'dcim.site' }, 'dcim.site'],
  [{ object_type: 'virtualization.virtualmachine' }, 'virtualization.virtualmachine'],
  [{ model: 'site' }, 'site'],
  [{ model: 'device', object_type: 'ipam.ipaddress' }, 'ipam.ipaddress'],
  [{ object_type: 'core.job', event: 'job_started', data: { id: 'x' } }, 'core.job'],
])('a webhook of %j is ignored, since it is of %s', async (other, what) => {
  const { body } = await deliver(api, { ...classic(), ...other }).expect(200);
  expect(body).toEqual({ status: 'ignored', reason: `${what} is no device` });
});

test.each([
  {},
  { model: 'device' },
  { object_type: 'dcim.device' },
  { model: 'device', object_type: 'dcim.device' },
  { model: 7 },
])('a webhook with %j is of a device', async (other) => {
  await deliver(api, { ...classic(), ...other }).expect(202);
});

test('a role that is known to be below a configured one, or may be, is looked at', async () => {
  await rememberRoles(database.knex, [
    { id: 1, slug: 'router', parent: null },
    { id: 2, slug: 'edge', parent: 'router' },
    { id: 3, slug: 'peering-edge', parent: 'edge' },
    { id: 4, slug: 'server', parent: null },
    { id: 5, slug: 'one', parent: 'two' },
    { id: 6, slug: 'two', parent: 'one' },
  ]);
  const send = async (role: object) => (await deliver(api, classic({ id: 77, device_role: undefined, role }))).status;
  for (const slug of ['edge', 'peering-edge']) expect([slug, await send({ slug })]).toEqual([slug, 202]);
  for (const slug of ['server', 'one', 'unheard-of'])
    expect([slug, await send({ slug, _depth: 0 })]).toEqual([slug, 200]);
  expect(await send({ slug: 'unheard-of', _depth: 1 })).toBe(202);
  expect(await send({ slug: 'x'.repeat(200), _depth: 0 })).toBe(202);
});

test('without configured roles every device is looked at', async () => {
  const all = webhookApi(database.knex, temporal, { roles: [] });
  await deliver(all, classic({ device_role: { slug: 'anything' } })).expect(202);
});

test('the role of later versions decides where both are there', async () => {
  const both = { role: { slug: 'router' }, device_role: { slug: 'server' } };
  await deliver(api, classic(both)).expect(202);
});

const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  '\0',
  '\ud800',
  'x'.repeat(20_000),
  [],
  [[]],
  {},
  { slug: '\0' },
  '__proto__',
];

test.each([
  'event',
  'data',
  'object_type',
  'model',
  'request_id',
  'username',
  'request',
  'snapshots',
  'timestamp',
  'context',
])('no value of %s in a webhook fails on our side', async (field) => {
  for (const value of VALUES) {
    const { status } = await deliver(api, { ...classic(), [field]: value });
    expect([field, value, status < 500]).toEqual([field, value, true]);
  }
});

test.each(['id', 'name', 'role', 'device_role', 'platform', 'status', 'tags', 'local_context_data', '_depth'])(
  'no value of the %s of a device in a webhook fails on our side',
  async (field) => {
    for (const value of VALUES) {
      const { status } = await deliver(api, classic({ role: { slug: 'switch', [field]: value }, [field]: value }));
      expect([field, value, status < 500]).toEqual([field, value, true]);
    }
  },
);

test('members that every object has are no members of a webhook', async () => {
  const body = '{"__proto__": {"event": "updated"}, "constructor": {}, "data": {"__proto__": {"id": 1}}}';
  const { body: answer } = await deliver(api, body).expect(400);
  expect(Object.keys(answer.errors)).toEqual(['event', 'data.id']);
});

test('a webhook larger than 8 MiB is a 413; one with much context data is taken', async () => {
  const large = (kilobytes: number) =>
    deliver(api, classic({ local_context_data: { text: 'x'.repeat(kilobytes * 1024) } }));
  await large(1024).expect(202);
  await large(9 * 1024).expect(413);
});

test('none of these webhooks was logged as an error of ours', () => {
  expect(api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
