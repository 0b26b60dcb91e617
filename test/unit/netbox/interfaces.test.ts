import { createNetboxClient, type NetboxClient } from '../../../activities/netbox/client';
import { readPorts } from '../../../activities/netbox/interfaces';
import { Secret } from '../../../config/secret';
import { NETBOX_FAILURES } from '../../../workflows/netbox/messages';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox, type FakeNetboxOptions } from '../../fakes/netbox/server';
import type { NetboxVersion } from '../../fakes/netbox/versions';

let fake: FakeNetbox;
let client: NetboxClient;

async function start(options: FakeNetboxOptions = {}): Promise<FakeNetbox['state']> {
  fake = await startFakeNetbox({ devices: 3, ...options });
  const token = new Secret(FAKE_NETBOX_TOKEN);
  client = createNetboxClient({ url: fake.url, token, verifyTls: true, userAgent: 'test' });
  return fake.state;
}

afterEach(async () => {
  await client.close();
  await fake.close();
});

const read = (device = 1): ReturnType<typeof readPorts> => readPorts(client, device, new AbortController().signal);
const asked = (): string[] => fake.requests.map(({ path }) => path.replace(/\?.*/, ''));

test.each<NetboxVersion>(['3.5', '3.7', '4.0', '4.1', '4.3', '4.5', '4.6', '4.7'])(
  'the addresses of a device and what their interfaces are, read the same from NetBox %s',
  async (version) => {
    const state = await start({ version });
    const { id } = state.createInterface(1, {
      ...{ name: 'et-0/0/1', type: '100gbase-x-qsfp28', mac_address: '02:00:00:00:00:0a', speed: 100_000_000 },
      ...{ mode: 'access', untagged_vlan: 10 },
    });
    state.createInterface(1, { name: 'et-0/0/2' });
    state.assignAddress(state.createInterface(2, { name: 'other' }).id, '198.51.100.1/24');
    state.assignAddress(id, '192.0.2.1/24');
    state.assignAddress(id, '2001:db8::1/64');
    const port = {
      ...{ interface: 'et-0/0/1', interface_id: id, enabled: true, mac_address: '02:00:00:00:00:0a', speed: 100_000 },
      vlan: 10,
    };
    expect(await read()).toEqual([
      { address: '192.0.2.1/24', ...port },
      { address: '2001:db8::1/64', ...port },
    ]);
    expect(asked()).toEqual(['/api/ipam/ip-addresses/', '/api/dcim/interfaces/']);
  },
);

test('a sub-interface has the MAC address and the speed of what it stands on, and its single tag', async () => {
  const state = await start();
  const lag = state.createInterface(1, { name: 'ae0', type: 'lag', mac_address: '02:00:00:00:00:0b', speed: 2e7 });
  const port = state.createInterface(1, { name: 'xe-0', lag: lag.id });
  const sub = state.createInterface(1, {
    ...{ name: 'xe-0.100', type: 'virtual', parent: port.id, enabled: false, mode: 'tagged', tagged_vlans: [100] },
  });
  const own = { mac_address: '02:00:00:00:00:0c', speed: 1000, mode: 'tagged', tagged_vlans: [7, 8] };
  const other = state.createInterface(1, { name: 'xe-0.7', type: 'virtual', parent: port.id, ...own });
  state.assignAddress(sub.id, '192.0.2.1/24');
  state.assignAddress(other.id, '192.0.2.7/24');
  expect(await read()).toMatchObject([
    { interface: 'xe-0.100', enabled: false, mac_address: '02:00:00:00:00:0b', speed: 20_000, vlan: 100 },
    { interface: 'xe-0.7', enabled: true, mac_address: '02:00:00:00:00:0c', speed: 1, vlan: null },
  ]);
});

test('interfaces that stand on each other in a circle are read to an end', async () => {
  const state = await start();
  const first = state.createInterface(1, { name: 'a' });
  const second = state.createInterface(1, { name: 'b', parent: first.id });
  state.updateInterface(first.id, { lag: second.id });
  state.assignAddress(first.id, '192.0.2.1/24');
  expect(await read()).toMatchObject([{ interface: 'a', mac_address: null, speed: null, vlan: null }]);
});

test('a physical port that lists a single tag says nothing of the VLAN of its own address', async () => {
  const state = await start();
  const { id } = state.createInterface(1, { name: 'xe-0', mode: 'tagged', tagged_vlans: [100] });
  state.assignAddress(id, '192.0.2.1/24');
  expect(await read()).toMatchObject([{ vlan: null }]);
});

test('of MAC addresses none of which is the primary one, only a single one counts', async () => {
  const state = await start();
  const [one, two] = [['02:00:00:00:00:0a'], ['02:00:00:00:00:0b', '02:00:00:00:00:0c']].map(
    (other_mac_addresses, index) => state.createInterface(1, { name: `xe-${index}`, other_mac_addresses }),
  );
  state.assignAddress(one!.id, '192.0.2.1/24');
  state.assignAddress(two!.id, '192.0.2.2/24');
  expect(await read()).toMatchObject([{ mac_address: '02:00:00:00:00:0a' }, { mac_address: null }]);
});

test('a device without addresses, or that NetBox does not show, is one request and no ports', async () => {
  const state = await start();
  state.createInterface(1, { name: 'xe-0' });
  expect([await read(1), await read(99)]).toEqual([[], []]);
  expect(asked()).toEqual(['/api/ipam/ip-addresses/', '/api/ipam/ip-addresses/']);
});

test('interfaces on the members of a virtual chassis are those of its master', async () => {
  const state = await start();
  state.joinChassis([1, 2]);
  const { id } = state.createInterface(2, { name: 'et-1/0/0', speed: 1_000_000 });
  state.assignAddress(id, '192.0.2.1/24');
  expect(await read()).toMatchObject([{ address: '192.0.2.1/24', interface: 'et-1/0/0', enabled: true, speed: 1000 }]);
});

test('pages are read to the end, and never from the host that the next one is said to be at', async () => {
  const state = await start({ maxPageSize: 2 });
  const elsewhere = await startFakeNetbox();
  fake.faults.set({ wrongNext: { origin: elsewhere.url } });
  for (let port = 1; port <= 5; port += 1)
    state.assignAddress(state.createInterface(1, { name: `xe-${port}` }).id, `192.0.2.${port}/24`);
  expect((await read()).map((one) => one.interface)).toEqual(['xe-1', 'xe-2', 'xe-3', 'xe-4', 'xe-5']);
  expect([fake.requests.length, elsewhere.requests.length]).toEqual([6, 0]);
  await elsewhere.close();
});

test('an interface that NetBox lists no more has its name from the address', async () => {
  const state = await start();
  state.assignAddress(state.createInterface(1, { name: 'xe-0', speed: 1000 }).id, '192.0.2.1/24');
  fake.faults.set({ emptyList: { path: '/dcim/interfaces/' } });
  expect(await read()).toMatchObject([
    { interface: 'xe-0', enabled: null, mac_address: null, speed: null, vlan: null },
  ]);
});

test.each([
  ['unavailable', { refuse: { status: 502 } }],
  ['forbidden', { refuse: { status: 403, json: { detail: 'Invalid token' } } }],
  ['badRequest', { refuse: { status: 400, json: { device_id: ['no'] }, path: '/dcim/interfaces/' } }],
  ['badAnswer', { notJson: {} }],
  ['badAnswer', { refuse: { status: 200, json: { count: 1, next: null, results: [{ id: 1 }] } } }],
  ['badAnswer', { refuse: { status: 200, json: { detail: 'no list' } } }],
] as const)('what is wrong with interfaces is told by its kind: %s', async (kind, faults) => {
  const state = await start();
  state.assignAddress(state.createInterface(1, { name: 'xe-0' }).id, '192.0.2.1/24');
  fake.faults.set(faults);
  await expect(read()).rejects.toMatchObject({ code: NETBOX_FAILURES[kind] });
});

test('a NetBox that answers every page with the first one is not read for ever', async () => {
  await start();
  const row = { id: 1, address: '192.0.2.1/24', assigned_object_type: 'dcim.interface', assigned_object_id: 1 };
  fake.faults.set({ refuse: { status: 200, json: { count: 2, next: 'http://x/?offset=1', results: [row] } } });
  await expect(read()).rejects.toMatchObject({ code: NETBOX_FAILURES.badAnswer });
  expect(fake.requests).toHaveLength(2);
});
