import { createVault } from '../../../store/secrets';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../../fakes/pagerduty/keys';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

const OWN_KEY = routingKeyOf(2);

let site: IncidentSite;
let calls: PagerdutyCalls;
let service: number;

beforeAll(async () => {
  const services = [FAKE_ROUTING_KEY, OWN_KEY].map((key, index) => ({ name: `service ${index}`, routingKeys: [key] }));
  site = await createIncidentSite({ services });
  calls = pagerdutyCalls(site);
  const now = new Date();
  const version = await createVault(TEST_SECRET_KEY).keep(site.knex, 'routing_key', OWN_KEY, now);
  const [row] = await site
    .knex('incident_service')
    .insert({
      ...{ name: 'transit', service_type: 'technical', description: '', routing_key: version },
      ...{ hold_seconds: 0, quiet_seconds: 0, created: now, last_updated: now },
    })
    .returning<{ id: number }[]>('id');
  service = row?.id ?? 0;
});
afterEach(() => site.fake.faults.clear());
afterAll(() => site.close());

const status = async () => (await calls.get('status/')).body;

test('the status of a quiet product has the fields of the seed document', async () => {
  expect(await status()).toMatchObject({
    ...{ enabled: true, configured: true, send_on_event_create: true, send_on_incident_create: true },
    ...{ send_on_incident_update: true, auto_resolve: true, source: 'netbox' },
    ...{ component: 'netbox-business-application', group: 'infrastructure' },
    ...{ pending: 0, retrying: 0, dead: 0, oldest_waiting: null, last_success: null, left_to_people: 0, held: 0 },
    ...{ differences: 0 },
    webhooks: { last_received: null, unmatched: 0, refused_signatures: 0, last_refused: null },
  });
});

test('what waits for PagerDuty is counted, with how long the oldest waits', async () => {
  site.fake.faults.outage('refuse');
  const id = await calls.incident();
  await calls.post('send-incident/', { incident_id: id, action: 'acknowledge' }, 2);
  const { pending, retrying, oldest_waiting, last_success } = await status();
  expect([pending, retrying, last_success]).toEqual([2, 1, null]);
  expect(oldest_waiting.seconds).toBeGreaterThan(0);
  expect(Date.parse(oldest_waiting.since)).toBeLessThan(Date.now());
  site.fake.faults.outage('off');
  await site.settled();
  expect(await status()).toMatchObject({
    pending: 0,
    retrying: 0,
    oldest_waiting: null,
    last_success: expect.any(String),
  });
});

test('budgets are told apart by versions of keys and where these come from, and no key is shown', async () => {
  await calls.incident({ affected_services: [service] });
  await calls.post('test/', {}, 20);
  await site.settled();
  const body = await status();
  const origins = body.budgets.map((budget: { origins: string[] }) => budget.origins);
  expect(origins).toEqual(expect.arrayContaining([['technical service transit'], ['PAGERDUTY_ROUTING_KEY']]));
  for (const budget of body.budgets) {
    expect(budget).toMatchObject({ per_minute: 6_000, blocked_until: null, routing_key: expect.any(Number) });
    expect(budget.used).toBeGreaterThan(0);
  }
  const text = JSON.stringify(body);
  for (const key of [FAKE_ROUTING_KEY, OWN_KEY]) expect(text).not.toContain(key.slice(0, 8));
});

test('a key that PagerDuty limits is shown with when it goes on', async () => {
  const fault = { kind: 'status', status: 429, retryAfter: 2 } as const;
  site.fake.faults.add({ routing_key: OWN_KEY }, fault);
  const incident_id = await calls.incident({ affected_services: [service] });
  await calls.post('send-incident/', { incident_id }, 1);
  const { budgets } = await status();
  const blocked = budgets.filter((budget: { blocked_until: string | null }) => budget.blocked_until !== null);
  expect(blocked).toMatchObject([{ origins: ['technical service transit'] }]);
  await site.settled();
});

test('settings that are missing are named with what they are for', async () => {
  await calls.event({ id: 7, dedup_id: 'of-netbox' });
  const now = new Date();
  await site.knex('pagerduty_webhook').insert({
    ...{ id: 'unmatched', received: now, occurred_at: now, event_type: 'incident.resolved', pagerduty_incident: 'Q1' },
    ...{ outcome: 'unmatched', alerts: [] },
  });
  const { missing, webhooks } = await status();
  expect(missing.map(({ setting }: { setting: string }) => setting)).toEqual([
    ...['PAGERDUTY_WEBHOOK_SECRETS', 'PAGERDUTY_API_TOKEN', 'BASE_URL', 'PUBLIC_URL'],
  ]);
  expect(webhooks).toMatchObject({ unmatched: 1 });
  // PostgreSQL writes 0.34 s where JavaScript writes 0.340.
  expect(new Date(webhooks.last_received)).toEqual(now);
  await site.settled();
});

test('maintenance holds an automatic page back, and a person sends all the same', async () => {
  const [start, end] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3600_000)];
  await site.knex('incident_maintenance').insert({
    ...{ description: '', contact: '', technical_service: service, status: 'started' },
    ...{ planned_start: start, planned_end: end, created: start, last_updated: start },
  });
  const held = await calls.incident({ affected_services: [service] });
  for (let tries = 0; (await status()).held === 0 && tries < 100; tries += 1)
    await new Promise((go) => setTimeout(go, 50));
  expect(await status()).toMatchObject({ held: 1, pending: 1 });
  const behind = await calls.post('send-incident/', { incident_id: held, dry_run: true });
  expect(behind.body.would_wait.join()).toContain('maintenance');
  await site.knex('incident_maintenance').delete();
  const alert = await site.alert(`netbox-incident-${held}`);
  expect(alert?.state.queue[0]?.parked).toBe(true);
});
