import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS, INCIDENTS, MAINTENANCE, senderOf, SERVICES } from '../../helpers/incident-records';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { make } from '../../helpers/peering';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../../fakes/pagerduty/keys';

const [KEY, NEXT_KEY] = [routingKeyOf(2), routingKeyOf(3)];

let site: IncidentSite;
let names = 0;

beforeAll(async () => {
  site = await createIncidentSite({
    services: [{ name: 'Network', routingKeys: [FAKE_ROUTING_KEY, KEY, NEXT_KEY] }],
  });
});
afterAll(() => site.close());

const send = (method: 'patch' | 'delete', path: string, body?: object) =>
  senderOf(site.api)(method, path, body).expect(method === 'delete' ? 204 : 200);
const serviceWith = (values: object = {}) => make(site.api, SERVICES, { name: `service ${(names += 1)}`, ...values });
const incidentOf = (service: number) =>
  make(site.api, INCIDENTS, { title: 'Transit is down', affected_services: [service] });
const status = (incident: number, value: string) => send('patch', `${INCIDENTS}${incident}/`, { status: value });
const told = (incident: number) => site.told(`netbox-incident-${incident}`);
const alertOf = async (path: string, id: number) => (await site.api.get(`${path}${id}/`).expect(200)).body.alert;

/** A window that is open now, for so long. */
const window = (technical_service: number | null, seconds = 3600) =>
  make(site.api, MAINTENANCE, {
    technical_service,
    planned_start: new Date(Date.now() - 60_000).toISOString(),
    planned_end: new Date(Date.now() + seconds * 1000).toISOString(),
  });

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it does not come to that');
    await sleep(20);
  }
}

const held = (incident: number) => until(async () => (await alertOf(INCIDENTS, incident)).held);

describe('maintenance', () => {
  test('holds a new page back until it is canceled', async () => {
    const service = await serviceWith();
    const maintenance = await window(service);
    const incident = await incidentOf(service);
    await held(incident);
    expect(await alertOf(INCIDENTS, incident)).toMatchObject({ told: 'nothing', wanted: 'triggered', pending: 1 });
    await send('patch', `${MAINTENANCE}${maintenance}/`, { contact: 'noc' });
    await sleep(300);
    expect(told(incident)).toEqual([]);
    await send('patch', `${MAINTENANCE}${maintenance}/`, { status: 'canceled' });
    await site.settled();
    expect(told(incident)).toEqual(['trigger']);
  });

  test('of everything holds the page of an event back until it is deleted', async () => {
    const maintenance = await window(null);
    const event = await make(site.api, EVENTS, { message: 'down', dedup_id: 'in maintenance' });
    await until(async () => (await alertOf(EVENTS, event)).held);
    await send('delete', `${MAINTENANCE}${maintenance}/`);
    await site.settled();
    expect(site.told('netbox-event-in maintenance')).toEqual(['trigger']);
  });

  test('holds a page back no longer than it is planned', async () => {
    const service = await serviceWith();
    await window(service, 2);
    const incident = await incidentOf(service);
    await held(incident);
    expect(told(incident)).toEqual([]);
    await site.settled();
    expect(told(incident)).toEqual(['trigger']);
  });

  test('lets what was paged before be acknowledged and resolved', async () => {
    const service = await serviceWith();
    const incident = await incidentOf(service);
    await site.settled();
    await window(service);
    await status(incident, 'acknowledged');
    await status(incident, 'resolved');
    await site.settled();
    expect(told(incident)).toEqual(['trigger', 'acknowledge', 'resolve']);
  });

  test('never pages what is over before its end', async () => {
    const service = await serviceWith();
    const maintenance = await window(service);
    const incident = await incidentOf(service);
    await held(incident);
    await status(incident, 'resolved');
    await site.settled();
    await send('delete', `${MAINTENANCE}${maintenance}/`);
    await site.settled();
    expect(told(incident)).toEqual([]);
    await send('delete', `${INCIDENTS}${incident}/`);
  });

  test('of one service holds nothing of another back', async () => {
    await window(await serviceWith());
    const incident = await incidentOf(await serviceWith());
    await site.settled();
    expect(told(incident)).toEqual(['trigger']);
  });
});

describe('the routing key of a service', () => {
  const keysOf = (incident: number) =>
    site.fake.log
      .events({ dedup_key: `netbox-incident-${incident}`, status: 202 })
      .map(({ event_action, routing_key }) => [event_action, routing_key]);

  test('is that of the trigger until the resolve, whatever it is changed to meanwhile', async () => {
    const service = await serviceWith({ routing_key: KEY });
    const incident = await incidentOf(service);
    await site.settled();
    await send('patch', `${SERVICES}${service}/`, { routing_key: NEXT_KEY });
    await status(incident, 'resolved');
    await site.settled();
    expect(site.fake.state.openAlerts({ alert_key: `netbox-incident-${incident}` })).toEqual([]);
    await status(incident, 'new');
    await site.settled();
    await send('patch', `${SERVICES}${service}/`, { routing_key: null });
    await status(incident, 'closed');
    await site.settled();
    expect(keysOf(incident)).toEqual([
      ['trigger', KEY],
      ['resolve', KEY],
      ['trigger', NEXT_KEY],
      ['resolve', NEXT_KEY],
    ]);
    const { rows } = await site.knex.raw(`SELECT row_to_json(t)::text AS row FROM incident_timeline t`);
    expect(JSON.stringify(rows)).not.toContain(KEY);
  });
});

describe('damping', () => {
  const firstAt = (incident: number, action: string): number =>
    site.fake.log.events({ dedup_key: `netbox-incident-${incident}`, event_action: action })[0]?.at ?? 0;

  test('pages a problem once it lasted for the hold-down, and not one that did not', async () => {
    const service = await serviceWith({ hold_seconds: 1 });
    const [lasting, brief] = [await incidentOf(service), await incidentOf(service)];
    const began = Date.parse((await site.api.get(`${INCIDENTS}${lasting}/`)).body.created_at as string);
    await status(brief, 'resolved');
    await site.settled();
    await sleep(1_200);
    expect(told(lasting)).toEqual(['trigger']);
    expect(firstAt(lasting, 'trigger') - began).toBeGreaterThanOrEqual(1_000);
    expect(told(brief)).toEqual([]);
  });

  test('resolves once the quiet period is over, and not if the problem is back within it', async () => {
    const service = await serviceWith({ quiet_seconds: 2 });
    const incident = await incidentOf(service);
    await site.settled();
    await status(incident, 'resolved');
    await until(async () => (await alertOf(INCIDENTS, incident)).pending === 1);
    await status(incident, 'new');
    await site.settled();
    expect(told(incident)).toEqual(['trigger']);
    const over = Date.now();
    await status(incident, 'closed');
    await site.settled();
    expect(told(incident)).toEqual(['trigger', 'resolve']);
    expect(firstAt(incident, 'resolve') - over).toBeGreaterThanOrEqual(2_000);
  });
});

describe('the timeline', () => {
  const entries = async (path: string, id: number) => {
    const { body } = await site.api.get(`${path}${id}/timeline/`).expect(200);
    return body.results as Record<string, unknown>[];
  };

  test('of an incident has every transition and attempt, oldest first, also of the alert that an event handed it', async () => {
    const dedup_key = 'netbox-event-handed';
    const event = await make(site.api, EVENTS, { message: 'down', dedup_id: 'handed', criticality: 'low' });
    await site.settled();
    const incident = await make(site.api, INCIDENTS, { title: 'down', severity: 'low', events: [event] });
    await site.settled();
    await status(incident, 'resolved');
    await site.settled();
    const lines = await entries(INCIDENTS, incident);
    expect(lines.map(({ kind, action, alert }) => [kind, action, alert])).toEqual([
      ['transition', 'triggered', dedup_key],
      ['attempt', 'trigger', dedup_key],
      ['note', 'handed over', dedup_key],
      ['transition', 'new', dedup_key],
      ['transition', 'resolved', dedup_key],
      ['attempt', 'resolve', dedup_key],
    ]);
    expect(lines[1]).toEqual({
      ...{ id: expect.any(Number), time: expect.any(String), kind: 'attempt', action: 'trigger', actor: '' },
      ...{ detail: 'attempt 1: PagerDuty took it', answer: expect.objectContaining({ status: 'success', dedup_key }) },
      ...{ workflow_id: 'event-handed', run_id: expect.any(String), alert: dedup_key },
    });
    expect(lines[3]).toMatchObject({ actor: 'bootstrap', answer: null, workflow_id: null });
    expect((await entries(EVENTS, event)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['triggered', 'trigger', 'handed over', 'resolve']),
    );
    const { body } = await site.api.get(`${INCIDENTS}${incident}/timeline/?kind=attempt&ordering=-id&fields=action`);
    expect(body.results).toEqual([{ action: 'resolve' }, { action: 'trigger' }]);
  });

  test('of an incident has nothing of another one that the same alert was handed to', async () => {
    const event = await make(site.api, EVENTS, { message: 'down', dedup_id: 'twice', criticality: 'low' });
    await site.settled();
    const low = { severity: 'low', events: [event] };
    const first = await make(site.api, INCIDENTS, { title: 'first', ...low });
    await status(first, 'closed');
    await site.settled();
    await site.api.post(EVENTS, { message: 'down', dedup_id: 'twice', status: 'ok' }).expect(200);
    await site.api.post(EVENTS, { message: 'down', dedup_id: 'twice' }).expect(200);
    await site.settled();
    const second = await make(site.api, INCIDENTS, { title: 'second', ...low });
    await status(second, 'closed');
    await site.settled();
    const actions = async (id: number) =>
      (await entries(INCIDENTS, id)).filter(({ kind }) => kind === 'transition').map(({ action }) => action);
    expect(site.told('netbox-event-twice')).toEqual(['trigger', 'resolve', 'trigger', 'resolve']);
    // The end of the event is told by the alert that the first one had last.
    expect(await actions(first)).toEqual(['new', 'closed', 'ok']);
    expect(await actions(second)).toEqual(['triggered', 'new', 'closed']);
    const attempts = (await entries(INCIDENTS, first)).filter(({ kind }) => kind === 'attempt');
    expect(attempts.filter(({ action }) => action === 'resolve')).toHaveLength(1);
  });
});
