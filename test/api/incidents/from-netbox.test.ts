import type { Test } from 'supertest';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import {
  deliverPlugin,
  PLUGIN_SECRET,
  pluginEvent as event,
  pluginIncident as incident,
} from '../../helpers/netbox-plugin-webhook';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite({
    netboxSecrets: ['another-one', PLUGIN_SECRET],
    pagerduty: { baseUrl: 'https://netbox.example.com' },
  });
});
afterAll(() => site.close());

const deliver = (body: object): Test => deliverPlugin(site.api, body);
const toldOf = (id: number): readonly string[] => site.told(`netbox-incident-${id}`);
const row = (table: 'incident' | 'incident_event', id: number) => site.knex(table).where({ id }).first();

test('an incident of NetBox is triggered, acknowledged and resolved in PagerDuty, with links to NetBox', async () => {
  const created = await deliver(incident(11, { value: 'new', label: 'New' }, 1, {}, { event: 'created' })).expect(202);
  expect(created.body).toEqual({ status: 'accepted', incident_id: 11, outcome: 'created' });
  await site.settled();
  await deliver(incident(11, 'acknowledged', 2)).expect(202);
  await site.settled();
  await deliver(incident(11, 'resolved', 3)).expect(202);
  await site.settled();
  expect(toldOf(11)).toEqual(['trigger', 'acknowledge', 'resolve']);
  const [trigger] = site.fake.log.events({ dedup_key: 'netbox-incident-11' });
  expect(trigger?.body).toMatchObject({
    links: [{ href: 'https://netbox.example.com/plugins/business-application/incidents/11/' }],
    payload: { summary: '[HIGH] Transit is down', component: 'transit', custom_details: { responders: ['ada'] } },
  });
  expect(await row('incident', 11)).toMatchObject({ status: 'resolved', reporter: 'noc', commander: '' });
  expect((await site.timeline(11))[0]?.actor).toBe('noc in NetBox');
});

test('webhooks of an incident that come twice and out of order end where NetBox is', async () => {
  const story = [incident(12, 'new', 1), incident(12, 'acknowledged', 2), incident(12, 'resolved', 3)];
  for (const one of [story[1], story[0], story[1], story[0]]) await deliver(one ?? {}).expect(202);
  await site.settled();
  expect(toldOf(12)).toEqual(['trigger', 'acknowledge']);
  for (const one of [story[2], story[1], story[0], story[2]]) await deliver(one ?? {}).expect(202);
  await site.settled();
  expect((await deliver(story[0] ?? {}).expect(202)).body.outcome).toBe('stale');
  expect(toldOf(12)).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect((await row('incident', 12))?.status).toBe('resolved');
});

test('an incident that many webhooks make at once is made once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, (_, minute) => deliver(incident(13, 'new', minute))));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  await site.settled();
  expect(toldOf(13)).toEqual(['trigger']);
});

test('an edit that leaves the status alone takes nothing back that people did meanwhile', async () => {
  await deliver(incident(14, 'new', 1)).expect(202);
  await site.knex('incident').where({ id: 14 }).update({ status: 'acknowledged' });
  const same = { snapshots: { prechange: { status: 'new' } } };
  await deliver(incident(14, 'new', 2, { title: 'Renamed' }, same)).expect(202);
  expect(await row('incident', 14)).toMatchObject({ status: 'acknowledged', title: 'Renamed' });
  await deliver(incident(14, 'resolved', 3, {}, same)).expect(202);
  await deliver(incident(14, 'new', 4, {}, { snapshots: { prechange: { status: 'resolved' } } })).expect(202);
  expect(await row('incident', 14)).toMatchObject({ status: 'new' });
});

test('an event of NetBox pages, and the incident that it joins there takes its page over', async () => {
  await deliver(event(21, 'triggered', 1, {}, { event: 'created' })).expect(202);
  await site.settled();
  await deliver(incident(15, 'new', 2, { events: [21, { id: 99 }] })).expect(202);
  await deliver(event(21, 'ok', 3)).expect(202);
  await deliver(incident(15, 'closed', 4, { events: [{ id: 21, display: 'x' }] })).expect(202);
  await site.settled();
  expect(site.told('netbox-event-nb-21')).toEqual(['trigger', 'resolve']);
  expect(toldOf(15)).toEqual([]);
  const [trigger] = site.fake.log.events({ dedup_key: 'netbox-event-nb-21' });
  expect(trigger?.body).toMatchObject({
    links: [{ href: 'https://netbox.example.com/plugins/business-application/events/21/' }],
    payload: { component: 'Zabbix', source: 'netbox:device:5', severity: 'critical' },
  });
});

test('webhooks of an event out of order, and twice, end where NetBox is', async () => {
  for (const one of [event(22, 'ok', 3), event(22, 'triggered', 1), event(22, 'ok', 3)]) await deliver(one).expect(202);
  await site.settled();
  expect(site.told('netbox-event-nb-22')).toEqual([]);
  await deliver(event(22, 'triggered', 4)).expect(202);
  await deliver(event(22, 'triggered', 4)).expect(202);
  await site.settled();
  expect(site.told('netbox-event-nb-22')).toEqual(['trigger']);
});

test('what is deleted in NetBox is over, and the timeline says why', async () => {
  await deliver(incident(16, 'investigating', 1)).expect(202);
  await deliver(event(23, 'triggered', 1)).expect(202);
  await site.settled();
  await deliver(incident(16, 'investigating', 1, {}, { event: 'deleted' })).expect(202);
  await deliver(event(23, 'triggered', 1, {}, { event: 'deleted' })).expect(202);
  await deliver(incident(16, 'new', 40)).expect(202);
  await site.settled();
  expect([toldOf(16), site.told('netbox-event-nb-23')]).toEqual([
    ['trigger', 'resolve'],
    ['trigger', 'resolve'],
  ]);
  expect((await site.timeline(16)).map(({ detail }) => detail)).toContain('deleted in NetBox');
  expect(await row('incident', 16)).toMatchObject({ status: 'closed' });
});

test('a deletion that comes before the rest leaves nothing open', async () => {
  await deliver(incident(17, 'new', 1, {}, { event: 'deleted' })).expect(202);
  await deliver(incident(17, 'new', 1, {}, { event: 'created' })).expect(202);
  await deliver(event(24, 'triggered', 1, {}, { event: 'deleted' })).expect(202);
  await deliver(event(24, 'triggered', 1, {}, { event: 'created' })).expect(202);
  await site.settled();
  expect([toldOf(17), site.told('netbox-event-nb-24')]).toEqual([[], []]);
  await deliver(incident(18, 'closed', 1, {}, { event: 'deleted' })).expect(200);
  await deliver(event(25, 'ok', 1, {}, { event: 'deleted' })).expect(200);
});

test('members that joined an incident of NetBox here stay in it', async () => {
  await deliver(incident(28, 'new', 1)).expect(202);
  const time = new Date().toISOString();
  const [local] = await site
    .knex('incident_event')
    .insert({
      ...{ message: 'local', dedup_id: 'local', status: 'ok', criticality: 'LOW', is_valid: true },
      ...{ occurred_at: time, last_seen_at: time, created_at: time, updated_at: time },
    })
    .returning('id');
  await site.knex('incident_member').insert({ incident: 28, event: local.id });
  await deliver(incident(28, 'identified', 2, { events: [21] })).expect(202);
  expect(await site.knex('incident_member').where({ incident: 28 }).orderBy('event').pluck('event')).toEqual([
    21,
    local.id,
  ]);
});
