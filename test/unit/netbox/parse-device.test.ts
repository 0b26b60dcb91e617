import { DEVICE_QUERY, parseDevice } from '../../../activities/netbox/devices';
import { AppError } from '../../../activities/shared/failure';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../../fakes/netbox/server';
import type { NetboxVersion } from '../../fakes/netbox/versions';

const VERSIONS: NetboxVersion[] = ['3.5', '3.7', '4.0', '4.1', '4.3', '4.5', '4.6', '4.7'];

async function answerOf(fake: FakeNetbox, id: number, query: string): Promise<unknown> {
  const headers = { Authorization: `Token ${FAKE_NETBOX_TOKEN}` };
  return (await fetch(`${fake.url}/api/dcim/devices/${id}/${query}`, { headers })).json();
}

const ADDRESSES = { primary_ip4: '192.0.2.1/31', primary_ip6: '2001:DB8:0::1/127' };

const parsed = (other: object): ReturnType<typeof parseDevice> => parseDevice({ id: 1, status: 'active', ...other });

test.each(VERSIONS)('a device is read the same from NetBox %s, asked for some fields or for all', async (version) => {
  const fake = await startFakeNetbox({ devices: 0, version });
  try {
    const own = {
      status: 'active',
      tags: ['peering', 'core'],
      local_context_data: { a: [1] },
      custom_fields: { local_asn: 64496 },
    };
    const related = {
      site: 1,
      device_type: 1,
      platform: 'juniper-junos',
      [version === '3.5' ? 'device_role' : 'role']: 'router',
    };
    const { id } = fake.state.createDevice({ name: 'r1', ...own, ...related, ...ADDRESSES });
    const read = parseDevice(await answerOf(fake, id, `?${DEVICE_QUERY}`));
    expect(read).toMatchObject({
      ...{ id, name: 'r1', display: 'r1', role: 'router', platform: 'juniper-junos', status: 'active' },
      ...{ tags: ['core', 'peering'], local_context_data: { a: [1] }, custom_fields: { local_asn: 64496 } },
      ...{ primary_ip4: '192.0.2.1', primary_ip6: '2001:db8::1', site: expect.stringMatching(/./) },
      last_updated: expect.stringMatching(/^20\d\d-.*Z$/),
    });
    expect(parseDevice(await answerOf(fake, id, ''))).toEqual(read);
  } finally {
    await fake.close();
  }
});

test('a device of which NetBox says next to nothing is one all the same', () => {
  expect(parsed({})).toEqual({
    ...{ id: 1, name: null, display: 'Device 1', role: null, platform: null, site: null, tags: [], status: 'active' },
    ...{ local_context_data: null, primary_ip4: null, primary_ip6: null, custom_fields: {}, last_updated: null },
  });
});

test('an empty name is none', () => {
  expect(parsed({ name: '', display: 'MX204 (1)' })).toMatchObject({ name: null, display: 'MX204 (1)' });
  expect(parsed({ name: '', display: '' }).display).toBe('Device 1');
  expect(parsed({ name: 'r1', display: '' }).display).toBe('r1');
});

test('a status is read with its label or without', () => {
  expect(parsed({ status: { value: 'planned', label: 'Planned' } }).status).toBe('planned');
  expect(parsed({ status: 'planned' }).status).toBe('planned');
});

test('the role of later versions is taken before that of earlier ones', () => {
  expect(parsed({ role: { slug: 'new' }, device_role: { slug: 'old' } }).role).toBe('new');
  expect(parsed({ role: null, device_role: { slug: 'old' } }).role).toBe('old');
});

test.each([
  ...[undefined, null, 1, 'x', [], {}, { id: 1 }, { status: 'active' }],
  ...[0, -1, 1.5, 2 ** 53, '1', null].map((id) => ({ id, status: 'active' })),
  ...[null, 1, [], {}, { value: null }].map((status) => ({ id: 1, status })),
  ...[1, 'router', {}, { slug: null }].map((role) => ({ id: 1, status: 'active', role })),
  ...['core', [1], [{}], {}].map((tags) => ({ id: 1, status: 'active', tags })),
  ...[1, [], {}].map((name) => ({ id: 1, status: 'active', name })),
  ...[1, 'x', [1]].map((custom_fields) => ({ id: 1, status: 'active', custom_fields })),
  { id: 1, status: 'active', primary_ip4: '192.0.2.1/32' },
])('%j is no device, and the error says that the answer is bad', (json) => {
  expect(() => parseDevice(json)).toThrow(AppError);
  expect(() => parseDevice(json)).toThrow(expect.objectContaining({ code: 'NETBOX_BAD_ANSWER', retryable: false }));
});

test.each([
  ['primary_ip4', '192.0.2.1/32', '192.0.2.1'],
  ['primary_ip4', '192.0.2.1', '192.0.2.1'],
  ['primary_ip4', '2001:db8::1/128', null],
  ['primary_ip4', '1/32', null],
  ['primary_ip4', '0x7f.1/32', null],
  ['primary_ip4', '', null],
  ['primary_ip4', '192.0.2.256/32', null],
  ['primary_ip6', '2001:0DB8:0:0::1/64', '2001:db8::1'],
  ['primary_ip6', '192.0.2.1/32', null],
  ['primary_ip6', 'fe80::1%eth0/64', null],
  ['primary_ip6', '::ffff:192.0.2.1/128', '::ffff:192.0.2.1'],
  ['primary_ip6', 'x/64', null],
])('%s %s is read as %s', (field, address, expected) => {
  expect(parsed({ [field]: { address } })[field as 'primary_ip4']).toBe(expected);
});

test.each(['yesterday', '', '2026-13-01T00:00:00Z', '1'])('the time %j of a last change is none', (last_updated) => {
  expect(parsed({ last_updated }).last_updated).toBeNull();
});

test('a time with an offset is read', () => {
  for (const last_updated of ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00+02:00'])
    expect(parsed({ last_updated }).last_updated).toBe(last_updated);
});
