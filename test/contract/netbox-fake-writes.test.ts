import { ask, type AskOptions, type Asked } from '../fakes/netbox/ask';
import { startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';
import { startReceiver, type Receiver } from '../fakes/netbox/receiver';

let fake: FakeNetbox;
let receiver: Receiver;
const DEVICES = '/api/dcim/devices/';
const CHANGES = '/api/core/object-changes/';
const NEW = { role: 1, device_type: 1, site: 1 };
const call = (path: string, options: AskOptions = {}): Promise<Asked> => ask(`${fake.url}${path}`, options);
const changesOf = async (query: string): Promise<any> => (await call(`${CHANGES}?${query}`)).json(); // eslint-disable-line @typescript-eslint/no-explicit-any

async function told(): Promise<[event: string, id: number][]> {
  await fake.webhooks.idle();
  return receiver.received.splice(0).map(({ body }): [string, number] => {
    const { event, data } = JSON.parse(body.toString('utf8')) as { event: string; data: { id: number } };
    return [event, data.id];
  });
}

beforeEach(async () => {
  receiver = await startReceiver();
  fake = await startFakeNetbox({ webhooks: [{ url: receiver.url }] });
});
afterEach(async () => {
  await fake.close();
  await receiver.close();
});

test('a device is created, changed and deleted over the API, and each leaves its traces', async () => {
  const created = await call(DEVICES, { method: 'POST', body: { ...NEW, name: 'a', tags: [{ slug: 'core' }] } });
  const { id, tags } = created.json();
  expect([created.status, tags[0].slug]).toEqual([201, 'core']);
  const changed = await call(`${DEVICES}${id}/`, { method: 'PATCH', body: { status: 'offline' } });
  expect([changed.status, changed.json().status]).toEqual([200, { value: 'offline', label: 'Offline' }]);
  expect((await call(`${DEVICES}${id}/`, { method: 'DELETE' })).status).toBe(204);
  expect(await told()).toEqual([
    ['created', id],
    ['updated', id],
    ['deleted', id],
  ]);
  const { results } = await changesOf(`changed_object_type=dcim.device&changed_object_id=${id}&ordering=id`);
  expect(results.map((row: { action: { value: string } }) => row.action.value)).toEqual(['create', 'update', 'delete']);
  expect(results[1]).toMatchObject({
    request_id: changed.headers['x-request-id'],
    user_name: 'admin',
    prechange_data: { status: 'active' },
    postchange_data: { status: 'offline' },
  });
  expect([results[0].prechange_data, results[2].postchange_data]).toEqual([{}, {}]);
});

test('objects in JSON come back with their keys by length, as PostgreSQL keeps them', async () => {
  fake.state.updateDevice(1, { local_context_data: { bb: { cc: 1, d: [{ ee: 1, f: 2 }] }, a: 2 } });
  expect((await call(`${DEVICES}1/?fields=local_context_data`)).text).toBe(
    '{"local_context_data":{"a":2,"bb":{"d":[{"f":2,"ee":1}],"cc":1}}}',
  );
});

test('many devices are created, changed and deleted in one request each', async () => {
  const bodies = ['a', 'b', 'c'].map((name) => ({ ...NEW, name }));
  const made = (await call(DEVICES, { method: 'POST', body: bodies })).json() as { id: number }[];
  const ids = made.map(({ id }) => ({ id }));
  const patched = await call(DEVICES, { method: 'PATCH', body: ids.map((each) => ({ ...each, status: 'staged' })) });
  expect(patched.json()).toHaveLength(3);
  expect((await call(DEVICES, { method: 'DELETE', body: ids })).status).toBe(204);
  expect(await told()).toHaveLength(9);
  const { count } = await changesOf(`request_id=${String(patched.headers['x-request-id'])}`);
  expect(count).toBe(3);
});

test('many deletions with a protected device are refused with 409, and told for those before it', async () => {
  const [a, b, c] = fake.state.bulkCreate(['ph-A', 'ph-B', 'ph-C'].map((name) => ({ ...NEW, name })));
  fake.state.protect(b!.id);
  await told();
  const refused = await call(DEVICES, { method: 'DELETE', body: [c, b, a].map((each) => ({ id: each!.id })) });
  expect(refused.status).toBe(409);
  expect(refused.json().detail).toContain('Unable to delete object. 1 dependent objects were found');
  expect(await told()).toEqual([['deleted', a!.id]]);
  expect((await call(`${DEVICES}${a!.id}/`)).status).toBe(200);
  expect((await changesOf(`request_id=${String(refused.headers['x-request-id'])}`)).count).toBe(0);
});

test('many changes with one that is invalid are refused with 400, and told for those before it', async () => {
  const [a, b] = fake.state.bulkCreate(['ph-A', 'ph-B'].map((name) => ({ ...NEW, name })));
  await told();
  const body = [
    { id: a!.id, status: 'failed' },
    { id: b!.id, status: 'broken' },
  ];
  const refused = await call(DEVICES, { method: 'PATCH', body });
  expect([refused.status, refused.json()]).toEqual([400, { status: ['broken is not a valid choice.'] }]);
  expect(await told()).toEqual([['updated', a!.id]]);
  expect((await call(`${DEVICES}${a!.id}/`)).json().status.value).toBe('active');
  expect((await changesOf(`request_id=${String(refused.headers['x-request-id'])}`)).count).toBe(0);
});

test('several changes of one device in a request are told and logged as one', async () => {
  fake.state.bulkUpdate([
    { id: 1, status: 'failed' },
    { id: 1, comments: 'twice' },
  ]);
  expect(await told()).toEqual([['updated', 1]]);
  expect(fake.state.changes.rows).toMatchObject([{ postchange_data: { status: 'failed', comments: 'twice' } }]);
  expect(fake.state.devices.get(1)).toMatchObject({ status: 'failed', comments: 'twice' });
});

test('what is not there cannot be changed or deleted', async () => {
  for (const method of ['PATCH', 'DELETE'] as const) {
    const refused = await call(`${DEVICES}999/`, { method, body: {} });
    expect([refused.status, refused.json()]).toEqual([404, { detail: 'No Device matches the given query.' }]);
  }
  expect(await told()).toEqual([]);
});

test('a device without a name shows its type and id, and two saves never share an instant', async () => {
  const made = fake.state.bulkCreate(Array.from({ length: 50 }, () => NEW));
  const { id } = made[0]!;
  expect((await call(`${DEVICES}${id}/?brief=1`)).json()).toMatchObject({
    name: null,
    display: `Juniper MX204 (${id})`,
  });
  expect(new Set(made.map(({ last_updated }) => last_updated)).size).toBe(50);
});

test('a change that is invalid names its field', async () => {
  const bad = async (body: object): Promise<string[]> =>
    Object.keys((await call(`${DEVICES}1/`, { method: 'PATCH', body })).json() as object);
  expect(await bad({ role: 999 })).toEqual(['role']);
  expect(await bad({ platform: { slug: 'nothing' } })).toEqual(['platform']);
  expect(await bad({ name: 'x'.repeat(65) })).toEqual(['name']);
  expect((await call(DEVICES, { method: 'POST', body: { name: 'a' } })).json()).toEqual({
    device_type: ['This field is required.'],
  });
});

test('a save that changes nothing is told, but leaves no row in the change log', async () => {
  const before = fake.state.devices.get(1)!;
  fake.state.updateDevice(1, {});
  expect(await told()).toEqual([['updated', 1]]);
  expect((await changesOf('')).count).toBe(0);
  expect(fake.state.devices.get(1)!.last_updated).toBeGreaterThan(before.last_updated);
});

test('what is written past NetBox is neither told nor logged', async () => {
  fake.state.updateSilently(1, { status: 'failed' });
  fake.state.deleteSilently(2);
  expect(fake.state.insertSilently(3)).toEqual([21, 22, 23]);
  expect((await call(DEVICES)).json().count).toBe(22);
  expect(await told()).toEqual([]);
  expect((await changesOf('')).count).toBe(0);
});

test('a renamed role or platform is no device event, and shows on every device', async () => {
  const device = fake.state.createDevice({ ...NEW, platform: 1 });
  await told();
  expect((await call(`${DEVICES}${device.id}/`)).json().role.slug).toBe('router');
  fake.state.renameRole(1, 'Border Router', 'border-router');
  fake.state.renamePlatform(1, 'Junos', 'junos');
  expect(await told()).toEqual([]);
  const { role, platform } = (await call(`${DEVICES}${device.id}/`)).json();
  expect([role.slug, platform.slug]).toEqual(['border-router', 'junos']);
  expect((await changesOf('changed_object_type=dcim.devicerole')).count).toBe(1);
});

test('ids of the change log have gaps, and older rows expire', async () => {
  for (let round = 0; round < 60; round += 1) fake.state.updateDevice(1, { comments: `${round}` });
  const { rows } = fake.state.changes;
  const ids = rows.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
  expect(ids.at(-1)! - ids[0]!).toBeGreaterThan(59);
  fake.state.changes.expire(ids[50]);
  expect((await changesOf('limit=0&ordering=id')).results.map(({ id }: { id: number }) => id)).toEqual(ids.slice(50));
});

test('a row of the change log can appear after one with a higher id', async () => {
  fake.state.changes.holdNext();
  fake.state.updateDevice(1, { comments: 'early' });
  fake.state.updateDevice(2, { comments: 'late' });
  const seen = async (): Promise<number[]> =>
    (await changesOf('start=0')).results.map((row: { changed_object_id: number }) => row.changed_object_id);
  expect(await seen()).toEqual([2]);
  fake.state.changes.commitLate();
  expect(await seen()).toEqual([1, 2]);
});

test('the change log is filtered by id, action, object and time, newest first', async () => {
  fake.state.updateDevice(1, { comments: 'x' });
  fake.state.deleteDevice(2);
  const [first, second] = fake.state.changes.rows;
  const idsOf = async (query: string): Promise<number[]> =>
    (await changesOf(query)).results.map(({ id }: { id: number }) => id);
  expect(await idsOf('')).toEqual([second!.id, first!.id]);
  expect(await idsOf(`id__gt=${first!.id}`)).toEqual([second!.id]);
  expect(await idsOf('action=update')).toEqual([first!.id]);
  expect(await idsOf('changed_object_id=2')).toEqual([second!.id]);
  expect(await idsOf('changed_object_type=dcim.site')).toEqual([]);
  const { time } = (await call(`${CHANGES}${second!.id}/`)).json();
  expect(await idsOf(`time_after=${time}`)).toEqual([second!.id]);
  expect((await call(`${CHANGES}?request_id=x`)).status).toBe(400);
});
