import { allowedAnHour } from '../../../store/netbox/guard';

test.each([
  [0, 1],
  [1, 1],
  [19, 1],
  [20, 2],
  [199, 19],
  [200, 20],
  [10_000, 20],
])('a guard of 10%% or 20 lets %d linked routers lose %d in an hour', (linked, allowed) => {
  expect(allowedAnHour({ share: 0.1, number: 20 }, linked)).toBe(allowed);
});

test('even a guard of nothing lets one router be disabled, so that a single device is never stuck', () => {
  expect(allowedAnHour({ share: 0, number: 0 }, 500)).toBe(1);
});
