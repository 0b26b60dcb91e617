import { beginAdvance, type Attempt, type Begun } from '../../../store/pagerduty/advance';
import { settleAdvance, type Outcome } from '../../../store/pagerduty/settle';
import { createIncidentClock, TAKEN, UNAVAILABLE, type IncidentClock } from '../../helpers/incident-clock';

/** Attempts that nobody heard of again: the worker was killed between beginning and settling them. */

const TIMEOUT_S = 30;
/** What the store adds to the timeout of a request. */
const MARGIN_S = 5;
const TOLD = { workflow_id: 'a-workflow', run_id: null };

let clock: IncidentClock;
let id: number;
beforeEach(async () => {
  clock = await createIncidentClock({ timeoutMs: TIMEOUT_S * 1000 });
  await clock.report({ dedup_id: 'a' });
  id = (await clock.alert('a')).id;
});
afterEach(() => clock.close());

const begin = (): Promise<Begun> =>
  beginAdvance(clock.knex, id, { settings: clock.settings, defaultKey: clock.defaultKey, now: clock.now() });
const settle = (attempt: Attempt, outcome: Outcome = TAKEN) =>
  settleAdvance(clock.knex, attempt, outcome, TOLD, clock.now());

async function beginAttempt(): Promise<Attempt> {
  const begun = await begin();
  if (begun.next !== 'send') throw new Error(`nothing is sent: ${JSON.stringify(begun)}`);
  return begun.attempt;
}

const untilOf = (begun: Begun): number => ('until' in begun ? Date.parse(begun.until) : NaN);
const clear = () => clock.report({ dedup_id: 'a', status: 'ok' });

const attempts = async (): Promise<string[]> => {
  const rows = await clock.knex('incident_timeline').where({ alert: id, kind: 'attempt' }).orderBy('id');
  return rows.map(({ detail }: { detail: string }) => detail);
};

test('an attempt that nobody heard of again is repeated at once', async () => {
  const first = await beginAttempt();
  clock.skip(1);
  const second = await beginAttempt();
  expect([second.n, second.attempt, second.body]).toEqual([first.n, 2, first.body]);
});

test('it holds the next action back until its request cannot be on its way any more', async () => {
  await beginAttempt();
  clock.skip(10);
  await settle(await beginAttempt());
  await clear();
  const until = clock.now().getTime() + (TIMEOUT_S + MARGIN_S - 10) * 1000;
  const begun = await begin();
  expect(begun).toMatchObject({ next: 'wait', reason: 'an earlier request may still be on its way' });
  expect(untilOf(begun)).toBe(until);
  clock.skip(TIMEOUT_S + MARGIN_S - 11);
  expect((await begin()).next).toBe('wait');
  clock.skip(1);
  expect((await beginAttempt()).body.event_action).toBe('resolve');
});

test('the latest of several that nobody heard of again is what the next action waits for', async () => {
  await beginAttempt();
  clock.skip(20);
  await beginAttempt();
  clock.skip(20);
  await settle(await beginAttempt());
  await clear();
  const begun = await begin();
  expect(untilOf(begun)).toBe(clock.now().getTime() + (TIMEOUT_S + MARGIN_S - 20) * 1000);
});

test('a next action waits for none whose answers all came', async () => {
  await settle(await beginAttempt(), UNAVAILABLE);
  clock.skip(1);
  await settle(await beginAttempt());
  await clear();
  expect((await beginAttempt()).body.event_action).toBe('resolve');
});

test('what a slow worker hears of an attempt that was repeated meanwhile is noted, and counts for nothing', async () => {
  const slow = await beginAttempt();
  clock.skip(1);
  await settle(await beginAttempt());
  const before = await clock.alert('a');
  expect(await settle(slow, UNAVAILABLE)).toEqual({ next: 'again' });
  expect((await clock.alert('a')).state).toEqual(before.state);
  expect((await attempts()).at(-1)).toBe('attempt 1: PagerDuty answers 503, too late to count');
});

test('it is not forgotten while its repetition waits for a slot', async () => {
  await beginAttempt();
  // The slot of this moment is taken.
  expect(await begin()).toMatchObject({ next: 'wait', reason: 'PAGERDUTY_RATE_LIMIT' });
  clock.skip(1);
  await settle(await beginAttempt());
  await clear();
  expect(await begin()).toMatchObject({ next: 'wait', reason: 'an earlier request may still be on its way' });
});

test('two workers that advance an alert at once make attempts of one send, and one outcome counts', async () => {
  const begun = [begin(), (clock.skip(1), begin())];
  const made = (await Promise.all(begun)).map((one) => (one.next === 'send' ? one.attempt : undefined)!);
  expect(made.map(({ n, attempt }) => `${n}, ${attempt}`).sort()).toEqual(['1, 1', '1, 2']);
  await Promise.all(made.map((attempt) => settle(attempt)));
  expect(await clock.alert('a')).toMatchObject({ told: 'triggered', pending: 0 });
  expect((await attempts()).filter((detail) => detail.endsWith(': PagerDuty took it'))).toHaveLength(1);
});

test('the timeline has every attempt, also one that nobody heard of again', async () => {
  await beginAttempt();
  clock.skip(1);
  await beginAttempt();
  clock.skip(1);
  await settle(await beginAttempt());
  expect(await attempts()).toEqual([
    'attempt 1: nobody heard of it again, PagerDuty may have taken it',
    'attempt 2: nobody heard of it again, PagerDuty may have taken it',
    'attempt 3: PagerDuty took it',
  ]);
});
