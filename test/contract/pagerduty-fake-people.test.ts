import { acknowledgeOf, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
const A = { dedup_key: 'a' };

beforeEach(async () => {
  fake = await startFakePagerduty();
  await enqueue(fake.url, triggerOf('a'));
});
afterEach(() => fake.close());

const statuses = (): string[] => fake.state.incidents().map(({ status }) => status);

test('people acknowledge, let go, resolve and reopen an incident, by its id or by the key of its alert', () => {
  const { id } = fake.state.incidents()[0]!;
  fake.people.acknowledge(id, 'Ada');
  expect(statuses()).toEqual(['acknowledged']);
  fake.people.unacknowledge(A);
  expect(statuses()).toEqual(['triggered']);
  fake.people.resolve(A, 'Ada');
  expect([statuses(), fake.state.openAlerts()]).toEqual([['resolved'], []]);
  fake.people.reopen(id, 'Ada');
  expect([statuses(), fake.state.openAlerts()]).toEqual([['triggered'], [expect.objectContaining({ alert_key: 'a' })]]);
  expect(fake.state.pages().map(({ reason }) => reason)).toEqual(['triggered', 'reopened']);
});

test('what the state of an incident does not allow is refused, and so is an incident that is not there', () => {
  expect(() => fake.people.unacknowledge(A)).toThrow('cannot unacknowledge incident');
  expect(() => fake.people.reopen(A)).toThrow('which is triggered');
  fake.people.resolve(A);
  for (const move of ['acknowledge', 'resolve', 'escalate'] as const)
    expect(() => fake.people[move](A)).toThrow('which is resolved');
  expect(() => fake.people.acknowledge('QNONE')).toThrow('there is no incident "QNONE"');
  expect(() => fake.people.resolve({ dedup_key: 'A' })).toThrow('there is no incident');
});

test('an incident that a person resolved is triggered anew by the next trigger', async () => {
  fake.people.resolve(A, 'Ada');
  await enqueue(fake.url, triggerOf('a'));
  expect(statuses()).toEqual(['resolved', 'triggered']);
  fake.people.acknowledge(A, 'Ada');
  expect(statuses()).toEqual(['resolved', 'acknowledged']);
});

test('a key never has two open alerts, also when an older incident is reopened', async () => {
  const { id } = fake.state.incidents()[0]!;
  await enqueue(fake.url, resolveOf('a'));
  await enqueue(fake.url, triggerOf('a'));
  fake.people.reopen(id, 'Ada');
  expect(statuses()).toEqual(['triggered', 'triggered']);
  expect(fake.state.alerts().map(({ status }) => status)).toEqual(['resolved', 'triggered']);
});

test('merged incidents have all their alerts in one, which has no key any more', async () => {
  await enqueue(fake.url, triggerOf('b'));
  fake.people.merge(A, { dedup_key: 'b' }, 'Ada');
  expect(fake.state.incidents()).toMatchObject([
    { status: 'triggered', incident_key: null, resolve_reason: null },
    { status: 'resolved', resolve_reason: { type: 'merge_resolve_reason' } },
  ]);
  expect(fake.state.openAlerts()).toHaveLength(2);
  await enqueue(fake.url, acknowledgeOf('b'));
  expect(statuses()).toEqual(['acknowledged', 'resolved']);
  await enqueue(fake.url, resolveOf('a'));
  expect(statuses()).toEqual(['acknowledged', 'resolved']);
  await enqueue(fake.url, resolveOf('b'));
  expect(statuses()).toEqual(['resolved', 'resolved']);
  expect(() => fake.people.merge(A, { dedup_key: 'b' })).toThrow('into itself');
});
