import { createHmac } from 'node:crypto';
import { startReceiver, type Received, type Receiver } from '../fakes/netbox/receiver';
import { acknowledgeOf, ask, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { sign } from '../fakes/pagerduty/deliver';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
let receiver: Receiver;
const A = { dedup_key: 'a' };

beforeEach(async () => {
  receiver = await startReceiver();
  fake = await startFakePagerduty({ webhooks: [{ url: receiver.url, secrets: ['first secret'] }] });
});
afterEach(async () => {
  await fake.close();
  await receiver.close();
});

const headersOf = ({ headers }: Received): Record<string, string> => Object.fromEntries(headers);

/** The events that were told of since the last call. */
async function told(): Promise<any[]> /* eslint-disable-line @typescript-eslint/no-explicit-any */ {
  await fake.webhooks.idle();
  return receiver.received.splice(0).map(({ body }) => JSON.parse(body.toString('utf8')).event);
}

const typesOf = (events: { event_type: string }[]): string[] => events.map(({ event_type }) => event_type);

test('signatures are those that openssl computes, one for each secret', () => {
  const body = '{"event":{"id":"01","data":{"title":"Zürich ↯ down"}}}';
  // printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret"
  const [first, second] = [
    'e8273798894aa87d6eada2186aecfb67ec3b75ea4f461616d48cb37a7d046aec',
    'd968aed3aaa8d8ce9d131c7e26f6092e3d78954554a769e8710b0bfd363e894f',
  ];
  expect(sign(body, ['first secret'])).toBe(`v1=${first}`);
  expect(sign(body, ['first secret', 'zweites Geheimnis ü'])).toBe(`v1=${first},v1=${second}`);
});

test('a webhook of PagerDuty tells who it is and signs the bytes that it sends', async () => {
  const payload = { summary: 'Zürich ↯', source: 'netbox', severity: 'error' };
  await enqueue(fake.url, triggerOf('a', { payload }));
  await fake.webhooks.idle();
  const [webhook] = receiver.received;
  const subscription = fake.webhooks.subscriptions()[0]!;
  expect([webhook!.method, webhook!.path]).toEqual(['POST', '/hook']);
  expect(headersOf(webhook!)).toMatchObject({
    'Content-Type': 'application/json',
    'User-Agent': 'PagerDuty-Webhook/V3.0',
    'X-Webhook-Id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'X-Webhook-Subscription': subscription.id,
    'X-PagerDuty-Signature': `v1=${createHmac('sha256', 'first secret').update(webhook!.body).digest('hex')}`,
  });
});

test('secrets are replaced one after the other, as their rotation does it', async () => {
  const { id } = fake.webhooks.subscriptions()[0]!;
  const by = (secret: string, body: Buffer): string => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
  for (const secrets of [['first secret', 'second'], ['second'], []]) {
    fake.webhooks.setSecrets(id, secrets);
    fake.webhooks.ping();
    await fake.webhooks.idle();
    const [webhook] = receiver.received.splice(0);
    const expected = secrets.map((secret) => by(secret, webhook!.body)).join(',');
    expect(headersOf(webhook!)['X-PagerDuty-Signature']).toBe(expected === '' ? undefined : expected);
  }
});

test('an incident is told with all its members, as it was at the time', async () => {
  fake.webhooks.hold();
  await enqueue(fake.url, triggerOf('a'));
  fake.people.acknowledge(A, 'Ada');
  fake.webhooks.release();
  const [triggered, acknowledged] = await told();
  const { id } = fake.state.incidents()[0]!;
  expect(triggered).toEqual({
    id: expect.any(String),
    event_type: 'incident.triggered',
    resource_type: 'incident',
    occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    agent: null,
    client: null,
    data: {
      id,
      type: 'incident',
      self: `https://api.pagerduty.com/incidents/${id}`,
      html_url: expect.stringContaining(id),
      number: 1,
      status: 'triggered',
      incident_key: 'a',
      created_at: expect.any(String),
      title: 'router is down',
      service: expect.objectContaining({ summary: 'Network', type: 'service_reference' }),
      assignees: [],
      escalation_policy: expect.objectContaining({ type: 'escalation_policy_reference' }),
      teams: [],
      priority: null,
      urgency: 'high',
      conference_bridge: null,
      resolve_reason: null,
    },
  });
  const { agent, data } = acknowledged;
  expect(agent).toMatchObject({ type: 'user_reference', summary: 'Ada', id: expect.stringMatching(/^P/) });
  expect([acknowledged.id === triggered.id, data.status]).toEqual([false, 'acknowledged']);
});

test('what people do in PagerDuty is told one by one, a note in a form of its own', async () => {
  await enqueue(fake.url, triggerOf('a'));
  fake.people.acknowledge(A, 'Ada');
  fake.people.unacknowledge(A);
  fake.people.escalate(A, 'Ada');
  fake.people.annotate(A, 'on my way', 'Ada');
  fake.people.resolve(A, 'Ada');
  fake.people.reopen(A, 'Ada');
  const events = await told();
  expect(typesOf(events)).toEqual(
    ['triggered', 'acknowledged', 'unacknowledged', 'escalated', 'annotated', 'resolved', 'reopened'].map(
      (type) => `incident.${type}`,
    ),
  );
  const { id } = fake.state.incidents()[0]!;
  expect(events[4].data).toMatchObject({ type: 'incident_note', content: 'on my way', incident: { id } });
  expect(events[2].agent).toBeNull();
});

test('our own acknowledge and resolve come back as webhooks without an agent, and what changes nothing does not', async () => {
  const events = [
    triggerOf('a'),
    triggerOf('a'),
    acknowledgeOf('a'),
    acknowledgeOf('a'),
    resolveOf('a'),
    resolveOf('a'),
  ];
  for (const event of events) await enqueue(fake.url, event);
  const echoes = await told();
  expect(typesOf(echoes)).toEqual(['incident.triggered', 'incident.acknowledged', 'incident.resolved']);
  expect(echoes.map(({ agent }) => agent)).toEqual([null, null, null]);
});

test('a status that was set by the REST API is told as done by the user in its From header', async () => {
  await enqueue(fake.url, triggerOf('a'));
  const { id } = fake.state.incidents()[0]!;
  const body = { incident: { type: 'incident_reference', status: 'resolved' } };
  await ask(`${fake.url}/incidents/${id}`, { method: 'PUT', body, from: 'ada@example.net' });
  expect((await told())[1]).toMatchObject({ event_type: 'incident.resolved', agent: { summary: 'ada@example.net' } });
});

test('a merge is told as the resolve of the incident that went into the other', async () => {
  for (const key of ['a', 'b']) await enqueue(fake.url, triggerOf(key));
  await told();
  fake.people.merge(A, { dedup_key: 'b' }, 'Ada');
  const [resolved] = await told();
  fake.people.acknowledge(A, 'Ada');
  const [acknowledged] = await told();
  const target = fake.state.incidents()[0]!.id;
  expect(resolved).toMatchObject({
    event_type: 'incident.resolved',
    data: { incident_key: 'b', resolve_reason: { type: 'merge_resolve_reason', incident: { id: target } } },
  });
  expect(acknowledged.data).toMatchObject({ id: target, incident_key: null });
});

test('the key of an incident is left out of so many webhooks, or of all', async () => {
  fake.webhooks.hideIncidentKey(1);
  for (const key of ['a', 'b']) await enqueue(fake.url, triggerOf(key));
  fake.webhooks.hideIncidentKey(true);
  for (const key of ['c', 'd']) await enqueue(fake.url, triggerOf(key));
  fake.webhooks.hideIncidentKey(false);
  await enqueue(fake.url, triggerOf('e'));
  const keys = new Map((await told()).map(({ data }) => [data.number, data.incident_key]));
  expect([1, 2, 3, 4, 5].map((number) => keys.get(number))).toEqual([null, 'b', null, null, 'e']);
});

test('a subscription gets the events that it wants, and pings', async () => {
  const resolves = await startReceiver();
  const { id } = fake.webhooks.subscribe({ url: resolves.url, secrets: ['s'], events: ['incident.resolved'] });
  for (const event of [triggerOf('a'), resolveOf('a')]) await enqueue(fake.url, event);
  fake.webhooks.ping(id);
  expect(typesOf(await told())).toEqual(['incident.triggered', 'incident.resolved']);
  const types = resolves.received.map(({ body }) => JSON.parse(body.toString('utf8')).event.event_type);
  expect(types.sort()).toEqual(['incident.resolved', 'pagey.ping']);
  fake.webhooks.ping();
  expect(await told()).toMatchObject([{ event_type: 'pagey.ping', resource_type: 'pagey', data: { type: 'ping' } }]);
  await resolves.close();
});
