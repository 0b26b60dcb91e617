import { randomUUID } from 'node:crypto';
import { classic, deliver, sign } from '../../helpers/netbox-webhook';
import { createNetboxSite, type NetboxSite } from '../../helpers/netbox-site';

let site: NetboxSite;

beforeEach(async () => {
  site = await createNetboxSite({ devices: 0, secret: 's3cr3t' });
});

afterEach(() => site.close());

const ROUTER = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;

/** Sends a webhook as if it came from NetBox, signed. */
async function send(body: object | string): Promise<number> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await deliver(site.api, text, { headers: { 'X-Hook-Signature': sign(text, 's3cr3t') } })).status;
}

/** A webhook of a request that was not heard of yet. */
const news = (device: object, event: string): object => ({ ...classic(device, event), request_id: randomUUID() });

/** The newest webhook that NetBox sent. */
const newest = (): string => site.fake.webhooks.sent.at(-1)!.body;

test('a late webhook of a device that was deleted does not bring its router back', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r1' });
  fake.state.updateDevice(id, { name: 'r2' });
  await site.settled();
  const late = newest();
  fake.state.deleteDevice(id);
  await site.settled();
  for (const body of [late, news({ id, name: 'r2' }, 'updated'), news({ id, name: 'r2' }, 'created')])
    expect(await send(body)).toBe(202);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'r2', state: 'deleted', status: 'disabled' }]);
});

test('a deletion hides a router and keeps it, however often it is told', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'r1' });
  await site.settled();
  fake.state.deleteDevice(id);
  await site.settled();
  expect([await send(newest()), await send(news({ id }, 'deleted'))]).toEqual([202, 202]);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ state: 'deleted', delete_after: expect.stringMatching(/Z$/) }]);
  expect((await site.audit()).map(({ action }) => action)).toEqual(['created', 'deleted']);
});

test('webhooks of a device that NetBox does not have make no router', async () => {
  for (const event of ['created', 'updated', 'deleted']) expect(await send(news({ id: 4711 }, event))).toBe(202);
  expect(await send(news({ id: 4711 }, 'foo'))).toBe(400);
  await site.settled();
  expect(await site.routers()).toEqual([]);
});

test('webhooks of one device that arrive at once under several names make one router, with its name in NetBox', async () => {
  const { fake } = site;
  fake.webhooks.lose(1);
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'right' });
  const names = ['a', 'b', 'c', 'd'];
  const answers = await Promise.all(names.map((name) => send(news({ id, name }, 'created'))));
  expect(answers).toEqual([202, 202, 202, 202]);
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'right', netbox_device_id: id }]);
  expect(await Promise.all([send(news({ id, name: 'e' }, 'updated'))])).toEqual([202]);
  await site.settled();
  expect(await site.routers()).toHaveLength(1);
});

test('an older name that arrives late does not replace the newer one', async () => {
  const { fake } = site;
  const { id } = fake.state.createDevice({ ...ROUTER, name: 'older' });
  await site.settled();
  const [created] = fake.webhooks.sent;
  fake.state.updateDevice(id, { name: 'newer', local_context_data: { a: 1 } });
  await site.settled();
  await send(created!.body);
  await send(news({ id, name: 'older', local_context_data: null }, 'updated'));
  await site.settled();
  expect(await site.routers()).toMatchObject([{ name: 'newer', hostname: 'newer', local_context_data: { a: 1 } }]);
});

test('names need not be there, and need not be of one router only', async () => {
  const { fake } = site;
  const long = 'n'.repeat(64);
  for (const name of ['same', 'same', long, null]) fake.state.createDevice({ ...ROUTER, name });
  await site.settled();
  const names = (await site.routers()).map(({ name }) => name);
  expect(names.toSorted()).toEqual([expect.stringMatching(/^\w.+ \(\d+\)$/), long, 'same', 'same'].toSorted());
});

test('a platform that nobody knows here, or that a device has not, is a state of its router', async () => {
  const { fake } = site;
  const platform = fake.state.createPlatform('Nobody Knows');
  const unknown = fake.state.createDevice({ ...ROUTER, name: 'unknown', platform: platform.id });
  fake.state.createDevice({ ...ROUTER, name: 'none', platform: null });
  await site.settled();
  const stateByName = async () => new Map((await site.routers()).map(({ name, state }) => [name, state]));
  expect(await stateByName()).toEqual(
    new Map([
      ['unknown', 'platform_unknown'],
      ['none', 'platform_missing'],
    ]),
  );
  fake.state.updateDevice(unknown.id, { platform: 'arista-eos' });
  await site.settled();
  expect((await stateByName()).get('unknown')).toBe('in_sync');
});
