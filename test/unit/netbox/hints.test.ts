import { addHint } from '../../../workflows/netbox/hints';
import type { DeviceHint } from '../../../workflows/netbox/messages';

const hint = (number: number): DeviceHint => ({ layer: 'webhook', request_id: `request ${number}`, username: 'admin' });

const heard = (hints: readonly DeviceHint[]): readonly DeviceHint[] =>
  hints.reduce<readonly DeviceHint[]>((all, one) => addHint(all, one), []);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('hints are kept in their order', () => {
  expect(heard([hint(1), hint(2), hint(3)])).toEqual([hint(1), hint(2), hint(3)]);
});

test('a request is kept once for each layer that tells of it', () => {
  const logged: DeviceHint = { layer: 'change_log', request_id: 'request 1' };
  expect(heard([hint(1), hint(1), logged, hint(1), logged])).toEqual([hint(1), logged]);
});

test('hints that name no request are one for each layer', () => {
  const [webhook, person]: DeviceHint[] = [{ layer: 'webhook' }, { layer: 'person' }];
  expect(heard([webhook!, person!, { layer: 'webhook', username: 'x' }])).toEqual([webhook, person]);
});

test('a hundred hints are kept apart', () => {
  expect(heard(numbers(100).map(hint))).toEqual(numbers(100).map(hint));
});

test('of more hints the newest is kept, and one without a request, so that the device is read in any case', () => {
  for (const count of [101, 102, 250, 1000]) {
    const kept = heard(numbers(count).map(hint));
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept.at(-1)).toEqual(hint(count));
    expect(kept).toContainEqual({ layer: 'webhook' });
  }
});

test('hints that were heard are not changed by one more', () => {
  const before = numbers(100).map(hint);
  const copy = structuredClone(before);
  addHint(before, hint(101));
  expect(before).toEqual(copy);
});
