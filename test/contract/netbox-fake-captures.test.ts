import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReceiver, type Received, type Receiver } from '../fakes/netbox/receiver';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';

interface Capture {
  readonly method: string;
  readonly headers: readonly [string, string][];
  readonly body: Buffer;
}

const SECRET = 's3cr3t';
let receiver: Receiver;
let fake: FakeNetbox;
let id: number;

beforeAll(async () => {
  receiver = await startReceiver();
});
beforeEach(async () => {
  const headers = { Authorization: 'Token receiver-token-123', 'X-Device': 'lab' };
  fake = await startFakeNetbox({ webhooks: [{ url: receiver.url, secret: SECRET, headers }] });
  ({ id } = fake.state.createDevice(CREATED));
  await fake.webhooks.idle();
  receiver.received.splice(0);
});
afterEach(() => fake.close());
afterAll(() => receiver.close());

const CREATED = {
  name: 'lab-rtr1.paris',
  role: 1,
  device_type: 3,
  site: 3,
  platform: 1,
  status: 'planned',
  tags: ['peering'],
  custom_fields: { peering_enabled: true, local_asn: 65001 },
  local_context_data: { bgp: { router_id: '10.9.9.9' } },
  comments: 'h\u00e9llo \u2013 \u00fcn\u00efcode \u2713',
};
const LAB = { role: 3, device_type: 3, site: 3 };

function capture(name: string): Capture {
  const file = join(__dirname, '../fixtures/netbox', `${name}.json`);
  const { body_b64, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  return { ...rest, body: Buffer.from(body_b64, 'base64') };
}

/** What the fake sent since the last call. */
async function received(): Promise<Received[]> {
  await fake.webhooks.idle();
  return receiver.received.splice(0);
}

/** The names of all members, in order, through all levels; of arrays the first member tells. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.entries(value).map(([name, member]) => [name, shape(member)]);
}

function expectLike(sent: Received, name: string): void {
  const real = capture(name);
  expect(sent.method).toBe(real.method);
  const unsigned = (headers: readonly (readonly [string, string])[]): string[] =>
    headers
      .map(([header]) => header)
      .filter((header) => !['X-Hook-Signature', 'Authorization', 'X-Device'].includes(header));
  expect(unsigned(sent.headers)).toEqual(unsigned(real.headers));
  expect(shape(parse(sent.body))).toEqual(shape(parse(real.body)));
}

const parse = (body: Buffer): any => JSON.parse(body.toString('utf8')); // eslint-disable-line @typescript-eslint/no-explicit-any

const CHANGES: [name: string, before: object, change: object][] = [
  ['update-rename', {}, { name: 'lab-rtr1-new.paris' }],
  ['update-status', {}, { status: 'active' }],
  ['update-role', {}, { role: 2 }],
  ['update-platform', {}, { platform: 2 }],
  ['update-platform-null', { platform: 2 }, { platform: null }],
  [
    'update-local-context',
    { platform: null },
    { local_context_data: { bgp: { router_id: '10.9.9.10', extra: [1, 2] } } },
  ],
  [
    'update-local-context-null',
    { platform: null, local_context_data: { bgp: { router_id: '10.9.9.10', extra: [1, 2] } } },
    { local_context_data: null },
  ],
  [
    'update-tags-cf',
    { platform: null, local_context_data: null },
    { tags: ['core'], custom_fields: { local_asn: 65002 } },
  ],
  [
    'update-multi',
    { platform: null, local_context_data: null },
    { name: 'lab-rtr1.paris', status: 'offline', role: 1, platform: 3 },
  ],
  ['update-noop', { local_context_data: null }, {}],
  ['update-primary-ip', { local_context_data: null }, { primary_ip4: '10.99.0.1/32' }],
];

test.each(CHANGES)('the webhook of %s has the members of the real one, in its order', async (name, before, change) => {
  fake.state.updateSilently(id, before);
  fake.state.updateDevice(id, change);
  const [sent] = await received();
  expectLike(sent!, name);
});

test('a created device is told with the bytes of the real webhook, but for ids, times and counts', async () => {
  fake.state.createDevice({ ...CREATED, name: 'lab-rtr1.paris' });
  const [sent] = await received();
  expectLike(sent!, 'create');
  const neutral = (body: Buffer): string =>
    body
      .toString('latin1')
      .replace(/"(timestamp|created|last_updated)": "[^"]+"/g, '"$1": ""')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
      .replace(/"device_count": \d+/g, '"device_count": 0')
      .replace(/devices\/\d+/g, 'devices/')
      .replace(/"id": \d+, "url": "\/api\/dcim\/devices/g, '"url": "/api/dcim/devices');
  expect(neutral(sent!.body)).toBe(neutral(capture('create').body));
});

test('a deleted device is told as the real one, with what it was and without what it is', async () => {
  fake.state.updateSilently(id, { local_context_data: null, primary_ip4: '10.99.0.1/32' });
  fake.state.deleteDevice(id);
  const [sent] = await received();
  expectLike(sent!, 'delete');
});

test('bulk changes send a webhook each, which share their request id', async () => {
  const made = fake.state.bulkCreate(['lab-b0', 'lab-b1', 'lab-b2'].map((name) => ({ ...LAB, name })));
  const ids = made.map((device) => device.id);
  fake.state.bulkUpdate(ids.map((each) => ({ id: each, status: 'staged' })));
  fake.state.bulkDelete(ids);
  const all = await received();
  expect(all).toHaveLength(9);
  const requests = all.map(({ body }) => parse(body).request_id as string);
  expect([0, 3, 6].map((first) => new Set(requests.slice(first, first + 3)).size)).toEqual([1, 1, 1]);
  expect(new Set(requests).size).toBe(3);
  for (const [index, kind] of ['create', 'update', 'delete'].entries())
    for (const nth of [1, 2, 3]) expectLike(all[index * 3 + nth - 1]!, `bulk-${kind}-${nth}`);
});

test('a deleted platform is told as an update of each of its devices', async () => {
  const platform = fake.state.createPlatform('Lab OS');
  fake.state.createDevice({ ...LAB, name: 'lab-c', platform: platform.id });
  await received();
  fake.state.deletePlatform(platform.id);
  const sent = await received();
  expect(sent).toHaveLength(1);
  expectLike(sent[0]!, 'side-platform-deleted');
  const { data, request, snapshots } = parse(sent[0]!.body);
  expect([data.platform, request.method, request.path]).toEqual([
    null,
    'DELETE',
    `/api/dcim/platforms/${platform.id}/`,
  ]);
  expect([snapshots.prechange.platform, snapshots.postchange.platform]).toEqual([platform.id, null]);
});

test('what was rolled back is told as the real phantoms are, and leaves no row in the change log', async () => {
  const phantom = fake.state.createDevice({ ...LAB, name: 'ph-A' });
  await received();
  const rows = fake.state.changes.rows.length;
  fake.state.rolledBackUpdate(phantom.id, { status: 'failed' });
  fake.state.rolledBackDelete([phantom.id]);
  const [updated, deleted] = await received();
  expectLike(updated!, 'phantom-updated-rolled-back');
  expectLike(deleted!, 'phantom-deleted-rolled-back');
  expect(parse(updated!.body).data.status.value).toBe('failed');
  expect(fake.state.devices.get(phantom.id)).toMatchObject({ status: 'active' });
  expect(fake.state.changes.rows).toHaveLength(rows);
});

test('the signature covers the bytes of the body, as on the real webhooks', async () => {
  fake.state.updateDevice(id, { comments: '\u00e9 \u{1f600} "\\', local_context_data: { list: [1, [2, 3]] } });
  const [sent] = await received();
  const sign = (body: Buffer): string => createHmac('sha512', SECRET).update(body).digest('hex');
  const real = capture('update-multi');
  for (const { headers, body } of [sent!, real]) expect(new Map(headers).get('X-Hook-Signature')).toBe(sign(body));
  expect(sent!.headers.map(([name]) => name)).toEqual(real.headers.map(([name]) => name));

  expect(sent!.body.toString('latin1')).toMatch(/^[\x00-\x7f]*$/);
  expect(sent!.body.toString('latin1')).toContain('"local_context_data": {"list": [1, [2, 3]]}');
  expect(parse(sent!.body).data.comments).toBe('\u00e9 \u{1f600} "\\');
});

test('the template of the small payload renders what the real one does', async () => {
  const target = `${receiver.url}?small`;
  fake.webhooks.addTarget({ url: target, secret: 'k2', bodyTemplate: 'classic' });
  fake.state.updateDevice(id, { local_context_data: { local: { n: 0 }, bgp: { router_id: '10.0.0.0' } } });
  const sent = await received();
  const small = sent.find(({ path }) => path.endsWith('?small'));
  expectLike(small!, 'template-classic');
});

test('changes over the API are told with the request that made them', async () => {
  const response = await fetch(`${fake.url}/api/dcim/devices/${id}/`, {
    method: 'PATCH',
    headers: { Authorization: `Token ${FAKE_NETBOX_TOKEN}` },
    body: JSON.stringify({ status: 'active' }),
  });
  const [sent] = await received();
  const request_id = response.headers.get('x-request-id');
  const path = `/api/dcim/devices/${id}/`;
  expect(parse(sent!.body)).toMatchObject({
    request_id,
    request: { id: request_id, method: 'PATCH', path, user: 'admin' },
  });
  expect(fake.state.changes.rows.at(-1)).toMatchObject({ request_id, action: 'update', user_name: 'admin' });
});
