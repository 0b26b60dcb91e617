import { ask, walk, type Asked } from '../fakes/netbox/ask';
import { startFakeNetbox, type FakeNetbox, type FakeNetboxOptions } from '../fakes/netbox/server';

const INTERFACES = '/api/dcim/interfaces/';
const ADDRESSES = '/api/ipam/ip-addresses/';
const running: FakeNetbox[] = [];

afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

async function start(options: FakeNetboxOptions = {}): Promise<FakeNetbox> {
  const fake = await startFakeNetbox({ devices: 3, ...options });
  running.push(fake);
  return fake;
}

const get = (fake: FakeNetbox, path: string): Promise<Asked> => ask(`${fake.url}${path}`);
const names = async (fake: FakeNetbox, query: string): Promise<unknown[]> =>
  (await walk(`${fake.url}${INTERFACES}?${query}`)).map(({ name }) => name);
const texts = async (fake: FakeNetbox, query: string): Promise<unknown[]> =>
  (await walk(`${fake.url}${ADDRESSES}?${query}`)).map(({ address }) => address);

test('an interface of NetBox 4.6 shows its bundle, its MAC addresses as objects and its VLANs', async () => {
  const { state, ...fake } = await start();
  const lag = state.createInterface(1, { name: 'ae0', type: 'lag' });
  const { id } = state.createInterface(1, {
    ...{ name: 'et-0/0/1', type: '100gbase-x-qsfp28', enabled: false, lag: lag.id, speed: 100_000_000 },
    ...{ mac_address: '0200.0000.000a', other_mac_addresses: ['02-00-00-00-00-0b'] },
    ...{ mode: 'tagged', untagged_vlan: 10, tagged_vlans: [300, 20] },
  });
  const device = {
    id: 1,
    url: `${fake.url}/api/dcim/devices/1/`,
    display: expect.any(String),
    name: expect.any(String),
  };
  const mac = (number: number, mac_address: string): object => ({
    ...{ id: number, url: `${fake.url}/api/dcim/mac-addresses/${number}/`, display: mac_address, mac_address },
    description: '',
  });
  expect((await ask(`${fake.url}${INTERFACES}${id}/`)).json()).toEqual({
    ...{ id, url: `${fake.url}${INTERFACES}${id}/`, display_url: `${fake.url}/dcim/interfaces/${id}/` },
    ...{ display: 'et-0/0/1', device: { ...device, description: '' }, name: 'et-0/0/1', label: '' },
    ...{ type: { value: '100gbase-x-qsfp28', label: 'QSFP28 (100GE)' }, enabled: false, parent: null },
    lag: expect.objectContaining({ id: lag.id, name: 'ae0', display_url: expect.any(String), _occupied: false }),
    mac_address: '02:00:00:00:00:0A',
    primary_mac_address: mac(1, '02:00:00:00:00:0A'),
    mac_addresses: [mac(1, '02:00:00:00:00:0A'), mac(2, '02:00:00:00:00:0B')],
    speed: 100_000_000,
    mode: { value: 'tagged', label: 'Tagged' },
    untagged_vlan: expect.objectContaining({ vid: 10, name: 'VLAN10', display: 'VLAN10 (10)' }),
    tagged_vlans: [expect.objectContaining({ vid: 20 }), expect.objectContaining({ vid: 300 })],
  });
});

test.each(['3.7', '4.1', '4.3'] as const)(
  'MAC addresses are a field up to 4.1 and objects after it: %s',
  async (version) => {
    const fake = await start({ version });
    fake.state.createInterface(1, { name: 'xe-0', mac_address: '02:00:00:00:00:0a' });
    const [shown] = (await get(fake, INTERFACES)).json().results;
    expect(shown.mac_address).toBe('02:00:00:00:00:0A');
    expect(Object.keys(shown).filter((name) => /_mac|mac_addresses/.test(name))).toEqual(
      version === '4.3' ? ['primary_mac_address', 'mac_addresses'] : [],
    );
    expect('description' in shown.device).toBe(version !== '3.7');
  },
);

test('an interface without a mode has no VLANs, and only a tagged one lists some', async () => {
  const { state } = await start();
  const { id } = state.createInterface(1, { name: 'xe-0', untagged_vlan: 10, tagged_vlans: [20] });
  const vlans = (): unknown => [state.interfaces.get(id)?.untagged_vlan, state.interfaces.get(id)?.tagged_vlans];
  expect(vlans()).toEqual([null, []]);
  state.updateInterface(id, { mode: 'access', untagged_vlan: 10, tagged_vlans: [20] });
  expect(vlans()).toEqual([10, []]);
});

test('an address shows its prefix length, and the interface that it is on', async () => {
  const fake = await start();
  const { id } = fake.state.createInterface(2, { name: 'ae0.100' });
  fake.state.assignAddress(id, '2001:db8::1/64', 'reserved');
  const [shown] = (await get(fake, `${ADDRESSES}?device_id=2`)).json().results;
  expect(shown).toMatchObject({
    ...{ address: '2001:db8::1/64', display: '2001:db8::1/64', family: { value: 6, label: 'IPv6' } },
    ...{ status: { value: 'reserved', label: 'Reserved' }, assigned_object_type: 'dcim.interface' },
    assigned_object_id: id,
    assigned_object: { id, name: 'ae0.100', device: { id: 2 }, description: '', cable: null, _occupied: false },
  });
  const { results } = (await get(fake, ADDRESSES)).json();
  const free = results.filter((row: { assigned_object_id: unknown }) => row.assigned_object_id === null);
  expect([free.length, free[0].assigned_object]).toEqual([results.length - 1, null]);
});

test('interfaces and addresses are those of several devices, in pages, whatever is asked of them', async () => {
  const fake = await start();
  for (const device of [1, 2, 3])
    for (const port of [10, 9]) {
      const { id } = fake.state.createInterface(device, { name: `d${device}-${port}` });
      fake.state.assignAddress(id, `192.0.2.${device * 20 + port}/24`);
    }
  expect(await names(fake, 'device_id=1&device_id=3&limit=2&ordering=id')).toEqual(['d1-10', 'd1-9', 'd3-10', 'd3-9']);
  expect(await names(fake, 'device_id=3')).toEqual(['d3-9', 'd3-10']);
  expect(await names(fake, 'device_id=3&id__gt=5')).toEqual(['d3-9']);
  expect(await texts(fake, 'device_id=2&device_id=1&limit=3')).toEqual([
    ...['192.0.2.29/24', '192.0.2.30/24', '192.0.2.49/24', '192.0.2.50/24'],
  ]);
  expect((await get(fake, `${INTERFACES}?device_id=1&limit=1`)).json()).toMatchObject({
    count: 2,
    next: `${fake.url}${INTERFACES}?device_id=1&limit=1&offset=1`,
  });
  expect((await get(fake, `${INTERFACES}?device_id=1&fields=id,name`)).json().results).toEqual([
    { id: 2, name: 'd1-9' },
    { id: 1, name: 'd1-10' },
  ]);
});

test('a device that is not there has no addresses, and its interfaces are refused', async () => {
  const fake = await start();
  expect((await get(fake, `${ADDRESSES}?device_id=99`)).json()).toMatchObject({ count: 0, results: [] });
  expect(await get(fake, `${INTERFACES}?device_id=99`)).toMatchObject({
    status: 400,
    text: '{"device_id":["Select a valid choice. 99 is not one of the available choices."]}',
  });
  expect((await get(fake, `${ADDRESSES}?device_id=x`)).text).toBe('{"device_id":["Enter a whole number."]}');
  expect((await get(fake, `${INTERFACES}99/`)).text).toBe('{"detail":"No Interface matches the given query."}');
  expect((await get(fake, `${ADDRESSES}99/`)).text).toBe('{"detail":"No IPAddress matches the given query."}');
  for (const query of [`${INTERFACES}?name=xe-0`, `${ADDRESSES}?address=192.0.2.1`])
    expect(await get(fake, query)).toMatchObject({ status: 400, text: expect.stringContaining('not simulated') });
});

test('the master of a virtual chassis has the addresses of its members, and only its own interfaces', async () => {
  const fake = await start();
  fake.state.joinChassis([1, 2]);
  for (const device of [1, 2])
    fake.state.assignAddress(fake.state.createInterface(device, { name: `xe-${device}` }).id, `192.0.2.${device}/24`);
  expect(await texts(fake, 'device_id=1')).toEqual(['192.0.2.1/24', '192.0.2.2/24']);
  expect(await texts(fake, 'device_id=2')).toEqual(['192.0.2.2/24']);
  expect(await names(fake, 'device_id=1')).toEqual(['xe-1']);
});

test('interfaces go with their device, and addresses with their interface', async () => {
  const { state, ...fake } = await start();
  const [first, second] = [1, 2].map((device) => state.createInterface(device, { name: `xe-${device}` }));
  const before = state.addresses.size;
  state.assignAddress(first!.id, '192.0.2.1/24');
  state.assignAddress(second!.id, '192.0.2.2/24');
  state.deleteDevice(1);
  state.deleteInterface(second!.id);
  expect([state.interfaces.size, state.addresses.size]).toEqual([0, before]);
  expect((await ask(`${fake.url}/api/dcim/devices/2/`)).json().interface_count).toBe(
    state.devices.get(2)?.primary_ip4 === null ? 0 : 1,
  );
  expect(() => state.createInterface(99, { name: 'xe-0' })).toThrow('there is no device 99');
  expect(() => state.updateInterface(second!.id, {})).toThrow(`there is no interface ${second!.id}`);
});
