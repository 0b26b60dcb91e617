import type { Router } from '../../../store/devices/routers';
import { after, DAY_MS, decided, DELETED, found, NOT_VISIBLE, NOW, router } from '../../helpers/netbox-router';

const OUT = found({}, false);
const TOMORROW = new Date(NOW.getTime() + DAY_MS).toISOString();

const deleted = (other: Partial<Router> = {}): Router =>
  router({ state: 'deleted', status: 'disabled', status_before: 'enabled', delete_after: TOMORROW, ...other });

test.each([
  ['leaves the scope', OUT, 'out_of_scope'],
  ['is not shown to us any more', NOT_VISIBLE, 'not_visible'],
] as const)('the router of a device that %s is disabled, and remembers what it was', (_what, finding, state) => {
  const decision = decided(router({ status: 'maintenance' }), finding);
  expect(decision).toMatchObject({
    ...{ action: 'disabled', values: { state, status: 'disabled', status_before: 'maintenance' } },
    changes: { state: { from: 'in_sync', to: state }, status: { from: 'maintenance', to: 'disabled' } },
  });
  expect(decision?.changes).not.toHaveProperty('status_before');
  expect(decided(after(router(), decision), finding)).toBeUndefined();
});

test('from one way of being away to another the first status is kept', () => {
  const hidden = after(router({ status: 'maintenance' }), decided(router({ status: 'maintenance' }), NOT_VISIBLE));
  const out = after(hidden, decided(hidden, OUT));
  expect(out).toMatchObject({ state: 'out_of_scope', status_before: 'maintenance' });
  expect(after(out, decided(out, DELETED))).toMatchObject({ state: 'deleted', status_before: 'maintenance' });
});

test.each(['out_of_scope', 'not_visible'] as const)(
  "a router that was %s gets its own status back where the status is ours, and the device's where it is not",
  (state) => {
    const before = router({ state, status: 'disabled', status_before: 'maintenance' });
    const ours = decided(before, found(), { rules: { owners: { status: 'local' } } });
    expect(ours).toMatchObject({
      action: 'updated',
      values: { state: 'in_sync', status: 'maintenance', status_before: null },
    });
    expect(decided(before, found())?.values).toMatchObject({ status: 'enabled', status_before: null });
    expect(decided(before, found({ status: 'offline' }))?.values.status).toBe('disabled');
  },
);

test('a router that somebody linked to a device out of scope is left alone until the device is in scope', () => {
  expect(decided(router({ state: 'linked' }), OUT)).toBeUndefined();
  expect(decided(router({ state: 'linked' }), found())).toMatchObject({
    action: 'updated',
    values: { state: 'in_sync' },
  });
});

test('a router whose device was deleted is hidden for a while', () => {
  expect(decided(router(), DELETED)).toMatchObject({
    action: 'deleted',
    values: { state: 'deleted', status: 'disabled', status_before: 'enabled', delete_after: TOMORROW },
  });
  expect(decided(router({ state: 'not_visible', status: 'disabled' }), DELETED)?.action).toBe('deleted');
});

test('a deleted router is removed when its time is over, and not a moment before', () => {
  const at = (milliseconds: number) =>
    decided(deleted(), DELETED, { now: new Date(Date.parse(TOMORROW) + milliseconds) });
  expect(at(-1)).toBeUndefined();
  expect(at(0)).toEqual({ action: 'removed', values: {}, changes: {} });
});

test('being asked again does not prolong the time of a deleted router', () => {
  expect(decided(deleted(), DELETED, { now: new Date(NOW.getTime() + 1000) })).toBeUndefined();
});

test('a router that connections hang on is listed as deleted in NetBox, and never hidden or removed', () => {
  const decision = decided(router(), DELETED, { isUsed: true });
  expect(decision).toMatchObject({ action: 'deleted', values: { state: 'deleted_in_netbox', delete_after: null } });
  const listed = after(router(), decision);
  expect(decided(listed, DELETED, { isUsed: true, now: new Date(NOW.getTime() + 100 * DAY_MS) })).toBeUndefined();
  expect(decided(listed, DELETED)).toMatchObject({
    ...{ action: 'updated', values: { state: 'deleted', status_before: 'enabled', delete_after: TOMORROW } },
  });
});

test('a deleted router that got a connection is not removed when its time is over', () => {
  const late = { isUsed: true, now: new Date(NOW.getTime() + 2 * DAY_MS) };
  expect(decided(deleted(), DELETED, late)).toMatchObject({
    ...{ action: 'updated', values: { state: 'deleted_in_netbox', delete_after: null, status_before: 'enabled' } },
  });
});

test.each(['deleted', 'deleted_in_netbox'] as const)('a router that was %s comes back with its device', (state) => {
  const decision = decided(deleted({ state, status_before: 'maintenance' }), found(), {
    rules: { owners: { status: 'local' } },
  });
  expect(decision).toMatchObject({
    ...{
      action: 'restored',
      values: { state: 'in_sync', status: 'maintenance', status_before: null, delete_after: null },
    },
  });
});

test('a deleted router stays so while its device is only not visible, and is out of scope when its device is', () => {
  expect(decided(deleted(), NOT_VISIBLE)).toBeUndefined();
  expect(decided(deleted(), OUT)).toMatchObject({
    action: 'updated',
    values: { state: 'out_of_scope', delete_after: null },
  });
});
