import type { Owner, RouterField } from '../../../config/netbox';
import type { Finding } from '../../../store/netbox/decide';
import type { Router } from '../../../store/devices/routers';
import { after, decided, DELETED, FIELDS, found, NOT_VISIBLE, router } from '../../helpers/netbox-router';

test('a device in scope without a router gets one with all that NetBox says', () => {
  const decision = decided(undefined, found());
  expect(decision).toMatchObject({ action: 'created', values: { ...FIELDS, state: 'in_sync' } });
  expect(decision?.changes['name']).toEqual({ from: null, to: 'r1.par' });
});

test.each<[string, Finding]>([
  ['a device out of scope', found({}, false)],
  ['a deleted device', DELETED],
  ['a device that is not shown to us', NOT_VISIBLE],
])('%s without a router gets none', (_what, finding) => {
  expect(decided(undefined, finding)).toBeUndefined();
});

test('a router that is what its device says is left alone', () => {
  expect(decided(router(), found())).toBeUndefined();
});

test.each<[string, Partial<Router>, Finding, Partial<Router>]>([
  ['a rename', {}, found({ name: 'r2' }), { name: 'r2', hostname: 'r2' }],
  ['an address', {}, found({ primary_ip4: null }), { primary_ip4: null }],
  ['local context data', {}, found({ local_context_data: null }), { local_context_data: null }],
  ['a platform', {}, found({ platform: 'arista-eos' }), { platform: 1, netbox_platform: 'arista-eos' }],
  ['an unknown platform', {}, found({ platform: 'x' }), { platform: null, state: 'platform_unknown' }],
  ['no platform', {}, found({ platform: null }), { platform: null, state: 'platform_missing' }],
  ['a status that enables', { status: 'disabled' }, found(), { status: 'enabled' }],
  ['maintenance', {}, found({ status: 'staged' }), { status: 'maintenance' }],
  ['a chosen custom field', {}, found({ custom_fields: { asn: 1 } }), { custom_fields: { asn: 1 } }],
])('%s of the device is followed, as an update', (_what, before, finding, expected) => {
  const decision = decided(router(before), finding);
  expect(decision).toMatchObject({ action: 'updated', values: expected });
  expect(decided(after(router(before), decision), finding)).toBeUndefined();
});

test('only what differs is told of a change', () => {
  expect(decided(router(), found({ name: 'r2' }))?.changes).toEqual({
    ...{ name: { from: 'r1.par', to: 'r2' }, hostname: { from: 'r1.par', to: 'r2' } },
  });
  expect(decided(router(), found({ custom_fields: { asn: 64496, team: 'another' } }))).toBeUndefined();
});

test('what disables a router is called so, and what leaves it disabled is not', () => {
  expect(decided(router(), found({ status: 'offline' }))?.action).toBe('disabled');
  expect(decided(router({ status: 'maintenance' }), found({ status: 'offline' }))?.action).toBe('disabled');
  expect(decided(router({ status: 'disabled' }), found({ status: 'offline', name: 'r2' }))?.action).toBe('updated');
});

test.each<[RouterField, Owner, unknown]>([
  ['status', 'local', 'enabled'],
  ['status', 'ignore', 'enabled'],
  ['name', 'local', 'r1.par'],
  ['platform', 'ignore', 5],
  ['local_context_data', 'local', { a: 1 }],
])('%s is not followed while its owner is %s', (field, owner, kept) => {
  const other = found({ status: 'offline', name: 'r2', platform: 'arista-eos', local_context_data: null });
  const decision = decided(router(), other, { rules: { owners: { [field]: owner } } });
  expect(after(router(), decision)[field]).toEqual(kept);
  expect(after(router(), decided(router(), other))[field]).not.toEqual(kept);
});

test('a field that is ours begins with what NetBox says, one that is ignored does not, but for the names', () => {
  const offline = found({ status: 'offline' });
  expect(decided(undefined, offline, { rules: { owners: { status: 'local' } } })?.values.status).toBe('disabled');
  expect(decided(undefined, offline, { rules: { owners: { status: 'ignore' } } })?.values.status).toBe('enabled');
  const ignored = decided(undefined, found(), {
    rules: { owners: { name: 'ignore', site: 'ignore', tags: 'ignore' } },
  });
  expect(ignored?.values).toMatchObject({ name: 'r1.par', site: null, tags: [] });
});

test.each<Owner>(['local', 'ignore'])('a platform whose owner is %s is never unknown or missing', (platform) => {
  for (const slug of ['x', null])
    expect(decided(undefined, found({ platform: slug }), { rules: { owners: { platform } } })?.values.state).toBe(
      'in_sync',
    );
});
