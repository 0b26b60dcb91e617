import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledgeOf, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty, type FakePagerdutyOptions } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
const OTHER = { routing_key: routingKeyOf(2) };

async function start(options: FakePagerdutyOptions): Promise<void> {
  const services = [{ name: 'Network', routingKeys: [FAKE_ROUTING_KEY, OTHER.routing_key] }];
  fake = await startFakePagerduty({ services, ...options });
}
afterEach(() => fake.close());

async function statuses(count: number, event = triggerOf('a')): Promise<number[]> {
  const answers: number[] = [];
  for (let sent = 0; sent < count; sent += 1) answers.push((await enqueue(fake.url, event)).status);
  return answers;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('an integration takes 120 events a minute, each for itself', async () => {
  await start({});
  expect(await statuses(121)).toEqual([...times(120, 202), 429]);
  expect(await statuses(1, triggerOf('a', OTHER))).toEqual([202]);
  const refused = await enqueue(fake.url, triggerOf('a'));
  expect(refused.json()).toMatchObject({ status: 'throttle exceeded' });
  expect(refused.headers['retry-after']).toBeUndefined();
  expect(fake.log.counts()).toMatchObject({ received: 123, statuses: { 202: 121, 429: 2 } });
  expect(fake.state.alerts({ routing_key: FAKE_ROUTING_KEY })).toMatchObject([{ triggers: 120 }]);
});

test('the window slides: room comes back one by one, as events leave it', async () => {
  await start({ rateLimit: { perMinute: 2, windowMs: 600 } });
  expect(await statuses(1)).toEqual([202]);
  await sleep(350);
  expect(await statuses(2)).toEqual([202, 429]);
  await sleep(300);
  expect(await statuses(2)).toEqual([202, 429]);
});

test('events that were refused leave room for others', async () => {
  await start({ rateLimit: { perMinute: 1, windowMs: 300 } });
  expect(await statuses(2, triggerOf('a', { payload: {} }))).toEqual([400, 400]);
  expect(await statuses(3)).toEqual([202, 429, 429]);
  await sleep(310);
  expect(await statuses(1)).toEqual([202]);
});

test('the limit can be changed and switched off', async () => {
  await start({ rateLimit: { perMinute: 1 } });
  expect(await statuses(2)).toEqual([202, 429]);
  fake.limits.events('off');
  expect(await statuses(130)).toEqual(times(130, 202));
  fake.limits.events({ perMinute: 3 });
  expect(await statuses(4)).toEqual([202, 202, 202, 429]);
});

test('the log tells the most requests in one window, of all and of each key', async () => {
  await start({ rateLimit: { perMinute: 3, windowMs: 200 } });
  await statuses(5);
  await sleep(210);
  await statuses(2);
  await statuses(2, triggerOf('a', OTHER));
  expect(fake.log.largestWindow()).toEqual({ received: 5, accepted: 4 });
  expect(fake.log.largestWindow(FAKE_ROUTING_KEY)).toEqual({ received: 5, accepted: 3 });
  expect(fake.log.largestWindow(OTHER.routing_key)).toEqual({ received: 2, accepted: 2 });
});

test('the log keeps each event with its time, answer and effect, and is asked by any of them', async () => {
  await start({});
  const started = Date.now();
  for (const event of [triggerOf('a'), triggerOf('b'), acknowledgeOf('a'), resolveOf('c'), '{'])
    await enqueue(fake.url, event);
  const [first, , third] = fake.log.events();
  expect(first).toEqual({
    at: expect.any(Number),
    routing_key: FAKE_ROUTING_KEY,
    event_action: 'trigger',
    dedup_key: 'a',
    body: triggerOf('a'),
    status: 202,
    effect: 'opened',
    incident_id: fake.state.incidents()[0]!.id,
    fault: null,
  });
  expect(first!.at).toBeGreaterThanOrEqual(started);
  expect(fake.log.events({ dedup_key: 'a' })).toEqual([first, third]);
  expect(fake.log.events({ status: 400 })).toMatchObject([{ routing_key: null, effect: 'rejected' }]);
  expect(fake.log.counts()).toEqual({
    received: 5,
    statuses: { 202: 4, 400: 1 },
    effects: { opened: 2, acknowledged: 1, dropped: 1, rejected: 1 },
  });
  fake.log.clear();
  expect([fake.log.events(), fake.log.counts()]).toEqual([[], { received: 0, statuses: {}, effects: {} }]);
});

test('where only counts are kept, the numbers are right and what is resolved is forgotten, but never what is open', async () => {
  await start({ rateLimit: 'off', keep: 'counts' });
  await enqueue(fake.url, triggerOf('open'));
  const cycle = async (n: number): Promise<void> => {
    await enqueue(fake.url, triggerOf(`k${n}`));
    await enqueue(fake.url, resolveOf(`k${n}`));
  };
  for (let n = 0; n < 2200; n += 20) await Promise.all(times(20, 0).map((_, at) => cycle(n + at)));
  expect(fake.state.totals()).toEqual({ alerts: 2201, incidents: 2201, pages: 2201, open_alerts: 1 });
  expect(fake.log.counts()).toEqual({
    received: 4401,
    statuses: { 202: 4401 },
    effects: { opened: 2201, resolved: 2200 },
  });
  expect(fake.state.openAlerts()).toMatchObject([{ alert_key: 'open', log: [] }]);
  expect([fake.state.alerts().length, fake.state.incidents().length]).toEqual([1001, 1001]);
  expect(fake.log.events().length).toBeLessThan(2000);
  expect(fake.state.pages().length).toBeLessThan(2000);
});
