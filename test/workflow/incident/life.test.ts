import { createIncident, changeIncident } from '../../../store/incidents/incidents';
import { reportEvents } from '../../../store/incidents/events';
import type { EventReport } from '../../../store/incidents/event-rows';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite();
});
afterAll(() => site.close());

const who = () => ({ actor: 'a person', now: new Date() });

const INCIDENT: IncidentValues = {
  ...{ title: 'Transit is down', description: 'AS64500', status: 'new', severity: 'high' },
  ...{ reporter: 'noc', commander: '', responders: [], affected_services: [], events: [] },
};

const report = (values: Partial<EventReport> & { readonly dedup_id: string }): EventReport => ({
  ...{ message: `${values.dedup_id} is down`, status: 'triggered', criticality: 'CRITICAL', source: 'tests' },
  ...values,
});

const create = (values: Partial<IncidentValues> = {}) =>
  site.knex.transaction((trx) => createIncident(trx, { ...INCIDENT, ...values }, who()));
const change = (id: number, values: Partial<IncidentValues>) =>
  site.knex.transaction((trx) => changeIncident(trx, id, values, who()));
const events = (...reports: EventReport[]) => reportEvents(site.knex, reports, site.settings.join, who());

test('an incident is triggered, acknowledged and resolved in PagerDuty, in order', async () => {
  const id = await create();
  await site.settled();
  await change(id, { status: 'acknowledged' });
  await site.settled();
  await change(id, { status: 'investigating' });
  await change(id, { status: 'resolved' });
  await site.settled();
  expect(site.told(`netbox-incident-${id}`)).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(site.fake.state.openAlerts({ alert_key: `netbox-incident-${id}` })).toEqual([]);
  const { status } = await site.temporal.client.workflow.getHandle(`incident-${id}`).describe();
  expect(['COMPLETED', 'RUNNING']).toContain(status.name);
});

test('an event pages alone, and an identical repeat sends nothing', async () => {
  await events(report({ dedup_id: 'alone' }));
  await events(report({ dedup_id: 'alone' }));
  await site.settled();
  await events(report({ dedup_id: 'alone', status: 'ok' }));
  await site.settled();
  expect(site.told('netbox-event-alone')).toEqual(['trigger', 'resolve']);
});

test('a paged event that joins an incident hands it its alert', async () => {
  const [event] = await events(report({ dedup_id: 'joins', criticality: 'HIGH' }));
  await site.settled();
  const id = await create({ events: [event?.event_id ?? 0] });
  await site.settled();
  await change(id, { status: 'acknowledged' });
  await events(report({ dedup_id: 'joins', status: 'ok' }));
  await site.settled();
  await change(id, { status: 'closed' });
  await site.settled();
  expect(site.told('netbox-event-joins')).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(site.told(`netbox-incident-${id}`)).toEqual([]);
});

test('what opens and closes while PagerDuty is away is told when it is back', async () => {
  site.fake.faults.outage('refuse');
  const id = await create();
  await change(id, { status: 'resolved' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  site.fake.faults.outage('off');
  await site.settled();
  expect(site.told(`netbox-incident-${id}`)).toEqual(['trigger', 'resolve']);
});

test('what PagerDuty refuses is a dead letter, and nothing of the alert is sent after it', async () => {
  site.fake.faults.add(
    { event_action: 'trigger' },
    { kind: 'status', status: 400, errors: ["'payload.source' is missing or blank"] },
  );
  const id = await create();
  await site.settled();
  await change(id, { status: 'acknowledged' });
  await site.settled();
  const alert = await site.alert(`netbox-incident-${id}`);
  expect(alert?.state.dead).toBe(true);
  expect(site.told(`netbox-incident-${id}`)).toEqual([]);
});
