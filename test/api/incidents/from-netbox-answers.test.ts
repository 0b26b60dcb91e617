import type { Test } from 'supertest';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import {
  deliverPlugin,
  PLUGIN_SECRET,
  pluginEvent as event,
  pluginIncident as incident,
  pluginWebhook as webhook,
} from '../../helpers/netbox-plugin-webhook';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite({
    netboxSecrets: ['another-one', PLUGIN_SECRET],
    pagerduty: { baseUrl: 'https://netbox.example.com' },
  });
});
afterAll(() => site.close());

const deliver = (body: object, signature?: string, token?: string): Test =>
  deliverPlugin(site.api, body, signature, token);
const row = (table: 'incident' | 'incident_event', id: number) => site.knex(table).where({ id }).first();

test('a status that nobody knows is ignored, and never a trigger', async () => {
  const { body } = await deliver(event(26, 'stopped', 1)).expect(200);
  expect(body).toEqual({
    status: 'ignored',
    reason: 'the status stopped of event 26 is not known: it changes nothing',
  });
  await deliver(incident(19, { value: 'paused' }, 1)).expect(200);
  expect([await row('incident_event', 26), await row('incident', 19)]).toEqual([undefined, undefined]);
});

test('words of NetBox for how bad it is that nobody knows count as the middle', async () => {
  await deliver(event(27, 'triggered', 1, { criticallity: { value: 'DISASTER' } })).expect(202);
  await deliver(incident(20, 'new', 1, { severity: 'epic' })).expect(202);
  expect(await row('incident_event', 27)).toMatchObject({ criticality: 'WARNING' });
  expect(await row('incident', 20)).toMatchObject({ severity: 'medium' });
  expect((await site.timeline(20)).map(({ detail }) => detail)).toContain(
    `severity 'epic' is not known and counts as medium`,
  );
});

test('a webhook of NetBox needs its signature and a token that may write', async () => {
  const body = event(29, 'triggered', 1);
  await deliver(body, 'wrong').expect(403);
  await deliver(body, '').expect(403);
  await deliver(body, undefined, 'nobody').expect(401);
  expect(await row('incident_event', 29)).toBeUndefined();
});

test('what is no webhook about an event or an incident is refused or ignored', async () => {
  const { body } = await deliver(webhook('changetype', { id: 1 })).expect(200);
  expect(body.reason).toBe('business_application.changetype is neither event nor incident of the plugin');
  const fields = async (other: object): Promise<string[]> =>
    Object.keys((await deliver({ ...webhook('event', { id: 1, status: 'ok' }), ...other }).expect(400)).body.errors);
  expect(await fields({ object_type: undefined })).toEqual(['object_type']);
  expect(await fields({ event: 'moved', data: { status: 'ok' } })).toEqual(['event', 'data.id']);
  expect(await fields({ data: { id: 1_000_000_000, status: 'ok' } })).toEqual(['data.id']);
  expect(await fields({ data: { id: 30 } })).toEqual(['data.status']);
  expect(await fields({ data: [] })).toEqual(['data']);
  await deliver({ event: 'created', model: 'event', data: { id: '31', status: 'ok' } }).expect(202);
  expect(await row('incident_event', 31)).toMatchObject({ dedup_id: 'netbox-31', message: 'event 31' });
});
