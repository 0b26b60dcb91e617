import { acknowledgeOf, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
const OTHER = routingKeyOf(2);
const GROUPED = routingKeyOf(3);

beforeEach(async () => {
  fake = await startFakePagerduty({
    services: [
      { name: 'Network', routingKeys: [FAKE_ROUTING_KEY, OTHER] },
      { name: 'Grouped', routingKeys: [GROUPED], grouping: true },
    ],
  });
});
afterEach(() => fake.close());

/** Sends events one after the other; what each did. */
async function effects(...events: object[]): Promise<(string | null)[]> {
  const before = fake.log.events().length;
  for (const event of events) expect((await enqueue(fake.url, event)).status).toBe(202);
  return fake.log
    .events()
    .slice(before)
    .map(({ effect }) => effect);
}

const payload = (summary: string, severity: string): object => ({
  payload: { summary, source: 'netbox', severity, custom_details: { summary } },
});

test('a trigger opens an alert and an incident of its key, and pages once', async () => {
  expect(await effects(triggerOf('a'))).toEqual(['opened']);
  const [incident] = fake.state.incidents();
  expect(incident).toMatchObject({ number: 1, status: 'triggered', incident_key: 'a', title: 'router is down' });
  expect(fake.state.openAlerts()).toMatchObject([{ alert_key: 'a', incident_id: incident!.id, status: 'triggered' }]);
  expect(fake.state.pages()).toMatchObject([{ incident_id: incident!.id, incident_key: 'a', reason: 'triggered' }]);
});

test('another trigger is added to the log of the open alert, which keeps its first words and severity', async () => {
  const events = [triggerOf('a', payload('first', 'warning')), triggerOf('a', payload('second', 'critical'))];
  expect(await effects(...events)).toEqual(['opened', 'appended']);
  expect(fake.state.alerts()).toMatchObject([
    {
      summary: 'first',
      custom_details: { summary: 'first' },
      severity: 'warning',
      last_severity: 'critical',
      triggers: 2,
      log: [{ summary: 'first' }, { summary: 'second', severity: 'critical' }],
    },
  ]);
  expect(fake.state.incidents()).toMatchObject([{ title: 'first' }]);
  expect(fake.state.totals()).toEqual({ alerts: 1, incidents: 1, pages: 1, open_alerts: 1 });
});

test('a trigger after the resolve opens another alert and another incident', async () => {
  expect(await effects(triggerOf('a'), resolveOf('a'), triggerOf('a'))).toEqual(['opened', 'resolved', 'opened']);
  expect(fake.state.alerts().map(({ status }) => status)).toEqual(['resolved', 'triggered']);
  expect(fake.state.incidents().map(({ status }) => status)).toEqual(['resolved', 'triggered']);
  expect(fake.state.pages()).toHaveLength(2);
});

test('an acknowledge or resolve without an open alert is accepted and dropped', async () => {
  const before = await effects(acknowledgeOf('a'), resolveOf('a'));
  const after = await effects(triggerOf('a'), resolveOf('a'), acknowledgeOf('a'), resolveOf('a'));
  expect([...before, ...after.slice(2)]).toEqual(['dropped', 'dropped', 'dropped', 'dropped']);
  expect(fake.log.events({ effect: 'dropped' })).toHaveLength(4);
});

test('an event applies only through the routing key of its alert, also within one service', async () => {
  expect(await effects(triggerOf('a'), acknowledgeOf('a', OTHER), resolveOf('a', OTHER))).toEqual([
    'opened',
    'dropped',
    'dropped',
  ]);
  expect(await effects(triggerOf('a', { routing_key: OTHER }))).toEqual(['opened']);
  expect(fake.state.openAlerts().map(({ routing_key }) => routing_key)).toEqual([FAKE_ROUTING_KEY, OTHER]);
});

test('keys that differ by case alone are different keys', async () => {
  expect(await effects(triggerOf('Key'), resolveOf('key'), triggerOf('key'))).toEqual(['opened', 'dropped', 'opened']);
});

test('an acknowledged incident pages nobody when triggers go on', async () => {
  const events = [triggerOf('a'), acknowledgeOf('a'), triggerOf('a'), acknowledgeOf('a'), resolveOf('a')];
  expect(await effects(...events)).toEqual(['opened', 'acknowledged', 'appended', 'unchanged', 'resolved']);
  expect(fake.state.pages()).toHaveLength(1);
  expect(fake.state.incidents()).toMatchObject([{ status: 'resolved', resolved_at: expect.any(String) }]);
});

test('alerts of a grouping service share an incident without a key, which ends with the last of them', async () => {
  const grouped = { routing_key: GROUPED };
  expect(await effects(triggerOf('a', grouped), triggerOf('b', grouped), acknowledgeOf('b', GROUPED))).toEqual([
    'opened',
    'grouped',
    'acknowledged',
  ]);
  expect(fake.state.incidents()).toMatchObject([
    { incident_key: null, status: 'acknowledged', title: 'router is down' },
  ]);
  expect(fake.state.pages()).toHaveLength(1);
  await effects(resolveOf('a', GROUPED));
  expect(fake.state.incidents()).toMatchObject([{ status: 'acknowledged' }]);
  await effects(resolveOf('b', GROUPED));
  expect(fake.state.incidents()).toMatchObject([{ status: 'resolved' }]);
  expect(await effects(triggerOf('c', grouped))).toEqual(['opened']);
});

test('a service can be added to PagerDuty while it runs', async () => {
  const event = triggerOf('a', { routing_key: routingKeyOf(9) });
  expect((await enqueue(fake.url, event)).status).toBe(400);
  const { id } = fake.state.addService({ name: 'Late', routingKeys: [routingKeyOf(9)] });
  await effects(event);
  expect(fake.state.alerts()).toMatchObject([{ service_id: id }]);
});
