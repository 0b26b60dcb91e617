import { setTimeout as sleep } from 'node:timers/promises';
import { enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

// What a sender must not run into; each is sent by hand here, so that tests of senders can trust the fake to show it.

let fake: FakePagerduty;

beforeEach(async () => {
  const routingKeys = [FAKE_ROUTING_KEY, routingKeyOf(2)];
  fake = await startFakePagerduty({ services: [{ name: 'Network', routingKeys }] });
});
afterEach(() => fake.close());

const send = async (event: object): Promise<number> => (await enqueue(fake.url, event)).status;
const statuses = (): string[] => fake.state.incidents().map(({ status }) => status);

test('hazard A: a resolve that is there before its trigger is dropped, and the incident stays open', async () => {
  expect([await send(resolveOf('a')), await send(triggerOf('a'))]).toEqual([202, 202]);
  expect(statuses()).toEqual(['triggered']);
});

test('hazard A: a trigger that is held up on its way is overtaken by its resolve', async () => {
  fake.faults.add({ event_action: 'trigger' }, { kind: 'delay', milliseconds: 100 });
  const trigger = send(triggerOf('a'));
  while (fake.log.events().length === 0) await sleep(5);
  expect([await send(resolveOf('a')), await trigger]).toEqual([202, 202]);
  expect(fake.log.events().map(({ event_action, effect }) => [event_action, effect])).toEqual([
    ['trigger', 'opened'],
    ['resolve', 'dropped'],
  ]);
  expect(statuses()).toEqual(['triggered']);
});

test('hazard B: a trigger whose answer was lost opens a second incident if it is repeated after the resolve', async () => {
  fake.faults.add({ event_action: 'trigger' }, { kind: 'lose-answer' });
  await expect(send(triggerOf('a'))).rejects.toThrow();
  await send(resolveOf('a'));
  await send(triggerOf('a'));
  expect(statuses()).toEqual(['resolved', 'triggered']);
  expect(fake.state.pages()).toHaveLength(2);
});

test('hazard C: a trigger whose answer was lost does no harm if it is repeated before the resolve', async () => {
  fake.faults.add({ event_action: 'trigger' }, { kind: 'lose-answer' });
  await expect(send(triggerOf('a'))).rejects.toThrow();
  await send(triggerOf('a'));
  await send(resolveOf('a'));
  expect(statuses()).toEqual(['resolved']);
  expect(fake.state.pages()).toHaveLength(1);
});

test('hazard D: a resolve with another routing key is accepted, and the incident stays open', async () => {
  await send(triggerOf('a'));
  expect(await send(resolveOf('a', routingKeyOf(2)))).toBe(202);
  expect(statuses()).toEqual(['triggered']);
});
