import { ApplicationFailure } from '@temporalio/common';
import { SYNC_FAILURES } from '../../../workflows/peeringdb/messages';
import { NOT_WAITED, waitFor, type Patience } from '../../../workflows/peeringdb/patience';

const failure = (type: string, detail?: object): ApplicationFailure =>
  ApplicationFailure.create({
    type,
    message: `${type} happened`,
    nonRetryable: true,
    ...(detail ? { details: [detail] } : {}),
  });

/** All waits that the same failure over and over leads to. */
function waits(error: unknown, durations = {}): { seconds: number[]; end: Patience } {
  const seconds: number[] = [];
  for (let waited = NOT_WAITED; ;) {
    const next = waitFor(error, waited, durations);
    if (typeof next.patience === 'string') return { seconds, end: next.patience };
    seconds.push(next.patience.seconds);
    waited = next.waited;
  }
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

test('an outage is waited out longer and longer, and not for ever', () => {
  const { seconds, end } = waits(failure(SYNC_FAILURES.unavailable));
  expect(seconds.slice(0, 5)).toEqual([2, 4, 8, 16, 32]);
  expect(Math.max(...seconds)).toBe(900);
  expect(sum(seconds)).toBeLessThanOrEqual(2 * 3600);
  expect(sum(seconds)).toBeGreaterThan(3600);
  expect(end).toBe('give-up');
});

test('a limit that says when is waited for until just after', () => {
  const next = waitFor(failure(SYNC_FAILURES.throttled, { retry_after_seconds: 3540 }), NOT_WAITED, {});
  expect(next.patience).toEqual({ seconds: 3541, reason: `${SYNC_FAILURES.throttled} happened` });
});

test('a limit that does not say when is asked about ever more seldom, up to an hour', () => {
  const { seconds, end } = waits(failure(SYNC_FAILURES.throttled, { retry_after_seconds: null }));
  expect(seconds.slice(0, 3)).toEqual([60, 120, 240]);
  expect(Math.max(...seconds)).toBe(3600);
  expect(end).toBe('give-up');
});

test('a key that is not accepted is not waited for', () => {
  expect(waitFor(failure(SYNC_FAILURES.unauthorized), NOT_WAITED, {}).patience).toBe('not-upstream');
  expect(waitFor(new Error('ours'), NOT_WAITED, {}).patience).toBe('not-upstream');
});

test('durations come from the input', () => {
  const { seconds } = waits(failure(SYNC_FAILURES.badAnswer), { backoff_seconds: 0.1, patience_seconds: 1 });
  expect(seconds[0]).toBe(0.1);
  expect(sum(seconds)).toBeLessThanOrEqual(1);
});
