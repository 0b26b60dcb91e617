import { changeIncident } from '../../../store/incidents/incidents';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  const off = { event: false, 'incident-created': false, 'incident-changed': false };
  site = await createIncidentSite({ pagerduty: { sendOn: off } });
  calls = pagerdutyCalls(site);
});
afterEach(() => site.fake.faults.clear());
afterAll(() => site.close());

test('an event is queued with a job that can be looked up, although the switches are off', async () => {
  const event_id = await calls.event({ dedup_id: 'queued' });
  const answer = await calls.post('send-event/', { event_id });
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({
    ...{ type: 'pagerduty-send', status: 'pending', workflow_id: 'event-queued' },
    ...{ event_id, dedup_key: 'netbox-event-queued' },
  });
  expect(answer.headers['location']).toBe(answer.body.url);
  await site.settled();
  const { body } = await site.api.get(new URL(answer.body.url).pathname).expect(200);
  expect(body).toMatchObject({ status: 'completed', result: { dedup_key: 'netbox-event-queued', event_id } });
  expect(body.result.result).toMatchObject({ status: 'success', dedup_key: 'netbox-event-queued' });
  expect(site.told('netbox-event-queued')).toEqual(['trigger']);
});

test('whoever waits is answered when PagerDuty has taken it, and an id may come as its digits', async () => {
  const event_id = await calls.event({ dedup_id: 'waited-for', status: 'ok' });
  const answer = await calls.post('send-event/', { event_id: String(event_id) }, 20);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ status: 'completed', event_id, dedup_key: 'netbox-event-waited-for' });
  expect(site.told('netbox-event-waited-for')).toEqual(['resolve']);
});

test('an event is sent under its own dedup key although an incident carries it', async () => {
  const event_id = await calls.event({ dedup_id: 'carried' });
  await site.settled();
  const incident_id = await calls.incident({ events: [event_id] });
  const sent = await calls.post('send-event/', { event_id }, 20);
  expect(sent.body).toMatchObject({ status: 'completed', dedup_key: 'netbox-event-carried' });
  const incident = await calls.post('send-incident/', { incident_id }, 20);
  expect(incident.body).toMatchObject({ incident_id, dedup_key: `netbox-incident-${incident_id}` });
  expect(site.told('netbox-event-carried')).toEqual(['trigger']);
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger']);
  expect(site.fake.log.events({ dedup_key: 'netbox-event-carried' })[0]?.body).toMatchObject({
    payload: { class: 'netbox_event', summary: 'carried is down', custom_details: { event_id } },
  });
});

test('an incident is triggered, acknowledged and resolved as it is asked for, in order', async () => {
  const incident_id = await calls.incident();
  await calls.post('send-incident/', { incident_id });
  await calls.post('send-incident/', { incident_id, action: 'acknowledge' });
  const answer = await calls.post('send-incident/', { incident_id, action: 'resolve' }, 20);
  expect(answer.body).toMatchObject({ status: 'completed', incident_id, workflow_id: `incident-${incident_id}` });
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger', 'acknowledge', 'resolve']);
});

test('resolving an event resolves its own alert while that is open, else that of its incident', async () => {
  const event_id = await calls.event({ dedup_id: 'own-first' });
  await site.settled();
  const incident_id = await calls.incident({ events: [event_id] });
  await calls.post('send-event/', { event_id }, 20);
  await calls.post('send-incident/', { incident_id }, 20);
  const own = await calls.post('resolve-event/', { event_id, dedup_key: 'ignored' }, 20);
  expect(own.body).toMatchObject({ status: 'completed', event_id, dedup_key: 'netbox-event-own-first' });
  const incidents = await calls.post('resolve-event/', { event_id }, 20);
  expect(incidents.body).toMatchObject({ event_id, dedup_key: `netbox-incident-${incident_id}` });
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger', 'resolve']);
});

test('resolving an event whose alert was handed over to an incident resolves that alert', async () => {
  const event_id = await calls.event({ dedup_id: 'handed-over' });
  await calls.post('send-event/', { event_id }, 20);
  const incident_id = await calls.incident({ events: [event_id] });
  expect((await site.alert('netbox-event-handed-over'))?.incident).toBe(incident_id);
  const answer = await calls.post('resolve-event/', { event_id }, 20);
  expect(answer.body).toMatchObject({ status: 'completed', dedup_key: 'netbox-event-handed-over' });
  expect(site.told('netbox-event-handed-over')).toEqual(['trigger', 'resolve']);
  expect(await site.alert(`netbox-incident-${incident_id}`)).toBeUndefined();
});

test('an event whose alert was handed over is sent in its own words, under its own key', async () => {
  const dedup_key = 'netbox-event-own-words';
  const event_id = await calls.event({ dedup_id: 'own-words' });
  await calls.post('send-event/', { event_id }, 20);
  const incident_id = await calls.incident({ events: [event_id] });
  await calls.post('send-event/', { event_id }, 20);
  await calls.post('send-incident/', { incident_id }, 20);
  const sent = site.fake.log.events({ dedup_key }).map(({ body }) => (body as { payload: { class: string } }).payload);
  expect(sent.map(({ class: kind }) => kind)).toEqual(['netbox_event', 'netbox_event', 'netbox_incident']);
});

test('a dedup key alone is resolved, whether anybody knows it or not', async () => {
  const answer = await calls.post('resolve-event/', { dedup_key: 'nobody-knows-it' }, 20);
  expect(answer.body).toMatchObject({ status: 'completed', dedup_key: 'nobody-knows-it' });
  expect(answer.body).not.toHaveProperty('event_id');
  expect(site.told('nobody-knows-it')).toEqual(['resolve']);
});

test('an alert that somebody opened by its key belongs to the event once that is sent', async () => {
  await calls.post('trigger-custom/', { summary: 'by hand', dedup_key: 'netbox-event-by-hand' }, 20);
  const event_id = await calls.event({ dedup_id: 'by-hand', message: 'from the event' });
  await calls.post('send-event/', { event_id }, 20);
  const sent = site.fake.log.events({ dedup_key: 'netbox-event-by-hand' });
  expect(sent.map(({ body }) => (body as { payload: { summary: string } }).payload.summary)).toEqual([
    'by hand',
    'from the event',
  ]);
});

test('what PagerDuty refuses is a 502 with its reasons for whoever waits', async () => {
  const errors = ["'payload.source' is missing or blank"];
  site.fake.faults.add({ event_action: 'trigger' }, { kind: 'status', status: 400, errors });
  const incident_id = await calls.incident();
  const answer = await calls.post('send-incident/', { incident_id }, 20);
  expect(answer.status).toBe(502);
  expect(answer.type).toBe('application/problem+json');
  expect(answer.body.detail).toContain(errors[0]);
  expect(answer.body.job).toMatchObject({ status: 'failed', error: { type: 'PAGERDUTY_REFUSED', upstream: true } });
});

test('a request that comes again with its Idempotency-Key sends once', async () => {
  const incident_id = await calls.incident();
  const ask = () =>
    site.api
      .post('/api/plugins/business-application/pagerduty/send-incident/', { incident_id })
      .set('Idempotency-Key', 'once-and-no-more');
  const [one, other] = [await ask(), await ask()];
  expect([one.status, other.status, other.body.id]).toEqual([202, 202, one.body.id]);
  await site.settled();
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger']);
});

test('what is asked for while PagerDuty is away waits, says so, and cannot be canceled', async () => {
  site.fake.faults.outage('refuse');
  const incident_id = await calls.incident();
  const asked = await calls.post('send-incident/', { incident_id }, 2);
  expect(asked.status).toBe(202);
  const path = new URL(asked.body.url).pathname;
  const { body } = await site.api.get(path).expect(200);
  expect(body).toMatchObject({ status: 'waiting', progress: { phase: 'retrying', reason: 'PagerDuty answers 503' } });
  const refused = await site.api.post(`${path}cancel/`, {}).expect(409);
  expect(refused.body.detail).toMatch(/cannot be canceled/);
  await site.api.post(`${path}confirm/`, {}).expect(409);
  await site.api.get('/api/core/jobs/?type=pagerduty-send&status=waiting').expect(200);
  site.fake.faults.outage('off');
  await site.settled();
  expect((await site.api.get(path)).body).toMatchObject({ status: 'completed' });
});

test('a switch that is off leaves to people what a person opened', async () => {
  const incident_id = await calls.incident();
  await calls.post('send-incident/', { incident_id }, 20);
  const who = { actor: 'a person', now: new Date() };
  await site.knex.transaction((trx) => changeIncident(trx, incident_id, { status: 'resolved' }, who));
  await site.settled();
  // PAGERDUTY_SEND_ON_INCIDENT_UPDATE is off here.
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger']);
  expect((await calls.get('status/')).body.left_to_people).toBe(1);
});
