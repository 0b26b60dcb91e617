import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { NETBOX_FAILURES } from '../../../workflows/netbox/messages';
import { waitFor } from '../../../workflows/netbox/patience';

const failure = (type: string): ApplicationFailure =>
  ApplicationFailure.create({ type, message: `${type} happened`, nonRetryable: true });

const waits = (count: number, first?: number): (number | undefined)[] =>
  Array.from(
    { length: count },
    (_, failures) => waitFor(failure(NETBOX_FAILURES.unavailable), failures, first)?.seconds,
  );

const { unavailable, forbidden, badAnswer, badRequest } = NETBOX_FAILURES;

test.each([unavailable, forbidden, badAnswer, badRequest])(
  '%s is waited for, and the reason is what NetBox said',
  (type) => {
    expect(waitFor(failure(type), 0)).toEqual({ seconds: 2, reason: `${type} happened` });
  },
);

test('the failure of an activity is what it failed of', () => {
  const inner = failure(NETBOX_FAILURES.forbidden);
  const wrapped = new ActivityFailure('failed', 'convergeDevice', '1', RetryState.NON_RETRYABLE_FAILURE, 'w', inner);
  expect(waitFor(wrapped, 0)?.reason).toBe(inner.message);
});

test('each wait is twice the one before, up to five minutes, and there is always a next one', () => {
  expect(waits(10)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(waitFor(failure(NETBOX_FAILURES.unavailable), 1_000_000)?.seconds).toBe(300);
  expect(waits(3, 0.1)).toEqual([0.1, 0.2, 0.4]);
});

test.each([
  new Error('ours'),
  failure('SOMETHING_ELSE'),
  undefined,
  null,
  'text',
  { type: NETBOX_FAILURES.unavailable },
])('what is no failure of NetBox is not waited for: %p', (error) => {
  expect(waitFor(error, 0)).toBeUndefined();
});
