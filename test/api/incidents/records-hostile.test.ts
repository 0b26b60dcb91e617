import {
  createRecordsSite,
  EVENTS,
  INCIDENTS,
  MAINTENANCE,
  SERVICES,
  SOURCES,
  type RecordsSite,
} from '../../helpers/incident-records';
import { BAD_FILTERS } from '../../helpers/hostile';
import { make } from '../../helpers/peering';

let site: RecordsSite;

const WINDOW = { planned_start: '2026-02-01T22:00:00Z', planned_end: '2026-02-02T02:00:00Z' };
const GOOD: Readonly<Record<string, (unique: string) => object>> = {
  [EVENTS]: (unique) => ({ message: unique, dedup_id: unique }),
  [INCIDENTS]: (unique) => ({ title: unique }),
  [SOURCES]: (unique) => ({ name: unique }),
  [SERVICES]: (unique) => ({ name: unique }),
  [MAINTENANCE]: () => WINDOW,
};
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  [EVENTS]: [
    ...['message', 'dedup_id', 'status', 'criticality', 'criticallity', 'event_source', 'technical_service'],
    ...['target_type', 'target', 'raw', 'is_valid', 'alert', 'id'],
  ],
  [INCIDENTS]: [
    ...['title', 'description', 'status', 'severity', 'affected_services', 'events', 'responders', 'reporter'],
    ...['commander', 'detected_at', 'alert', 'auto_created'],
  ],
  [SOURCES]: ['name', 'description'],
  [SERVICES]: ['name', 'service_type', 'description', 'hold_seconds', 'quiet_seconds', 'routing_key'],
  [MAINTENANCE]: ['description', 'contact', 'technical_service', 'status', 'planned_start', 'planned_end'],
};
const ids: Record<string, number> = {};

beforeAll(async () => {
  site = await createRecordsSite();
  for (const [path, body] of Object.entries(GOOD)) ids[path] = await make(site.api, path, body('first'));
});

afterAll(() => site.close());

const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

/** Values of every kind that a field may not be able to hold. */
const VALUES = [
  ...[null, true, 0, -1, 1.5, 1e400, 2 ** 53, 2 ** 63, '', ' ', '0', '\0', 'a\0b', '\ud800', 'x'.repeat(20_000)],
  ...[[], [1], [2 ** 53], ['\0'], ['\ud800'], [[]], {}, { '\0': '\0' }, { a: { '\ud800': '\ud800' } }, { a: '\0' }],
  ...["'; DROP TABLE incident", '💩', 'constructor', '__proto__', '\u202e', '9999-12-31T23:59:59Z', '0001-01-01'],
  ...[JSON.parse('{"__proto__": {"x": 1}}'), deep(500), { a: [deep(500)] }],
];

test.each(Object.keys(GOOD))('no value of any field of %s fails on our side', async (path) => {
  for (const field of FIELDS[path] ?? []) {
    for (const [index, value] of VALUES.entries()) {
      const posted = await site.api.post(path, { ...GOOD[path]?.(`${field} ${index}`), [field]: value });
      const patched = await site.send('patch', `${path}${ids[path]}/`, { [field]: value });
      for (const { status } of [posted, patched]) expect([field, value, status < 500]).toEqual([field, value, true]);
    }
  }
});

test.each([
  ...Object.keys(GOOD).map((path) => () => path),
  () => `${EVENTS}${ids[EVENTS]}/timeline/`,
  () => `${INCIDENTS}${ids[INCIDENTS]}/timeline/`,
])('of events and incidents, no bad filter of a list is answered (%#)', async (listOf) => {
  const list = listOf();
  for (const filter of [...BAD_FILTERS, 'raw=1', 'alert__ic=x', 'fact=1', 'answer=1', 'routing_key=1']) {
    const answer = await site.api.get(`${list}?${filter}`);
    const isColumn = list.endsWith('timeline/') && filter.startsWith('alert');
    if (!isColumn) expect([filter, answer.status, answer.type]).toEqual([filter, 400, 'application/problem+json']);
  }
  for (const filter of [
    'affected_services=%27',
    'events=abc',
    'dedup_id__ic=%25',
    'incident=null',
    'created_at__lt=0001-01-01',
  ])
    expect((await site.api.get(`${list}?${filter}`)).status).toBeLessThan(500);
});

test.each([EVENTS, INCIDENTS])('no value of a bulk change of %s fails on our side', async (path) => {
  for (const value of VALUES) {
    for (const body of [
      { ids: value, status: 'closed' },
      { ids: [value], status: 'ok' },
      { ids: [1], status: value },
    ]) {
      const { status } = await site.api.post(`${path}bulk-update-status/`, body);
      expect([value, status >= 400 && status < 500]).toEqual([value, true]);
    }
  }
});

test.each(Object.keys(GOOD))('a megabyte of text is refused by %s', async (path) => {
  for (const field of FIELDS[path] ?? [])
    expect([400, 413]).toContain((await site.api.post(path, { [field]: 'x'.repeat(1_000_000) })).status);
  for (const id of ['0', '99999999999', 'x', '%00', '-1']) await site.api.get(`${path}${id}/`).expect(404);
  await site.api.get(`${path}2000000000/timeline/`).expect(404);
});

test('none of what events and incidents were asked was logged as an error of ours', () => {
  expect(site.api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
