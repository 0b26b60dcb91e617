import { BAD_FILTERS } from '../../helpers/hostile';
import { ADMIN, createTestApi, NO_PAGERDUTY, noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { PAGERDUTY } from '../../helpers/pagerduty-calls';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { Secret } from '../../../config/secret';

let database: TestDatabase;
let api: TestApi;
const temporal = noTemporal();

beforeAll(async () => {
  database = await createTestDatabase();
  const pagerduty = { ...NO_PAGERDUTY.pagerduty, enabled: true };
  api = createTestApi(database.knex, temporal, {
    incidents: { ...NO_PAGERDUTY, pagerduty, routingKey: new Secret(FAKE_ROUTING_KEY) },
  });
});
afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const MEGABYTE = 'x'.repeat(1_000_000);
const nested = (levels: number): string => `{"a":`.repeat(levels) + '1' + '}'.repeat(levels);

const BAD: readonly (readonly [string, unknown, number])[] = [
  ...[undefined, null, true, 1.5, 0, -1, 1e300, '', 'abc', '1e3', ' 1', '0x1', '\0', [], {}, [1], MEGABYTE].map(
    (event_id) => ['send-event/', { event_id }, 400] as const,
  ),
  ['send-event/', { event_id: 9_007_199_254_740_991 }, 404],
  ['send-event/', { event_id: '9007199254740991' }, 404],
  ['send-event/', { event_id: '9007199254740993' }, 400],
  ['send-event/', { event_id: 4, dry_run: 'yes' }, 400],
  ['send-event/', { event_id: 4, unknown: 1 }, 400],
  ['send-event/', [], 400],
  ['send-event/', 'text', 400],
  ['send-incident/', {}, 400],
  ['send-incident/', { incident_id: 4, action: 'page' }, 400],
  ['send-incident/', { incident_id: 4, action: null }, 400],
  ['send-incident/', { incident_id: 4 }, 404],
  ['resolve-event/', {}, 400],
  ['resolve-event/', { event_id: null }, 400],
  ['resolve-event/', { event_id: 4 }, 404],
  ['resolve-event/', { dedup_key: '' }, 400],
  ['resolve-event/', { dedup_key: ' ' }, 400],
  ['resolve-event/', { dedup_key: 'a\0b' }, 400],
  ['resolve-event/', { dedup_key: 5 }, 400],
  ['trigger-custom/', {}, 400],
  ['trigger-custom/', { summary: 5 }, 400],
  ['trigger-custom/', { summary: '' }, 400],
  ['trigger-custom/', { summary: 'a\0' }, 400],
  ['trigger-custom/', { summary: MEGABYTE }, 400],
  ['trigger-custom/', { summary: 'a', severity: 'fatal' }, 400],
  ['trigger-custom/', { summary: 'a', severity: 1 }, 400],
  ['trigger-custom/', { summary: 'a', source: ' ' }, 400],
  ['trigger-custom/', { summary: 'a', dedup_key: MEGABYTE }, 400],
  ['trigger-custom/', { summary: 'a', custom_details: 'text' }, 400],
  ['trigger-custom/', { summary: 'a', custom_details: [1] }, 400],
  ['trigger-custom/', { summary: 'a', custom_details: { 'n\0': 1 } }, 400],
  ['trigger-custom/', { summary: 'a', custom_details: { 'half \ud800': 1 } }, 400],
  ['trigger-custom/', { summary: 'a', custom_details: { a: 'x'.repeat(5_000_000) } }, 413],
  ['test/', { dry_run: 1 }, 400],
  ['bulk-send-events/', { event_ids: MEGABYTE }, 413],
  ['dead-letters/0/replay/', {}, 404],
  ['dead-letters/1/replay/', {}, 404],
  ['dead-letters/x/replay/', {}, 404],
  ['dead-letters/99999999999/replay/', {}, 404],
];

test.each(BAD)('%s with a body that is not right is answered with what is wrong', async (path, body, status) => {
  const large = JSON.stringify(body).length > 200_000 && status === 400 && !path.startsWith('trigger-custom');
  const answer = await api.post(`${PAGERDUTY}${path}`).type('json').send(JSON.stringify(body));
  expect([JSON.stringify(body).slice(0, 80), answer.status]).toEqual([
    JSON.stringify(body).slice(0, 80),
    large ? 413 : status,
  ]);
  expect(answer.type).toBe('application/problem+json');
  expect(answer.body.detail.length).toBeLessThan(2_000);
});

test('details that are nested deeper than anybody nests are refused', async () => {
  for (const levels of [40, 5_000, 100_000]) {
    const body = `{"summary":"a","custom_details":${nested(levels)}}`;
    const answer = await api.post(`${PAGERDUTY}trigger-custom/`).type('json').send(body);
    expect([levels, answer.status]).toEqual([levels, 400]);
  }
});

test('nothing was asked for by what was not right, and nothing of a key was logged', async () => {
  expect(await database.knex('core_job')).toEqual([]);
  expect(api.lines.join('')).not.toContain(FAKE_ROUTING_KEY);
});

test('filters of dead letters that nobody knows are refused', async () => {
  for (const filter of BAD_FILTERS)
    expect([filter, (await api.get(`${PAGERDUTY}dead-letters/?${filter}`)).status]).toEqual([filter, 400]);
});

test('sending takes the scope write, and the status takes read', async () => {
  const { body } = await api.post('/api/users/tokens/', { name: 'reader', scope: 'read' });
  expect((await api.get(`${PAGERDUTY}status/`, body.key)).status).toBe(200);
  for (const path of [
    'test/',
    'send-event/',
    'send-incident/',
    'resolve-event/',
    'trigger-custom/',
    'bulk-send-events/',
  ])
    expect([path, (await api.post(`${PAGERDUTY}${path}`, {}, body.key)).status]).toEqual([path, 403]);
  expect((await api.post(`${PAGERDUTY}dead-letters/1/replay/`, {}, body.key)).status).toBe(403);
  expect((await api.get(`${PAGERDUTY}status/`, ADMIN)).status).toBe(200);
});

test('while Temporal is away a bulk is refused, and its job is over', async () => {
  const { status } = await api.post(`${PAGERDUTY}bulk-send-events/`, { event_ids: [1] });
  expect(status).toBe(503);
  expect(await database.knex('core_job')).toMatchObject([{ type: 'pagerduty-bulk', status: 'failed' }]);
});

test('while Temporal is away other sends are kept for it', async () => {
  const { status, body } = await api.post(`${PAGERDUTY}trigger-custom/`, { summary: 'kept' });
  expect([status, body.status]).toEqual([202, 'pending']);
});
