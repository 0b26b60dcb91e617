import {
  createRecordsSite,
  EVENTS,
  INCIDENTS,
  SERVICES,
  SOURCES,
  type RecordsSite,
} from '../../helpers/incident-records';
import { make } from '../../helpers/peering';

let site: RecordsSite;

beforeEach(async () => {
  site = await createRecordsSite();
});

afterEach(() => site.close());

const DOWN = { message: 'bgp is down', dedup_id: 'r1:bgp', criticality: 'high' };
const eventAt = async (id: number) => (await site.api.get(`${EVENTS}${id}/`).expect(200)).body;

test('an event is created with what is usual, and its alert is told of it', async () => {
  const answer = await site.api.post(EVENTS, DOWN).expect(201);
  expect(answer.body).toEqual({
    ...{ id: 1_000_000_000, message: 'bgp is down', dedup_id: 'r1:bgp', status: 'triggered' },
    ...{ criticality: 'HIGH', criticallity: 'HIGH', event_source: null, technical_service: null },
    ...{ target_type: null, target: null, raw: null, is_valid: true, incident: null },
    alert: {
      ...{ dedup_key: 'netbox-event-r1:bgp', workflow_id: 'event-r1:bgp', told: 'nothing', wanted: 'triggered' },
      ...{ pending: 0, dead: false, held: false },
    },
    ...{ occurred_at: '2026-01-02T03:04:05.678Z', last_seen_at: '2026-01-02T03:04:05.678Z' },
    ...{ created_at: '2026-01-02T03:04:05.678Z', updated_at: '2026-01-02T03:04:05.678Z' },
  });
  expect(answer.headers['location']).toMatch(/\/api\/plugins\/business-application\/events\/1000000000\/$/);
  expect(site.told()).toBe(1);
});

test('a known dedup_id posted again is news of the event: what it does not say stays, and it may clear', async () => {
  const first = await make(site.api, EVENTS, { ...DOWN, target: 'r1', raw: { a: [1] } });
  const again = await site.api.post(EVENTS, { message: 'bgp is still down', dedup_id: 'r1:bgp' }).expect(200);
  expect(again.headers).not.toHaveProperty('location');
  expect(again.body).toMatchObject({ id: first, message: 'bgp is still down', criticality: 'HIGH', target: 'r1' });
  const cleared = await site.api.post(EVENTS, { ...DOWN, status: 'ok' }).expect(200);
  expect(cleared.body).toMatchObject({ id: first, status: 'ok', raw: { a: [1] }, alert: { wanted: 'resolved' } });
});

test('an event is posted once with one Idempotency-Key', async () => {
  const post = () => site.api.post(EVENTS, DOWN).set('Idempotency-Key', 'once').expect(201);
  const [first, second] = [await post(), await post()];
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect((await site.api.get(`${EVENTS}${first.body.id}/timeline/`)).body.count).toBe(1);
});

test.each(['criticality', 'criticallity'])('the %s of an event is taken in any case', async (field) => {
  const { criticality: _, ...event } = DOWN;
  const { body } = await site.api.post(EVENTS, { ...event, [field]: 'Critical' }).expect(201);
  expect(body).toMatchObject({ criticality: 'CRITICAL', criticallity: 'CRITICAL' });
  expect((await site.api.get(`${EVENTS}?${field}=CRITICAL`)).body.count).toBe(1);
});

test('both spellings of the criticality have to say the same', async () => {
  const { body } = await site.api.post(EVENTS, { ...DOWN, criticallity: 'LOW' }).expect(400);
  expect(body.errors).toEqual({ criticallity: ['expected the same as criticality, or one of both'] });
  await site.api.post(EVENTS, { ...DOWN, criticallity: 'High' }).expect(201);
});

test.each([
  ['criticality', 'fatal', /expected one of CRITICAL, HIGH, MEDIUM/],
  ['status', 'open', /expected one of/],
  ['dedup_id', 'x'.repeat(256), /at most 255/],
  ['dedup_id', ' ', /some text/],
  ['message', '', /some text/],
  ['event_source', 77, /there is no such event source/],
  ['technical_service', 77, /there is no such technical service/],
  ['raw', [], /expected/],
  ['alarm', 1, /there is no such field/],
])('an event with %s %j is refused by the name of the field', async (field, value, reason) => {
  const { body } = await site.api.post(EVENTS, { ...DOWN, [field]: value }).expect(400);
  expect(Object.keys(body.errors)).toEqual([field]);
  expect(body.errors[field][0]).toMatch(reason);
  expect((await site.api.get(EVENTS)).body.count).toBe(0);
});

test('an event is changed and replaced by what was read, but tells the same problem for good', async () => {
  const source = await make(site.api, SOURCES, { name: 'prometheus' });
  const service = await make(site.api, SERVICES, { name: 'transit' });
  const id = await make(site.api, EVENTS, DOWN);
  const one = `${EVENTS}${id}/`;
  const patch = {
    event_source: source,
    technical_service: service,
    target_type: 'device',
    target: 'r1',
    is_valid: false,
  };
  const { body: patched } = await site.send('patch', one, patch).expect(200);
  expect(patched).toMatchObject({ ...patch, message: DOWN.message, criticality: 'HIGH', status: 'triggered' });
  const { body: put } = await site.send('put', one, { ...patched, message: 'new' }).expect(200);
  expect(put).toEqual({ ...patched, message: 'new' });
  const { body: bare } = await site.send('put', one, { message: 'x', dedup_id: 'r1:bgp' }).expect(200);
  expect(bare).toMatchObject({
    event_source: null,
    target: null,
    is_valid: true,
    criticality: 'HIGH',
    status: 'triggered',
  });
  const { body: refused } = await site.send('patch', one, { dedup_id: 'r2:bgp' }).expect(400);
  expect(refused.errors['dedup_id'][0]).toMatch(/'r1:bgp' for good/);
  await site.send('patch', one, { event_source: 99 }).expect(400);
  await site.send('patch', `${EVENTS}1/`, { message: 'x' }).expect(404);
});

test('a change of an event does not make news of its source old, unless it fires by that', async () => {
  const id = await make(site.api, EVENTS, DOWN);
  site.api.now = new Date('2026-01-02T05:00:00Z');
  await site.send('patch', `${EVENTS}${id}/`, { status: 'ok', target: 'r1' }).expect(200);
  expect(await eventAt(id)).toMatchObject({
    occurred_at: '2026-01-02T03:04:05.678Z',
    last_seen_at: '2026-01-02T05:00:00Z',
  });
  await site.send('patch', `${EVENTS}${id}/`, { status: 'triggered' }).expect(200);
  expect(await eventAt(id)).toMatchObject({ occurred_at: '2026-01-02T05:00:00Z' });
});

describe('an event is deleted', () => {
  const refusal = async (id: number) => (await site.send('delete', `${EVENTS}${id}/`).expect(409)).body.detail;

  test('once it is over and PagerDuty knows it, and not before', async () => {
    const id = await make(site.api, EVENTS, DOWN);
    expect(await refusal(id)).toMatch(/^it is triggered/);
    await site.send('patch', `${EVENTS}${id}/`, { status: 'ok' }).expect(200);
    expect(await refusal(id)).toBe('its alert netbox-event-r1:bgp still has something to send');
    await site.settle('triggered');
    expect(await refusal(id)).toBe('PagerDuty holds its alert netbox-event-r1:bgp as triggered: resolve that first');
    await site.settle('resolved');
    await site.knex('pagerduty_alert').update({ pending: 1, state: site.knex.raw(`state || '{"dead": true}'`) });
    expect(await refusal(id)).toMatch(/^a dead letter of its alert netbox-event-r1:bgp waits/);
    await site.settle('resolved');
    await site.send('delete', `${EVENTS}${id}/`).expect(204);
    await site.send('delete', `${EVENTS}${id}/`).expect(404);
    await make(site.api, EVENTS, DOWN);
  });

  test('only when no incident has it, whose timeline keeps what it was', async () => {
    const id = await make(site.api, EVENTS, { ...DOWN, status: 'ok' });
    const incident = await make(site.api, INCIDENTS, { title: 'Transit', severity: 'high', events: [id] });
    await make(site.api, EVENTS, { ...DOWN, dedup_id: 'other' });
    await site.api.post(EVENTS, DOWN).expect(200);
    await site.api.post(EVENTS, { ...DOWN, status: 'ok' }).expect(200);
    await site.settle('resolved');
    expect(await refusal(id)).toBe('incidents have it: delete these, or take it out of their events, first');
    await site.send('patch', `${INCIDENTS}${incident}/`, { events: [] }).expect(200);
    const timeline = async () => (await site.api.get(`${INCIDENTS}${incident}/timeline/`)).body.results;
    const before = await timeline();
    await site.send('delete', `${EVENTS}${id}/`).expect(204);
    expect(await timeline()).toEqual(before);
    expect(before.map(({ action }: { action: string }) => action)).toEqual(['new', 'triggered', 'ok']);
  });
});

test('the incident that carries an event, and its alert, are shown with the event', async () => {
  const id = await make(site.api, EVENTS, { ...DOWN, status: 'ok' });
  const incident = await make(site.api, INCIDENTS, { title: 'Transit', events: [id] });
  expect(await eventAt(id)).toMatchObject({ incident, alert: { dedup_key: `netbox-incident-${incident}` } });
  expect((await site.api.get(`${EVENTS}?incident=${incident}`)).body.count).toBe(1);
  await site.send('patch', `${INCIDENTS}${incident}/`, { status: 'closed' }).expect(200);
  expect(await eventAt(id)).toMatchObject({ incident: null, alert: null });
});

test('events are listed, searched, ordered and filtered by every field of their own', async () => {
  for (const n of [1, 2, 3])
    await make(site.api, EVENTS, { message: `m${n}`, dedup_id: `d${n}`, target: n === 2 ? 'r2' : null });
  const ids = async (query: string) =>
    (await site.api.get(`${EVENTS}?${query}`).expect(200)).body.results.map(
      ({ dedup_id }: { dedup_id: string }) => dedup_id,
    );
  expect(await ids('q=m2')).toEqual(['d2']);
  expect(await ids('ordering=-message')).toEqual(['d3', 'd2', 'd1']);
  expect(await ids('dedup_id=d1&dedup_id=d3')).toEqual(['d1', 'd3']);
  expect(await ids('target__empty=false')).toEqual(['d2']);
  expect(await ids('status__n=triggered')).toEqual([]);
  expect(await ids('created_at__gte=2026-01-02&limit=1&offset=1')).toEqual(['d2']);
  expect((await site.api.get(`${EVENTS}?format=csv&fields=dedup_id`)).text).toMatch(/^dedup_id\r?\nd1/);
});
