import { descendsFrom, fieldsOf, isInScope, stateOf, type RoleTree } from '../../../store/netbox/device';
import { DEVICE, FIELDS, PLATFORMS, RULES } from '../../helpers/netbox-router';

const TREE: RoleTree = new Map([
  ['router', null],
  ['edge', 'router'],
  ['peering-edge', 'edge'],
  ['server', null],
  ['one', 'other'],
  ['other', 'one'],
  ['own', 'own'],
  ['orphan', 'nobody'],
]);

test.each([
  ['router', true],
  ['edge', true],
  ['peering-edge', true],
  ['server', false],
  ['orphan', false],
  ['not in the tree', false],
  [null, false],
  ['one', false],
  ['own', false],
])('role %s descends from router: %s', (role, expected) => {
  expect(descendsFrom(role, ['router'], TREE)).toBe(expected);
});

test('a circle in the tree of roles is walked once, and what is in it counts', () => {
  expect(descendsFrom('one', ['other'], TREE)).toBe(true);
  expect(descendsFrom('nobody', ['nobody'], new Map())).toBe(true);
});

test.each([
  ['its role', { role: 'router' }, [], true],
  ['a role below', { role: 'edge' }, [], true],
  ['another role', { role: 'server' }, [], false],
  ['no role', { role: null }, [], false],
  ['one of the tags', { tags: ['core', 'x'] }, ['core', 'y'], true],
  ['none of the tags', { tags: ['x'] }, ['core', 'y'], false],
  ['no tags at all', { tags: [] }, ['core'], false],
  ['a tag but another role', { role: 'server', tags: ['core'] }, ['core'], false],
] as const)('a device with %s is in scope or not as the settings say', (_what, other, tags, expected) => {
  expect(isInScope({ ...DEVICE, ...other }, { ...RULES, tags }, TREE)).toBe(expected);
});

test('without configured roles every role is in scope, and no role too', () => {
  for (const role of ['server', null])
    expect(isInScope({ ...DEVICE, role }, { ...RULES, roles: [] }, new Map())).toBe(true);
});

test('a router has what its device has', () => {
  expect(fieldsOf(DEVICE, RULES, PLATFORMS)).toEqual(FIELDS);
});

test('a router of a device without a name is called what NetBox displays', () => {
  expect(fieldsOf({ ...DEVICE, name: null, display: 'MX204 (7)' }, RULES, PLATFORMS)).toMatchObject({
    ...{ name: 'MX204 (7)', hostname: 'MX204 (7)' },
  });
});

test.each([
  ['active', 'enabled'],
  ['staged', 'maintenance'],
  ['offline', 'disabled'],
  ['constructor', 'disabled'],
  ['__proto__', 'disabled'],
  ['', 'disabled'],
])('the device status %s makes a router %s', (status, expected) => {
  expect(fieldsOf({ ...DEVICE, status }, RULES, PLATFORMS).status).toBe(expected);
});

test('of the custom fields only the chosen ones are taken, and none that a device has not', () => {
  const rules = { ...RULES, customFields: ['asn', 'absent', 'constructor', 'empty'] };
  const device = { ...DEVICE, custom_fields: { asn: 1, team: 'x', empty: null } };
  expect(fieldsOf(device, rules, PLATFORMS).custom_fields).toEqual({ asn: 1, empty: null });
});

test.each([
  ['juniper-junos', 'in_sync'],
  ['nobody-knows', 'platform_unknown'],
  [null, 'platform_missing'],
])('platform %s is the state %s', (platform, state) => {
  const device = { ...DEVICE, platform };
  const fields = fieldsOf(device, RULES, PLATFORMS);
  expect(stateOf(device, fields, RULES)).toBe(state);
  expect(stateOf(device, fields, { ...RULES, owners: { platform: 'local' } })).toBe('in_sync');
});
