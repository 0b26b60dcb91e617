import type { Knex } from 'knex';
import type { AlertState, Queued } from '../../../store/pagerduty/alert-state';
import { createIncident } from '../../../store/incidents/incidents';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import type { IncidentStatus } from '../../../store/incidents/statuses';
import type { TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { about, insertAlert, pagerdutyApi, saidOf, sendWebhook } from '../../helpers/pagerduty-webhook';

let database: TestDatabase;
let knex: Knex;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ knex } = database);
  api = pagerdutyApi(knex);
});
afterAll(() => database.drop());

let keys = 0;
const newKey = (): string => `key-${(keys += 1)}`;

const queued = (action: Queued['action'], values: Partial<Queued> = {}): Queued => ({
  ...{ n: 1, action, severity: 'critical', first: action === 'trigger', at: '2026-01-01T00:00:00Z', asked: false },
  ...{ tried: false, ...values },
});

/** What a deed is answered with for an alert in some state, and whether it became a fact. */
async function deed(did: string, state: Partial<AlertState>): Promise<[string, boolean]> {
  const key = newKey();
  const alert = await insertAlert(knex, key, { state });
  const data = { incident_key: key, id: `P${key}` };
  const { body } = await sendWebhook(api, about(`incident.${did}`, data)).expect(202);
  return [body.outcome, (await saidOf(knex, alert)).length === 1];
}

const NEWS: [string, boolean] = ['handled', true];
const KNOWN: [string, boolean] = ['unchanged', false];

test.each<[string, string, Partial<AlertState>, [string, boolean]]>([
  ['acknowledged', 'an open alert', { told: 'triggered' }, NEWS],
  ['acknowledged', 'an acknowledged one', { told: 'acknowledged' }, KNOWN],
  ['acknowledged', 'one that we are acknowledging', { queue: [queued('acknowledge', { tried: true })] }, KNOWN],
  ['acknowledged', 'one whose acknowledgement waits', { queue: [queued('acknowledge')] }, NEWS],
  [
    'acknowledged',
    'one whose trigger was not answered',
    { told: 'nothing', queue: [queued('trigger', { tried: true })] },
    NEWS,
  ],
  ['acknowledged', 'one whose trigger waits', { told: 'nothing', queue: [queued('trigger')] }, KNOWN],
  ['acknowledged', 'a resolved one', { told: 'resolved' }, KNOWN],
  ['unacknowledged', 'an acknowledged one', { told: 'acknowledged' }, NEWS],
  ['unacknowledged', 'an open one', { told: 'triggered' }, KNOWN],
  ['unacknowledged', 'a resolved one', { told: 'resolved' }, KNOWN],
  ['resolved', 'an open one', { told: 'triggered' }, NEWS],
  ['resolved', 'an acknowledged one', { told: 'acknowledged' }, NEWS],
  ['resolved', 'one that we are resolving', { queue: [queued('resolve', { tried: true })] }, KNOWN],
  ['resolved', 'one whose resolve waits', { queue: [queued('resolve')] }, NEWS],
  ['resolved', 'one whose resolve was refused', { dead: true, queue: [queued('resolve', { tried: true })] }, NEWS],
  ['resolved', 'a resolved one', { told: 'resolved' }, KNOWN],
  ['resolved', 'one that was never sent', { told: 'nothing' }, KNOWN],
  ['reopened', 'a resolved one', { told: 'resolved' }, NEWS],
  ['reopened', 'an open one', { told: 'triggered' }, KNOWN],
  ['reopened', 'one that was never sent', { told: 'nothing' }, KNOWN],
])('that %s is told of %s is news or our own doing', async (did, _what, state, expected) => {
  expect(await deed(did, state)).toEqual(expected);
});

test('what happened before the latest trigger, or to an alert that was never triggered, is stale', async () => {
  const before = new Date(Date.now() - 61_000).toISOString();
  const alert = await insertAlert(knex, 'stale');
  const old = about('incident.resolved', { incident_key: 'stale', occurred_at: before });
  expect((await sendWebhook(api, old).expect(202)).body).toMatchObject({ outcome: 'unchanged', reason: /stale/ });
  await insertAlert(knex, 'never', { triggered_at: null });
  const never = about('incident.resolved', { incident_key: 'never' });
  expect((await sendWebhook(api, never).expect(202)).body.outcome).toBe('unchanged');
  expect(await saidOf(knex, alert)).toEqual([]);
});

test('an older webhook that comes after a newer one of its incident does not turn things back', async () => {
  const alert = await insertAlert(knex, 'overtaken');
  const at = (ms: number) => ({
    incident_key: 'overtaken',
    id: 'PO',
    occurred_at: new Date(Date.now() + ms).toISOString(),
  });
  const [acknowledged, unacknowledged] = [at(-3_000), at(-2_000)];
  await sendWebhook(api, about('incident.acknowledged', at(-4_000))).expect(202);
  await sendWebhook(api, about('incident.unacknowledged', unacknowledged)).expect(202);
  const late = await sendWebhook(api, about('incident.acknowledged', acknowledged)).expect(202);
  expect(late.body).toMatchObject({ outcome: 'unchanged', reason: expect.stringMatching('later') });
  const other = await sendWebhook(api, about('incident.acknowledged', { ...acknowledged, id: 'POTHER' })).expect(202);
  expect(other.body.outcome).toBe('handled');
  expect((await saidOf(knex, alert)).map(({ did }) => did)).toEqual(['acknowledged', 'unacknowledged', 'acknowledged']);
});

const INCIDENT: Omit<IncidentValues, 'status'> = {
  ...{ title: 'Transit is down', description: '', severity: 'high', reporter: 'noc', commander: '' },
  ...{ responders: [], affected_services: [], events: [] },
};

async function incidentOf(
  status: IncidentStatus,
  state: Partial<AlertState>,
): Promise<{ id: number; alert: number; key: string }> {
  const who = { actor: 'a test', now: new Date() };
  const id = await knex.transaction((trx) => createIncident(trx, { ...INCIDENT, status }, who));
  await knex('pagerduty_alert').where({ incident: id }).delete();
  const key = `netbox-incident-${id}`;
  return { id, key, alert: await insertAlert(knex, key, { incident: id, state }) };
}

test.each<[string, IncidentStatus, AlertState['told'], IncidentStatus]>([
  ['acknowledged', 'new', 'triggered', 'acknowledged'],
  ['acknowledged', 'investigating', 'triggered', 'investigating'],
  ['acknowledged', 'identified', 'triggered', 'identified'],
  ['unacknowledged', 'acknowledged', 'acknowledged', 'new'],
  ['unacknowledged', 'identified', 'acknowledged', 'identified'],
  ['resolved', 'new', 'triggered', 'resolved'],
  ['resolved', 'acknowledged', 'acknowledged', 'resolved'],
  ['resolved', 'monitoring', 'triggered', 'monitoring'],
  ['resolved', 'closed', 'triggered', 'closed'],
  ['reopened', 'resolved', 'resolved', 'new'],
  ['reopened', 'monitoring', 'resolved', 'new'],
])('%s in PagerDuty makes an incident that is %s here (and %s there) %s', async (did, before, told, after) => {
  const { id, key, alert } = await incidentOf(before, { told });
  await sendWebhook(api, about(`incident.${did}`, { incident_key: key, id: `P${key}`, agent: 'On Call' })).expect(202);
  const row = await knex('incident').where({ id }).first();
  expect(row.status).toBe(after);
  expect(row.resolved_at === null).toBe(!['resolved', 'closed'].includes(after));
  const entries = await knex('incident_timeline').where({ incident: id, actor: 'On Call' });
  expect(entries).toEqual([expect.objectContaining({ action: did, alert, fact: expect.objectContaining({ did }) })]);
  expect(await saidOf(knex, alert)).toEqual([{ did, over: did === 'resolved' }]);
});

test('people who resolve the page before leave an incident that was opened again as it is: its page is on its way', async () => {
  const queue = [queued('resolve'), queued('trigger', { n: 2 })];
  const { id, key, alert } = await incidentOf('new', { told: 'triggered', queue });
  await sendWebhook(api, about('incident.resolved', { incident_key: key, id: `P${key}` })).expect(202);
  expect(await knex('incident').where({ id }).first('status')).toEqual({ status: 'new' });
  expect(await saidOf(knex, alert)).toEqual([{ did: 'resolved', over: false }]);
});

test('without an agent it was PagerDuty itself, and an event keeps its own status', async () => {
  const now = new Date().toISOString();
  const [event] = await knex('incident_event')
    .insert({
      ...{ message: 'down', dedup_id: 'kept', status: 'triggered', criticality: 'HIGH', is_valid: true },
      ...{ occurred_at: now, last_seen_at: now, created_at: now, updated_at: now },
    })
    .returning('id');
  const alert = await insertAlert(knex, 'netbox-event-kept', { event: event.id });
  const body = about('incident.resolved', { incident_key: 'netbox-event-kept', agent: null });
  await sendWebhook(api, body).expect(202);
  expect(await knex('incident_event').where({ id: event.id }).first('status')).toEqual({ status: 'triggered' });
  expect(await saidOf(knex, alert)).toEqual([{ did: 'resolved', over: false }]);
  expect(await knex('incident_timeline').where({ alert }).first('actor', 'event')).toEqual({
    actor: 'PagerDuty',
    event: event.id,
  });
});

test('where PagerDuty has an alert is remembered, and finds it when a key is missing; so is where it was merged into', async () => {
  const alert = await insertAlert(knex, 'placed');
  const place = async () =>
    (await knex('pagerduty_alert').where({ id: alert }).first('pagerduty_incident')).pagerduty_incident;
  await sendWebhook(api, about('incident.triggered', { incident_key: 'placed', id: 'PFROM' })).expect(202);
  expect(await place()).toBe('PFROM');
  const resolve_reason = { type: 'merge_resolve_reason', incident: { id: 'PINTO' } };
  await sendWebhook(api, about('incident.resolved', { incident_key: 'placed', id: 'PFROM', resolve_reason })).expect(
    202,
  );
  expect(await place()).toBe('PINTO');
  expect(await saidOf(knex, alert)).toEqual([]);
  const { body } = await sendWebhook(api, about('incident.acknowledged', { id: 'PINTO' })).expect(202);
  expect(body.outcome).toBe('handled');
  expect(await saidOf(knex, alert)).toEqual([{ did: 'acknowledged', over: false }]);
});

test('what is about no alert of ours is unmatched; without a key, that names the missing setting', async () => {
  const named = await sendWebhook(api, about('incident.resolved', { incident_key: 'of-others', id: 'PX' })).expect(202);
  expect(named.body).toMatchObject({ outcome: 'unmatched', reason: 'no alert of ours' });
  const nameless = await sendWebhook(api, about('incident.resolved', { id: 'PX' })).expect(202);
  expect(nameless.body).toMatchObject({ outcome: 'unmatched', reason: expect.stringMatching('PAGERDUTY_API_TOKEN') });
  const asking = pagerdutyApi(knex, { hasApiToken: true });
  expect((await sendWebhook(asking, about('incident.resolved', { id: 'PX' })).expect(202)).body.outcome).toBe(
    'looking-up',
  );
});
