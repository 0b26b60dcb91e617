import { startReceiver, type Receiver } from '../fakes/netbox/receiver';
import { ask, enqueue, triggerOf } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { spawnFakePagerduty, type RemotePagerduty } from '../fakes/pagerduty/remote';

let fake: RemotePagerduty;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  const services = [{ name: 'Network', routingKeys: [FAKE_ROUTING_KEY] }];
  fake = await spawnFakePagerduty({ services, webhooks: [{ url: receiver.url, secrets: ['far'] }] });
});
afterAll(async () => {
  await fake.close();
  await receiver.close();
});

test('a PagerDuty in another process is asked, made to fail and used by people from here', async () => {
  expect((await enqueue(fake.url, triggerOf('a'))).status).toBe(202);
  expect(await fake.log.events({ dedup_key: 'a' })).toMatchObject([{ status: 202, effect: 'opened' }]);
  await fake.people.acknowledge({ dedup_key: 'a' }, 'Ada');
  await fake.webhooks.idle();
  expect((await fake.webhooks.sent()).map(({ event_type }) => event_type)).toEqual([
    'incident.triggered',
    'incident.acknowledged',
  ]);
  expect(receiver.received).toHaveLength(2);
  await fake.faults.add({ count: null }, { kind: 'status', status: 500 });
  expect((await ask(`${fake.url}/services`)).status).toBe(500);
  await fake.faults.clear();
  await fake.limits.events({ perMinute: 1 });
  await enqueue(fake.url, triggerOf('a'));
  expect((await enqueue(fake.url, triggerOf('a'))).status).toBe(429);
  expect(await fake.log.largestWindow()).toEqual({ received: 3, accepted: 2 });
  await fake.state.addService({ name: 'Far', routingKeys: [routingKeyOf(7)] });
  expect((await enqueue(fake.url, triggerOf('b', { routing_key: routingKeyOf(7) }))).status).toBe(202);
  expect(await fake.state.totals()).toEqual({ alerts: 2, incidents: 2, pages: 2, open_alerts: 2 });
  expect((await fake.requests()).map(({ path, status }) => [path, status])).toEqual([['/services', 500]]);
  await fake.clearRequests();
  expect(await fake.requests()).toEqual([]);
});

test('what a PagerDuty in another process refuses comes back with its reason', async () => {
  await expect(fake.people.resolve('QNONE')).rejects.toThrow('there is no incident "QNONE"');
  const unknown = await ask(`${fake.url}/_control`, { method: 'POST', body: { call: 'people.sleep' } });
  expect([unknown.status, unknown.json().error]).toEqual([400, expect.stringContaining('people.acknowledge')]);
});
