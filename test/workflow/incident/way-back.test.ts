import { setTimeout as sleep } from 'node:timers/promises';
import { createIncident, changeIncident } from '../../../store/incidents/incidents';
import { reportEvents } from '../../../store/incidents/events';
import type { EventReport } from '../../../store/incidents/event-rows';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { createVault } from '../../../store/secrets';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { PAGERDUTY_WEBHOOK } from '../../helpers/pagerduty-webhook';
import { routingKeyOf } from '../../fakes/pagerduty/keys';

const GROUPING = routingKeyOf(7);

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite({
    services: [
      { name: 'Network', routingKeys: [routingKeyOf(1)] },
      { name: 'Grouped', routingKeys: [GROUPING], grouping: true },
    ],
    webhookSecrets: ['new-secret', 'old-secret'],
    hasApiToken: true,
    delivery: { backoffMs: 50 },
  });
  site.fake.webhooks.subscribe({ url: `${site.url}${PAGERDUTY_WEBHOOK}`, secrets: ['old-secret'] });
});
afterAll(() => site.close());

const who = () => ({ actor: 'a person here', now: new Date() });

const INCIDENT: IncidentValues = {
  ...{ title: 'Transit is down', description: 'AS64500', status: 'new', severity: 'high' },
  ...{ reporter: 'noc', commander: '', responders: [], affected_services: [], events: [] },
};

const create = (values: Partial<IncidentValues> = {}) =>
  site.knex.transaction((trx) => createIncident(trx, { ...INCIDENT, ...values }, who()));
const change = (id: number, values: Partial<IncidentValues>) =>
  site.knex.transaction((trx) => changeIncident(trx, id, values, who()));
const report = (dedup_id: string, values: Partial<EventReport> = {}) =>
  reportEvents(
    site.knex,
    [{ dedup_id, message: `${dedup_id} is down`, status: 'triggered', criticality: 'MEDIUM', ...values }],
    site.settings.join,
    who(),
  );

const lookingUp = async (): Promise<number> =>
  (await site.knex('pagerduty_webhook').where('outcome', 'looking-up')).length;

/** Waits until all is sent, told and looked up. */
async function calm(): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    await sleep(50);
    await site.settled();
    await site.fake.webhooks.idle();
    if ((await lookingUp()) > 0) continue;
    const before = site.fake.webhooks.sent().length;
    await site.settled();
    if (site.fake.webhooks.waiting() === 0 && site.fake.webhooks.sent().length === before) return;
  }
  throw new Error('it does not come to an end');
}

const statusOf = async (id: number) => (await site.knex('incident').where({ id }).first('status')).status;
const keyOf = (id: number) => `netbox-incident-${id}`;
const there = (dedup_key: string) => ({ dedup_key });
const outcomes = async (incident: string) =>
  (await site.knex('pagerduty_webhook').where({ pagerduty_incident: incident }).orderBy('received')).map(
    ({ event_type, outcome }) => `${event_type.replace('incident.', '')} ${outcome}`,
  );
const incidentThere = (key: string) => site.fake.state.alerts({ alert_key: key }).at(-1)!.incident_id;

test('what a person does in PagerDuty is done to the incident here, and nothing of it is sent back', async () => {
  const id = await create();
  await calm();
  const key = keyOf(id);
  site.fake.people.acknowledge(there(key), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('acknowledged');
  site.fake.people.unacknowledge(there(key));
  await calm();
  expect(await statusOf(id)).toBe('new');
  site.fake.people.resolve(there(key), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('resolved');
  site.fake.people.reopen(there(key), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('new');
  expect((await site.alert(key))?.told).toBe('triggered');
  expect(site.told(key)).toEqual(['trigger']);
  const actors = (await site.timeline(id)).filter(({ actor }) => actor === 'Petra').map(({ action }) => action);
  expect(actors).toEqual(['acknowledged', 'resolved', 'reopened']);
});

test('our own acknowledgement and resolve come back and change nothing', async () => {
  const id = await create();
  await calm();
  const key = keyOf(id);
  const pagerduty = incidentThere(key);
  await change(id, { status: 'acknowledged' });
  await calm();
  await change(id, { status: 'investigating' });
  await change(id, { status: 'closed' });
  await calm();
  expect(await statusOf(id)).toBe('closed');
  expect(await outcomes(pagerduty)).toEqual(['triggered handled', 'acknowledged unchanged', 'resolved unchanged']);
  expect(site.told(key)).toEqual(['trigger', 'acknowledge', 'resolve']);
});

test('a resolve by a person is respected until an event clears and fires again', async () => {
  await report('respected');
  await calm();
  const key = 'netbox-event-respected';
  site.fake.people.resolve(there(key), 'Petra');
  await calm();
  await report('respected');
  await report('respected', { criticality: 'CRITICAL' });
  await calm();
  expect(site.told(key)).toEqual(['trigger']);
  expect(site.fake.state.openAlerts({ alert_key: key })).toEqual([]);
  await report('respected', { status: 'ok' });
  await calm();
  expect(site.told(key)).toEqual(['trigger']);
  await report('respected');
  await calm();
  expect(site.told(key)).toEqual(['trigger', 'trigger']);
  expect(site.fake.state.openAlerts({ alert_key: key })).toHaveLength(1);
});

test('a resolve by a person ends an incident, and its event pages anew once it cleared and fires again', async () => {
  const [event] = await report('member');
  const id = await create({ severity: 'medium', events: [event!.event_id] });
  await calm();
  const key = (await site.knex('pagerduty_alert').where({ incident: id }).first('dedup_key')).dedup_key;
  site.fake.people.resolve(there(key), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('resolved');
  await report('member');
  await report('member', { status: 'ok' });
  await calm();
  expect(site.told(key)).toEqual(['trigger']);
  await report('member');
  await calm();
  expect(site.told('netbox-event-member').filter((action) => action === 'trigger')).toHaveLength(2);
  expect(await statusOf(id)).toBe('resolved');
});

test('a secret may be replaced by another one, while both sign or either does', async () => {
  const [subscription] = site.fake.webhooks.subscriptions();
  const id = await create();
  await calm();
  site.fake.webhooks.setSecrets(subscription!.id, ['old-secret', 'new-secret']);
  site.fake.people.acknowledge(there(keyOf(id)), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('acknowledged');
  site.fake.webhooks.setSecrets(subscription!.id, ['new-secret']);
  site.fake.webhooks.duplicateNext();
  site.fake.people.resolve(there(keyOf(id)), 'Petra');
  await calm();
  expect(await statusOf(id)).toBe('resolved');
  expect(await outcomes(incidentThere(keyOf(id)))).toEqual([
    'triggered handled',
    'acknowledged handled',
    'resolved handled',
  ]);
});

test('of an incident of PagerDuty without a key, all alerts are looked up, however long its REST API is away', async () => {
  const now = new Date().toISOString();
  const routing_key = await createVault(TEST_SECRET_KEY).keep(site.knex, 'routing_key', GROUPING, new Date());
  const [service] = await site
    .knex('incident_service')
    .insert({
      ...{ name: 'grouped', service_type: 'technical', description: '', routing_key },
      ...{ hold_seconds: 0, quiet_seconds: 0, created: now, last_updated: now },
    })
    .returning('id');
  const ids = [];
  for (let i = 0; i < 3; i++) {
    ids.push(await create({ affected_services: [service.id] }));
    await calm();
  }
  const pagerduty = incidentThere(keyOf(ids[0]!));
  expect(incidentThere(keyOf(ids[2]!))).toBe(pagerduty);
  site.fake.faults.add({ path: '/alerts', count: 1 }, { kind: 'status', status: 503 });
  site.fake.faults.add({ path: '/alerts', count: 1 }, { kind: 'not-json' });
  site.fake.people.acknowledge(pagerduty, 'Petra');
  await calm();
  for (const id of ids) expect(await statusOf(id)).toBe('acknowledged');
  site.fake.people.resolve(pagerduty, 'Petra');
  await calm();
  for (const id of ids) expect(await statusOf(id)).toBe('resolved');
  const row = await site
    .knex('pagerduty_webhook')
    .where({ pagerduty_incident: pagerduty, event_type: 'incident.resolved' })
    .first();
  expect(row).toMatchObject({ outcome: 'handled', reason: null });
  expect(row.alerts).toHaveLength(3);
  expect(site.fake.faults.rules().map(({ hits }) => hits)).toEqual([1, 1]);
  site.fake.faults.clear();
});

test('an incident that PagerDuty does not show is unmatched after all', async () => {
  site.fake.webhooks.hideIncidentKey(1);
  const id = await create();
  site.fake.faults.add(
    { path: '/alerts', count: 1 },
    { kind: 'status', status: 404, body: { error: { code: 2100, message: 'Not Found' } } },
  );
  await calm();
  const pagerduty = incidentThere(keyOf(id));
  expect(await outcomes(pagerduty)).toEqual(['triggered unmatched']);
  site.fake.faults.clear();
});
