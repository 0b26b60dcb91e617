import { createVault } from '../../../store/secrets';
import { TEST_SECRET_KEY } from '../../helpers/api';
import {
  createRecordsSite,
  EVENTS,
  INCIDENTS,
  MAINTENANCE,
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

const KEY = 'a1B2c3d4e5f6g7h8i9j0k1l2m3n4o5p6';
const WINDOW = { planned_start: '2026-02-01T22:00:00Z', planned_end: '2026-02-02T02:00:00Z' };

/** The facts that an alert has not heard. */
const looks = async () => site.knex('incident_timeline').whereRaw(`fact->>'fact' = 'look'`).orderBy('id');

test('an event source is created, changed and deleted, unless events came from it', async () => {
  const id = await make(site.api, SOURCES, { name: 'prometheus' });
  const { body } = await site.send('patch', `${SOURCES}${id}/`, { description: 'the one in Paris' }).expect(200);
  expect(body).toMatchObject({ id, name: 'prometheus', description: 'the one in Paris' });
  await site.api.post(SOURCES, { name: 'prometheus' }).expect(409);
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', event_source: id });
  const { body: kept } = await site.send('delete', `${SOURCES}${id}/`).expect(409);
  expect(kept.detail).toBe('events came from it: give these another event_source first');
  await site.send('patch', `${EVENTS}${event}/`, { event_source: null }).expect(200);
  await site.send('delete', `${SOURCES}${id}/`).expect(204);
});

test('a technical service is created with what is usual, and deleted unless something is about it', async () => {
  const { body: made } = await site.api.post(SERVICES, { name: 'transit' }).expect(201);
  expect(made).toMatchObject({
    ...{ name: 'transit', service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
    ...{ has_routing_key: false, routing_key_version: null },
  });
  await site.api.post(SERVICES, { name: 'transit' }).expect(409);
  const one = `${SERVICES}${made.id}/`;
  const refusal = async () => (await site.send('delete', one).expect(409)).body.detail;
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', technical_service: made.id });
  expect(await refusal()).toMatch(/^events are about it/);
  await site.send('patch', `${EVENTS}${event}/`, { technical_service: null }).expect(200);
  const incident = await make(site.api, INCIDENTS, { title: 'T', affected_services: [made.id] });
  expect(await refusal()).toMatch(/^incidents affect it/);
  await site.send('patch', `${INCIDENTS}${incident}/`, { affected_services: [] }).expect(200);
  const window = await make(site.api, MAINTENANCE, { ...WINDOW, technical_service: made.id });
  expect(await refusal()).toMatch(/^maintenance is planned for it/);
  await site.send('delete', `${MAINTENANCE}${window}/`).expect(204);
  await site.send('delete', one).expect(204);
});

test.each([
  ['name', ''],
  ['service_type', 'business'],
  ['hold_seconds', -1],
  ['quiet_seconds', 86_401],
  ['hold_seconds', 1.5],
  ['routing_key', 'too-short'],
  ['routing_key', `${KEY}7`],
  ['routing_key', 12345678901234567890123456789012],
  ['routing_key', ''],
])('a technical service with %s %j is refused by the name of the field', async (field, value) => {
  const { body } = await site.api.post(SERVICES, { name: 'transit', [field]: value }).expect(400);
  expect(Object.keys(body.errors)).toEqual([field]);
});

test('a routing key is written and never read, and each value is a version of its own', async () => {
  const answers = [await site.api.post(SERVICES, { name: 'transit', routing_key: KEY }).expect(201)];
  const one = `${SERVICES}${answers[0]?.body.id}/`;
  const change = async (method: 'put' | 'patch', body: object) => {
    const answer = await site.send(method, one, body).expect(200);
    answers.push(answer);
    return answer.body;
  };
  const first = answers[0]?.body;
  expect(first).toMatchObject({ has_routing_key: true, routing_key_version: expect.any(Number) });
  expect(await change('put', { ...first, description: 'x' })).toMatchObject({
    routing_key_version: first.routing_key_version,
  });
  const other = await change('patch', { routing_key: KEY.toLowerCase() });
  expect(other.routing_key_version).toBeGreaterThan(first.routing_key_version);
  expect(await change('patch', { routing_key: KEY })).toMatchObject({ routing_key_version: first.routing_key_version });
  const opened = await createVault(TEST_SECRET_KEY).open(site.knex, 'routing_key', first.routing_key_version);
  expect(opened.reveal()).toBe(KEY);
  expect(await change('patch', { routing_key: null })).toMatchObject({
    has_routing_key: false,
    routing_key_version: null,
  });
  answers.push(await site.api.get(`${SERVICES}?has_routing_key=false`), await site.api.get(one));
  await site.api.get(`${SERVICES}?routing_key=${KEY}`).expect(400);
  for (const { text } of answers) expect(text.toLowerCase()).not.toContain(KEY.toLowerCase());
  expect(site.api.lines.filter((line) => line.includes(KEY) && !line.includes(`routing_key=${KEY}`))).toEqual([]);
});

test('maintenance is planned, changed and deleted, and ends after it begins', async () => {
  const { body: made } = await site.api.post(MAINTENANCE, WINDOW).expect(201);
  expect(made).toMatchObject({ ...WINDOW, status: 'planned', technical_service: null, description: '', contact: '' });
  const one = `${MAINTENANCE}${made.id}/`;
  const { body: started } = await site.send('patch', one, { status: 'started', contact: 'noc' }).expect(200);
  expect(started).toMatchObject({ ...WINDOW, status: 'started', contact: 'noc' });
  const backwards = { planned_start: WINDOW.planned_end, planned_end: WINDOW.planned_end };
  for (const answer of [
    await site.api.post(MAINTENANCE, backwards).expect(400),
    await site.send('patch', one, { planned_start: '2026-02-02T02:00:00+00:00' }).expect(400),
    await site.send('patch', one, { planned_end: '2026-02-01' }).expect(400),
    await site.send('put', one, backwards).expect(400),
  ])
    expect(answer.body.errors).toEqual({ planned_end: ['expected a time after planned_start'] });
  for (const [field, value] of [
    ['status', 'over'],
    ['planned_end', 'tomorrow'],
    ['technical_service', 99],
  ] as const) {
    const { body } = await site.send('patch', one, { [field]: value }).expect(400);
    expect(Object.keys(body.errors)).toEqual([field]);
  }
  await site.send('delete', one).expect(204);
  await site.send('patch', one, WINDOW).expect(404);
});

test('whatever changes maintenance or a service lets alerts that wait look again, and no others', async () => {
  await make(site.api, INCIDENTS, { title: 'open' });
  await site.settle('triggered');
  const held = await make(site.api, INCIDENTS, { title: 'held' });
  await site
    .knex('pagerduty_alert')
    .where('incident', held)
    .update({ is_held: true, pending: 1, signalled: site.knex.ref('news') });
  const tells = site.told();
  const window = await make(site.api, MAINTENANCE, WINDOW);
  await site.send('patch', `${MAINTENANCE}${window}/`, { status: 'canceled' }).expect(200);
  await site.send('delete', `${MAINTENANCE}${window}/`).expect(204);
  const service = await make(site.api, SERVICES, { name: 'transit' });
  await site.send('patch', `${SERVICES}${service}/`, { routing_key: KEY }).expect(200);
  const facts = await looks();
  expect(facts.map(({ incident, kind, action, actor }) => ({ incident, kind, action, actor }))).toEqual(
    Array.from({ length: 5 }, () => ({ incident: held, kind: 'note', action: 'look', actor: 'bootstrap' })),
  );
  expect((await site.knex('pagerduty_alert').where('incident', held).first()).news).toBe(facts.at(-1)?.id);
  expect(site.told()).toBe(tells + 5);
});
