import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { ask, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;

beforeEach(async () => {
  fake = await startFakePagerduty();
});
afterEach(() => fake.close());

const send = async (dedup_key = 'a'): Promise<number> => (await enqueue(fake.url, triggerOf(dedup_key))).status;
/** What became of the events so far, and how they were answered. */
const fates = (): unknown[] => fake.log.events().map(({ status, effect, fault }) => [status, effect, fault]);

test('a status takes the place of doing anything, as often as it is to', async () => {
  fake.faults.add({ count: 2 }, { kind: 'status', status: 503 });
  expect([await send(), await send(), await send()]).toEqual([503, 503, 202]);
  expect(fates()).toEqual([
    [503, null, 'status'],
    [503, null, 'status'],
    [202, 'opened', null],
  ]);
  expect(fake.state.alerts()).toMatchObject([{ triggers: 1 }]);
});

test('a status comes with Retry-After, errors or a body as they are given', async () => {
  fake.faults.add({}, { kind: 'status', status: 429, retryAfter: 30 });
  const throttled = await enqueue(fake.url, triggerOf('a'));
  expect([throttled.status, throttled.headers['retry-after'], throttled.json().status]).toEqual([
    429,
    '30',
    'throttle exceeded',
  ]);
  fake.faults.add({}, { kind: 'status', status: 400, errors: ['no'] });
  expect((await enqueue(fake.url, triggerOf('a'))).json()).toMatchObject({ status: 'invalid event', errors: ['no'] });
  fake.faults.add({}, { kind: 'status', status: 408, body: { own: true } });
  const own = await enqueue(fake.url, triggerOf('a'));
  expect([own.status, own.json()]).toEqual([408, { own: true }]);
});

test('faults are matched by action, keys, path and number', async () => {
  const fault = { kind: 'status', status: 500 } as const;
  fake.state.addService({ name: 'Other', routingKeys: [routingKeyOf(2)] });
  fake.faults.add({ event_action: 'resolve' }, fault);
  fake.faults.add({ dedup_key: 'b', count: null }, fault);
  fake.faults.add({ routing_key: routingKeyOf(2) }, fault);
  fake.faults.add({ path: '/incidents?', method: 'GET' }, fault);
  fake.faults.add({ dedup_key: 'c', nth: 2 }, fault);
  expect([await send(), (await enqueue(fake.url, resolveOf('a'))).status, await send('b'), await send('b')]).toEqual([
    202, 500, 500, 500,
  ]);
  expect((await enqueue(fake.url, triggerOf('a', { routing_key: routingKeyOf(2) }))).status).toBe(500);
  expect((await ask(`${fake.url}/incidents?limit=1`)).status).toBe(500);
  expect([await send('c'), await send('c'), await send('c')]).toEqual([202, 500, 202]);
  expect(fake.faults.rules().map(({ hits }) => hits)).toEqual([1, 2, 1, 1, 1]);
  fake.faults.clear();
  expect(await send('b')).toBe(202);
});

test('an answer is lost after the event was processed, or the connection is reset before', async () => {
  fake.faults.add({ dedup_key: 'lost' }, { kind: 'lose-answer' });
  fake.faults.add({ dedup_key: 'reset' }, { kind: 'reset' });
  await expect(send('lost')).rejects.toThrow(/closed|ECONNRESET/);
  await expect(send('reset')).rejects.toThrow(/closed|ECONNRESET/);
  expect(fates()).toEqual([
    [0, 'opened', 'lose-answer'],
    [0, null, 'reset'],
  ]);
  expect(fake.state.openAlerts()).toMatchObject([{ alert_key: 'lost' }]);
  expect(fake.log.counts().statuses).toEqual({ 0: 2 });
});

test('processing is held up, also when the client has gone away', async () => {
  fake.faults.add({}, { kind: 'delay', milliseconds: 120 });
  const [url, body] = [`${fake.url}/v2/enqueue`, JSON.stringify(triggerOf('a'))];
  await expect(
    request(url, { method: 'POST', body, headersTimeout: 20, signal: AbortSignal.timeout(40) }),
  ).rejects.toThrow();
  expect(fake.state.alerts()).toEqual([]);
  while (fake.state.alerts().length === 0) await sleep(10);
  await sleep(5);
  expect(fates()).toEqual([[0, 'opened', 'delay']]);
});

test('an answer is held up while the event is processed already', async () => {
  fake.faults.add({}, { kind: 'delay-answer', milliseconds: 150 });
  const started = performance.now();
  const answer = send();
  await sleep(70);
  expect(fake.state.openAlerts()).toHaveLength(1);
  expect(await answer).toBe(202);
  expect(performance.now() - started).toBeGreaterThanOrEqual(145);
});

test('a connection hangs without an answer, with the event processed or not', async () => {
  fake.faults.add({ dedup_key: 'a' }, { kind: 'hang' });
  fake.faults.add({ dedup_key: 'b' }, { kind: 'hang', processed: true });
  for (const dedup_key of ['a', 'b']) {
    const [url, body] = [`${fake.url}/v2/enqueue`, JSON.stringify(triggerOf(dedup_key))];
    await expect(request(url, { method: 'POST', body, signal: AbortSignal.timeout(80) })).rejects.toThrow('timeout');
  }
  expect(fake.state.openAlerts()).toMatchObject([{ alert_key: 'b' }]);
});

test('an answer is a page for people, cut short, misnamed or somewhere else', async () => {
  fake.faults.add({ nth: 1 }, { kind: 'not-json' });
  fake.faults.add({ nth: 2 }, { kind: 'truncated' });
  fake.faults.add({ nth: 3 }, { kind: 'content-type', type: 'text/plain' });
  fake.faults.add({ nth: 4 }, { kind: 'redirect', to: 'http://127.0.0.1:1/' });
  const page = await enqueue(fake.url, triggerOf('a'));
  expect([page.status, page.headers['content-type']]).toEqual([202, 'text/html']);
  expect(() => page.json()).toThrow();
  await expect(send('b')).rejects.toThrow(/closed|terminated/);
  const misnamed = await enqueue(fake.url, triggerOf('c'));
  expect([misnamed.headers['content-type'], misnamed.json().dedup_key]).toEqual(['text/plain', 'c']);
  const moved = await enqueue(fake.url, triggerOf('d'));
  expect([moved.status, moved.headers['location']]).toEqual([302, 'http://127.0.0.1:1/']);
  expect(fake.state.openAlerts().map(({ alert_key }) => alert_key)).toEqual(['a', 'b', 'c']);
});

test('an outage befalls everything until it is over, and processes nothing', async () => {
  fake.faults.outage('refuse');
  expect([await send(), (await ask(`${fake.url}/services`)).status]).toEqual([503, 503]);
  fake.faults.outage('reset');
  await expect(send()).rejects.toThrow();
  await expect(ask(`${fake.url}/services`)).rejects.toThrow();
  fake.faults.outage('off');
  expect([await send(), (await ask(`${fake.url}/services`)).status]).toEqual([202, 200]);
  expect(fake.state.alerts()).toMatchObject([{ triggers: 1 }]);
  expect(fake.requests.map(({ path, status, fault }) => [path, status, fault])).toEqual([
    ['/services', 503, 'status'],
    ['/services', 0, 'reset'],
    ['/services', 200, null],
  ]);
});
