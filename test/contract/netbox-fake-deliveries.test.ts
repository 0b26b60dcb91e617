import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver, type Receiver } from '../fakes/netbox/receiver';
import { startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';

let fake: FakeNetbox;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  fake = await startFakeNetbox({ webhooks: [{ url: receiver.url }] });
});
afterEach(async () => {
  await fake.close();
  await receiver.close();
});

/** The devices that were told of since the last call, in order. */
async function told(): Promise<number[]> {
  await fake.webhooks.idle();
  return receiver.received.splice(0).map(({ body }) => (JSON.parse(body.toString('utf8')) as Told).data.id);
}

interface Told {
  readonly data: { readonly id: number; readonly comments: string };
}

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
  // Long enough for one more to come.
  await sleep(20);
}

const touch = (...ids: number[]): unknown => fake.state.bulkUpdate(ids.map((id) => ({ id, comments: 'touched' })));
const FIRST = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('webhooks arrive in the order of the changes', async () => {
  touch(...FIRST);
  fake.state.updateDevice(1, {});
  expect(await told()).toEqual([...FIRST, 1]);
  expect(fake.webhooks.sent.map(({ id, status }) => [id, status])).toEqual([...FIRST, 1].map((id) => [id, 200]));
});

test('webhooks that wait keep the body of their time', async () => {
  fake.webhooks.hold();
  fake.state.updateDevice(1, { comments: 'first' });
  fake.state.updateDevice(1, { comments: 'second' });
  expect(receiver.received).toEqual([]);
  expect(fake.webhooks.waiting).toHaveLength(2);
  fake.webhooks.release();
  await fake.webhooks.idle();
  const comments = receiver.received.map(({ body }) => (JSON.parse(body.toString('utf8')) as Told).data.comments);
  expect(comments).toEqual(['first', 'second']);
});

test('webhooks are lost by number or by what they tell', async () => {
  fake.webhooks.lose(2);
  touch(1, 2, 3);
  expect(await told()).toEqual([3]);
  fake.webhooks.lose(({ id, event }) => id === 2 && event === 'updated');
  touch(1, 2, 3);
  expect(await told()).toEqual([1, 3]);
  fake.webhooks.reset();
  touch(2);
  expect(await told()).toEqual([2]);
});

test('webhooks come twice, byte for byte', async () => {
  fake.webhooks.double(1);
  touch(1, 2);
  await fake.webhooks.idle();
  const [first, again] = receiver.received;
  expect(again).toEqual(first);
  expect(await told()).toEqual([1, 1, 2]);
});

test('webhooks are shuffled, the same way for the same seed', async () => {
  const orders: number[][] = [];
  for (const seed of [3, 3, 4]) {
    fake.webhooks.shuffle(seed);
    touch(...FIRST);
    orders.push(await told());
  }
  expect([...orders[0]!].sort((left, right) => left - right)).toEqual(FIRST);
  expect(orders[0]).not.toEqual(FIRST);
  expect(orders[1]).toEqual(orders[0]);
  expect(orders[2]).not.toEqual(orders[0]);
});

test('webhooks are delayed, one after the other', async () => {
  fake.webhooks.delay(20);
  const started = performance.now();
  touch(1, 2, 3);
  expect(await told()).toEqual([1, 2, 3]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(55);
});

test('one worker waits for each answer, several have as many on their way', async () => {
  for (const workers of [1, 3]) {
    const answered = receiver.hold();
    fake.webhooks.parallel(workers);
    touch(1, 2, 3, 4);
    await waitUntil(() => receiver.received.length >= workers);
    expect(receiver.received).toHaveLength(workers);
    answered();
    expect((await told()).sort((left, right) => left - right)).toEqual([1, 2, 3, 4]);
  }
});

test('a refused webhook is not sent again, unless retries are set', async () => {
  receiver.answers.push(503);
  touch(1, 2);
  expect(await told()).toEqual([1, 2]);
  expect(fake.webhooks.sent.map(({ status }) => status)).toEqual([503, 200]);
  fake.webhooks.retries(2, 5);
  receiver.answers.push(500, 429);
  touch(3);
  await fake.webhooks.idle();
  const [first, ...again] = receiver.received;
  expect(again).toEqual([first, first]);
});

test('a receiver that is away costs the webhook', async () => {
  await receiver.close();
  touch(1);
  await fake.webhooks.idle();
  expect(fake.webhooks.sent).toMatchObject([{ id: 1, status: 0, error: expect.stringContaining('ECONNREFUSED') }]);
});

test('a redirect is an answer like any other', async () => {
  receiver.answers.push(302);
  touch(1);
  expect(await told()).toEqual([1]);
  expect(fake.webhooks.sent).toMatchObject([{ status: 302 }]);
});
