import { ask } from '../fakes/netbox/ask';
import { startReceiver, type Receiver } from '../fakes/netbox/receiver';
import { spawnFakeNetbox, type RemoteNetbox } from '../fakes/netbox/remote';

let fake: RemoteNetbox;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  fake = await spawnFakeNetbox({ devices: 5, version: '4.3', webhooks: [{ url: receiver.url, secret: 'far' }] });
});
afterAll(async () => {
  await fake.close();
  await receiver.close();
});

test('a NetBox in another process is changed, asked and made to fail from here', async () => {
  const authorization = `Token ${fake.token}`;
  await fake.setUser('noc');
  const device = await fake.state.createDevice({ name: 'far', role: 'router', site: 1, device_type: 1 });
  await fake.webhooks.idle();
  expect(receiver.received).toHaveLength(1);
  expect(await fake.sent()).toMatchObject([{ event: 'created', id: device.id, status: 200 }]);
  expect(await fake.changeRows()).toMatchObject([{ action: 'create', user_name: 'noc', changed_object_id: device.id }]);
  expect((await fake.devices()).map(({ name }) => name)).toContain('far');
  const { headers } = await ask(`${fake.url}/api/status/`, { authorization });
  expect(headers['api-version']).toBe('4.3');
  await fake.faults.set({ refuse: { status: 500, count: 1 } });
  expect((await ask(`${fake.url}/api/status/`, { authorization })).status).toBe(500);
  expect(await fake.faults.hits()).toEqual({ refuse: 1 });
  await fake.webhooks.hold();
  await fake.state.deleteDevice(device.id);
  expect(await fake.waiting()).toBe(1);
  await fake.webhooks.reset();
  expect((await fake.requests()).map(({ status }) => status)).toEqual([200, 500]);
});

test('what another process cannot do is refused with the reason', async () => {
  await expect(fake.webhooks.lose(() => true)).rejects.toThrow('a function cannot go to another process');
  await expect(fake.state.deleteDevice(999)).rejects.toThrow('there is no device 999');
  const unknown = await ask(`${fake.url}/_control`, { method: 'POST', body: { call: 'state.nothing' } });
  expect([unknown.status, unknown.json().error]).toEqual([
    400,
    expect.stringContaining('no such call; there are state.'),
  ]);
});
