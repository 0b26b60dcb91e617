import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver, type Receiver } from '../fakes/netbox/receiver';
import { acknowledgeOf, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  fake = await startFakePagerduty({
    webhooks: [{ url: receiver.url, secrets: ['s'] }],
    delivery: { timeoutMs: 150, backoffMs: 10, largestBackoffMs: 40 },
  });
});
afterEach(async () => {
  await fake.close();
  await receiver.close();
});

const send = async (...events: object[]): Promise<void> => {
  for (const event of events) await enqueue(fake.url, event);
};
const read = (body: Buffer): { event_type: string; data: { incident_key: string } } =>
  JSON.parse(body.toString('utf8')).event;
/** The types of event that arrived, of one key. */
const arrived = (key: string): string[] =>
  receiver.received
    .map(({ body }) => read(body))
    .filter(({ data }) => data.incident_key === key)
    .map(({ event_type }) => event_type.replace('incident.', ''));
const ids = (): string[] => receiver.received.map(({ headers }) => Object.fromEntries(headers)['X-Webhook-Id']!);
const subscription = (): { disabled: boolean; drops: number } => {
  const { disabled, drops } = fake.webhooks.subscriptions()[0]!;
  return { disabled, drops };
};

test('a webhook is sent again after a failure, with the same id and body, and longer pauses', async () => {
  receiver.answers.push(500, 429, 503, 202);
  await send(triggerOf('a'));
  await fake.webhooks.idle();
  expect(fake.webhooks.sent().map(({ status }) => status)).toEqual([500, 429, 503, 202]);
  expect(new Set(ids()).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body.toString('utf8'))).size).toBe(1);
  const times = fake.webhooks.sent().map(({ at }) => at);
  expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(39);
  expect(subscription()).toEqual({ disabled: false, drops: 0 });
});

test('a webhook is sent again when there is no answer in time', async () => {
  const answer = receiver.hold();
  await send(triggerOf('a'));
  while (receiver.received.length < 2) await sleep(5);
  answer();
  await fake.webhooks.idle();
  const [first, ...rest] = fake.webhooks.sent();
  expect(first).toMatchObject({ status: 0, error: expect.any(String) });
  expect(rest.at(-1)).toMatchObject({ status: 200 });
  expect(new Set(ids()).size).toBe(1);
});

test('a webhook waits for a receiver that is away', async () => {
  await receiver.close();
  await send(triggerOf('a'));
  while (fake.webhooks.sent().length < 2) await sleep(5);
  expect(fake.webhooks.sent()[0]).toMatchObject({ status: 0, error: expect.stringContaining('ECONNREFUSED') });
  expect(fake.webhooks.waiting()).toBe(1);
});

test('webhooks of one incident arrive in order, and those of another do not wait for them', async () => {
  receiver.answers.push(500, 500);
  await send(triggerOf('a'), acknowledgeOf('a'), resolveOf('a'));
  await fake.webhooks.idle();
  expect(arrived('a')).toEqual(['triggered', 'triggered', 'triggered', 'acknowledged', 'resolved']);
  const answer = receiver.hold();
  await send(triggerOf('b'), resolveOf('b'), triggerOf('c'));
  while (arrived('c').length === 0) await sleep(5);
  expect(arrived('b')).not.toContain('resolved');
  answer();
  await fake.webhooks.idle();
  expect(arrived('b').at(-1)).toBe('resolved');
});

test('a webhook that is refused is dropped at once, and success forgets the refusals', async () => {
  receiver.answers.push(400, 404, 200, 403);
  for (const key of ['a', 'b', 'c', 'd']) {
    await send(triggerOf(key));
    await fake.webhooks.idle();
  }
  expect(fake.webhooks.sent().map(({ status }) => status)).toEqual([400, 404, 200, 403]);
  expect(subscription()).toEqual({ disabled: false, drops: 1 });
});

test('three webhooks refused in a row disable the subscription and drop what waits, until it is enabled', async () => {
  receiver.answers.push(401, 401, 401);
  fake.webhooks.hold();
  await send(triggerOf('a'), acknowledgeOf('a'));
  fake.people.unacknowledge({ dedup_key: 'a' });
  await send(acknowledgeOf('a'), resolveOf('a'));
  fake.webhooks.release();
  await fake.webhooks.idle();
  expect([receiver.received.length, subscription()]).toEqual([3, { disabled: true, drops: 3 }]);
  await send(triggerOf('a'));
  fake.webhooks.ping();
  await fake.webhooks.idle();
  expect(receiver.received).toHaveLength(3);
  fake.webhooks.enable(fake.webhooks.subscriptions()[0]!.id);
  await send(triggerOf('b'));
  await fake.webhooks.idle();
  expect([arrived('b'), subscription()]).toEqual([['triggered'], { disabled: false, drops: 0 }]);
});

test('a webhook that nobody takes for too long is dropped', async () => {
  const options = { timeoutMs: 50, backoffMs: 10, giveUpMs: 60 };
  const impatient = await startFakePagerduty({
    webhooks: [{ url: receiver.url, secrets: [] }],
    delivery: options,
  });
  receiver.answers.push(...Array.from({ length: 100 }, () => 503));
  await enqueue(impatient.url, triggerOf('a'));
  await impatient.webhooks.idle();
  expect(impatient.webhooks.sent().length).toBeGreaterThan(1);
  expect(impatient.webhooks.subscriptions()).toMatchObject([{ drops: 1, disabled: false }]);
  await impatient.close();
});

test('webhooks of PagerDuty arrive twice, or never, by script', async () => {
  fake.webhooks.duplicateNext();
  await send(triggerOf('a'), acknowledgeOf('a'));
  fake.webhooks.loseNext();
  await send(resolveOf('a'), triggerOf('a'));
  await fake.webhooks.idle();
  expect(arrived('a').sort()).toEqual(['acknowledged', 'triggered', 'triggered', 'triggered']);
  const [first, second, third] = ids();
  expect([first === second, second === third]).toEqual([true, false]);
});

test('webhooks that are held wait until they are released, and idle waits with them', async () => {
  fake.webhooks.hold();
  await send(triggerOf('a'), resolveOf('a'));
  let idle = false;
  const settled = fake.webhooks.idle().then(() => (idle = true));
  await sleep(30);
  expect([fake.webhooks.waiting(), receiver.received.length, idle]).toEqual([2, 0, false]);
  fake.webhooks.release();
  await settled;
  expect(arrived('a')).toEqual(['triggered', 'resolved']);
});
