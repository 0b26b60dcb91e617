import fc from 'fast-check';
import { intervalOf, slotFor, WINDOW_MS, type Budget } from '../../../store/pagerduty/slot';

const START = Date.parse('2026-01-01T00:00:00Z');

/** A key whose slots are taken by whoever comes; what `budget.ts` does with rows. */
class Key {
  #budget: Budget;

  constructor(perMinute: number) {
    this.#budget = { perMinute, taken: [], urgent: [], nextSlot: START, blockedUntil: 0 };
  }

  ask(now: number, ahead = 0, isUrgent = false): 'granted' | number {
    const recent = (times: readonly number[]): readonly number[] => times.filter((time) => time > now - WINDOW_MS);
    const budget = { ...this.#budget, taken: recent(this.#budget.taken), urgent: recent(this.#budget.urgent) };
    const slot = slotFor(budget, { ahead, isUrgent }, now);
    if (!slot.granted) return slot.until;
    const urgent = slot.fromReserve ? [...budget.urgent, now] : budget.urgent;
    this.#budget = { ...this.#budget, nextSlot: slot.nextSlot, taken: [...this.#budget.taken, now], urgent };
    return 'granted';
  }

  block(until: number): void {
    this.#budget = { ...this.#budget, blockedUntil: until };
  }

  get taken(): readonly number[] {
    return this.#budget.taken;
  }
}

/** The most requests that any 60 s held. */
function fullest(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 60_000).length));
}

test('no window of a minute holds more than the rate, whoever asks when', () => {
  const asks = fc.array(fc.record({ after: fc.integer({ min: 0, max: 3_000 }), isUrgent: fc.boolean() }), {
    minLength: 50,
    maxLength: 400,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 130 }), asks, (perMinute, list) => {
      const key = new Key(perMinute);
      let now = START;
      for (const { after, isUrgent } of list) key.ask((now += after), 0, isUrgent);
      expect(fullest(key.taken)).toBeLessThanOrEqual(perMinute);
    }),
  );
});

test('whoever comes back when told gets a slot, evenly after the one before', () => {
  const key = new Key(110);
  let now = START;
  for (let request = 0; request < 400; request++) {
    for (let answer = key.ask(now); answer !== 'granted'; answer = key.ask(now)) {
      expect(answer).toBeGreaterThan(now);
      now = Math.ceil(answer);
    }
  }
  // 400 requests at 105 a minute, the reserve left alone.
  expect((now - START) / 1000).toBeGreaterThan(220);
  expect((now - START) / 1000).toBeLessThan(232);
  const gaps = key.taken.slice(10).map((time, index) => time - (key.taken[index + 9] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.ceil(intervalOf(110)));
});

test('a new critical alert does not wait for the next slot while the reserve has one', () => {
  const key = new Key(110);
  while (key.ask(START) === 'granted');
  const urgent = Array.from({ length: 8 }, () => key.ask(START, 0, true));
  expect(urgent.filter((answer) => answer === 'granted')).toHaveLength(5);
});

test('one that others are ahead of is told the time of its own slot', () => {
  const key = new Key(110);
  while (key.ask(START) === 'granted');
  const [first, fourth] = [key.ask(START, 0), key.ask(START, 3)];
  expect(Number(fourth) - Number(first)).toBeCloseTo(3 * intervalOf(110), 3);
});

test('a key that PagerDuty throttles waits as long as that, each in its turn', () => {
  const key = new Key(60);
  key.block(START + 30_000);
  expect(key.ask(START, 0)).toBe(START + 30_000);
  expect(key.ask(START, 2, true)).toBeGreaterThan(START + 30_000);
});

test('slots that nobody took are not saved up beyond a few', () => {
  const key = new Key(110);
  const later = START + 600_000;
  const granted = Array.from({ length: 20 }, () => key.ask(later)).filter((answer) => answer === 'granted');
  expect(granted).toHaveLength(3);
});
