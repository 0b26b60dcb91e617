import { createEventsClient } from '../../../activities/pagerduty/post';
import { Secret } from '../../../config/secret';
import type { Outcome } from '../../../store/pagerduty/settle';
import { intervalOf } from '../../../store/pagerduty/slot';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { startFakePagerduty } from '../../fakes/pagerduty/server';
import { createIncidentClock, TAKEN, type IncidentClock } from '../../helpers/incident-clock';

const PER_MINUTE = 110;
const SECOND = 1_000;

let clock: IncidentClock;
beforeEach(async () => {
  clock = await createIncidentClock({ perMinute: PER_MINUTE });
});
afterEach(() => clock.close());

/** What our client makes of an answer 429 of PagerDuty's. */
async function throttled(retryAfter?: string): Promise<Outcome> {
  const fake = await startFakePagerduty();
  const client = createEventsClient({ url: `${fake.url}/v2/enqueue`, timeoutMs: 5_000, userAgent: 'tests' });
  try {
    fake.faults.add({}, { kind: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) });
    return await client.post({ event_action: 'resolve', dedup_key: 'a' }, new Secret(FAKE_ROUTING_KEY));
  } finally {
    await client.close();
    await fake.close();
  }
}

const timesOf = (dedup_id: string): number[] =>
  clock.requests.filter(({ attempt }) => attempt.body.dedup_key === `netbox-event-${dedup_id}`).map(({ at }) => at);

/** The most requests within 60 seconds, wherever these begin. */
const largestMinute = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60 * SECOND).length));

/** The first request is throttled; when the next ones of its alert, of its key and of another key were made, in seconds. */
async function afterThrottling(outcome: Outcome): Promise<{ own: number; key: number; other: number }> {
  const began = clock.now().getTime();
  clock.answer = (_, at) => (at === began ? outcome : TAKEN);
  await clock.service('elsewhere', { key: await clock.keep(2) });
  await clock.report({ dedup_id: 'own' });
  await clock.pass(1);
  await clock.report({ dedup_id: 'same key' }, { dedup_id: 'another key', service: 'elsewhere' });
  await clock.pass(3600);
  const secondsOf = (id: string): number => Math.round(((timesOf(id).at(-1) ?? NaN) - began) / 100) / 10;
  return { own: secondsOf('own'), key: secondsOf('same key'), other: secondsOf('another key') };
}

test('Retry-After in seconds is waited for, by every alert of the key and by no other', async () => {
  const { own, key, other } = await afterThrottling(await throttled('120'));
  expect(own).toBeGreaterThanOrEqual(120);
  expect(own).toBeLessThan(122);
  expect(key).toBeGreaterThanOrEqual(120);
  expect(key).toBeLessThan(122);
  expect(other).toBe(1);
});

test('Retry-After as a date is waited for as well', async () => {
  const outcome = await throttled(new Date(Date.now() + 200 * SECOND).toUTCString());
  const { own, key } = await afterThrottling(outcome);
  for (const seconds of [own, key]) {
    expect(seconds).toBeGreaterThan(195);
    expect(seconds).toBeLessThan(202);
  }
});

test('a 429 that does not say how long waits half a minute, and longer each time', async () => {
  const outcome = await throttled();
  const began = clock.now().getTime();
  clock.answer = (_, at) => (at < began + 1_200 * SECOND ? outcome : TAKEN);
  await clock.report({ dedup_id: 'a' });
  await clock.pass(3600);
  const seconds = timesOf('a').map((at) => Math.round((at - began) / SECOND));
  expect(seconds).toEqual([0, 30, 90, 210, 450, 750, 1050, 1350]);
});

test('a Retry-After that is no time is as if it were not there', async () => {
  expect(await throttled('soon')).toEqual({ outcome: 'later', reason: 'PagerDuty answers 429', throttled: true });
});

test('500 alerts of one key go out at an even pace that no minute exceeds, and a new critical one goes first', async () => {
  const reports = Array.from({ length: 500 }, (_, n) => ({ dedup_id: `storm-${n}` }));
  const began = clock.now().getTime();
  await clock.report(...reports);
  await clock.pass(90);
  const asked = clock.now().getTime();
  await clock.report({ dedup_id: 'urgent', criticality: 'CRITICAL' });
  await clock.pass(120);
  await clock.report(...Array.from({ length: 12 }, (_, n) => ({ dedup_id: `urgent-${n}`, criticality: 'CRITICAL' })));
  const burst = clock.now().getTime();
  await clock.pass(600);
  const times = clock.requests.map(({ at }) => at);
  expect(clock.requests).toHaveLength(513);
  expect(new Set(clock.requests.map(({ attempt }) => attempt.alert)).size).toBe(513);
  expect(largestMinute(times)).toBeLessThanOrEqual(PER_MINUTE);
  expect((times.at(-1) ?? 0) - began).toBeLessThan((513 / (PER_MINUTE - 5)) * 60 * SECOND * 1.1);
  const interval = intervalOf(PER_MINUTE);
  expect(timesOf('urgent')[0]! - asked).toBeLessThanOrEqual(interval);
  // Five out of the reserve, the others with the next slots: nothing else goes between.
  const urgent = Array.from({ length: 12 }, (_, n) => timesOf(`urgent-${n}`)[0]! - burst);
  expect(Math.max(...urgent)).toBeLessThanOrEqual(9 * interval);
}, 240_000);
