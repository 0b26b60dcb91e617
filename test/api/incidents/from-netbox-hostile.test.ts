import request from 'supertest';
import type { Temporal } from '../../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

const BUSINESS = '/api/plugins/business-application/';
const GENERIC = `${BUSINESS}alerts/generic/`;
const ALERTMANAGER = `${BUSINESS}alerts/alertmanager/`;
const NETBOX = `${BUSINESS}update-from-netbox/`;

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});
afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const post = (path: string, text: string) =>
  request(api.app)
    .post(path)
    .set({ Authorization: `Token ${ADMIN}`, 'Content-Type': 'application/json' })
    .serialize((unchanged: unknown) => unchanged as string)
    .send(text);

const deepText = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** Values of every kind, as JSON. */
const VALUES = [
  ...['null', 'true', '0', '-1', '1.5', '1e400', '9007199254740993', '""', '" "', '"0"', '"\\u0000"', '"a\\u0000b"'],
  ...['"\\ud800"', '"\\ud83d\\ude00"', '[]', '[1]', '["\\u0000"]', '[[]]', '{}', '{"value": "ok"}', '{"value": null}'],
  ...['{"\\u0000": "\\u0000"}', '{"\\ud800": "\\udfff"}', '{"__proto__": {"id": 1}}', '{"constructor": "x"}'],
  ...['{"id": 1, "name": "\\u0000"}', '"9999-12-31T23:59:59Z"', '"0000-01-01"', '"275760-09-13T00:00:00Z"'],
  ...['"2026-02-30T00:00:00Z"', '"__proto__"', '"constructor"', `"${'x'.repeat(20_000)}"`, deepText(500)],
  ...[`[${deepText(31)}]`, '"triggered"', '"\'; DROP TABLE incident_event"'],
];

const withField = (base: object, field: string, value: string): string =>
  JSON.stringify({ ...base, [field]: '<here>' }).replace('"<here>"', () => value);

let turn = 0;
const generic = (): object => ({
  ...{ source: 'probe', severity: 'low', message: 'm', dedup_id: `hostile-${(turn += 1)}`, status: 'ok' },
});
const alert = (): object => ({ status: 'firing', fingerprint: `hostile-${(turn += 1)}`, labels: {}, annotations: {} });

const rows = async (): Promise<number> =>
  Number((await database.knex('incident_event').count<{ count: number }[]>('*'))[0]?.count);

test.each([
  ...['source', 'timestamp', 'severity', 'status', 'message', 'dedup_id', 'target', 'service', 'raw_data'],
  ...['__proto__', 'constructor'],
])('no value of %s in a generic alert fails on our side, and what is refused leaves nothing', async (field) => {
  for (const value of VALUES) {
    const before = await rows();
    const body = withField(generic(), field, value);
    const list = `[${JSON.stringify(generic())}, ${withField(generic(), field, value)}]`;
    for (const text of [body, list]) {
      const { status } = await post(GENERIC, text);
      expect([field, value.slice(0, 60), [202, 400].includes(status)]).toEqual([field, value.slice(0, 60), true]);
      if (status === 400) expect(await rows()).toBe(before);
    }
  }
});

test.each(['status', 'fingerprint', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL', 'extra'])(
  'no value of %s in an alert of Alertmanager fails on our side',
  async (field) => {
    for (const value of VALUES) {
      const before = await rows();
      const text = `{"version": "4", "alerts": [${JSON.stringify(alert())}, ${withField(alert(), field, value)}]}`;
      const { status } = await post(ALERTMANAGER, text);
      expect([field, value.slice(0, 60), [202, 400].includes(status)]).toEqual([field, value.slice(0, 60), true]);
      if (status === 400) expect(await rows()).toBe(before);
    }
  },
);

test.each(['alertname', 'severity', 'service', 'device', 'summary', '__proto__'])(
  'no text of the label or annotation %s fails on our side',
  async (name) => {
    for (const value of VALUES.filter((one) => one.startsWith('"'))) {
      const texts = withField({}, name, value);
      const one = `{"status": "firing", "fingerprint": "l-${(turn += 1)}", "labels": ${texts}, "annotations": ${texts}}`;
      const { status } = await post(ALERTMANAGER, `{"version": "4", "alerts": [${one}]}`);
      expect([name, value.slice(0, 60), status]).toEqual([name, value.slice(0, 60), 202]);
    }
  },
);

test.each(['version', 'alerts', 'truncatedAlerts', 'groupLabels', 'receiver'])(
  'no value of %s in a webhook of Alertmanager fails on our side',
  async (field) => {
    for (const value of VALUES) {
      const { status } = await post(ALERTMANAGER, withField({ version: '4', alerts: [alert()] }, field, value));
      expect([field, value.slice(0, 60), [202, 400].includes(status)]).toEqual([field, value.slice(0, 60), true]);
    }
  },
);

const FIELDS = [
  ...['id', 'dedup_id', 'message', 'status', 'criticallity', 'event_source', 'content_type', 'object_id', 'target'],
  ...['raw', 'is_valid', 'updated_at', 'title', 'display', 'description', 'severity', 'affected_services', 'events'],
  ...['responders', 'reporter', 'commander', 'detected_at', '__proto__'],
];

test.each(FIELDS)('no value of the %s of an object of NetBox fails on our side', async (field) => {
  for (const kind of ['event', 'incident'])
    for (const [index, value] of VALUES.entries()) {
      const base = { id: 100 + index, status: kind === 'event' ? 'triggered' : 'new' };
      const event = ['created', 'updated', 'deleted'][index % 3];
      const text = `{"event": "${event}", "model": "${kind}", "data": ${withField(base, field, value)}}`;
      const { status } = await post(NETBOX, text);
      const is = [200, 202, 400].includes(status);
      expect([kind, field, value.slice(0, 60), is]).toEqual([kind, field, value.slice(0, 60), true]);
    }
});

test.each(['event', 'timestamp', 'object_type', 'model', 'username', 'request', 'data', 'snapshots'])(
  'no value of %s around an object of NetBox fails on our side',
  async (field) => {
    const base = { event: 'updated', object_type: 'business_application.incident', data: { id: 90, status: 'new' } };
    for (const value of VALUES) {
      const { status } = await post(NETBOX, withField(base, field, value));
      const is = [200, 202, 400].includes(status);
      expect([field, value.slice(0, 60), is]).toEqual([field, value.slice(0, 60), true]);
    }
  },
);

test('thousands of levels and megabytes of text are refused or cut on every way in', async () => {
  const deep = deepText(20_000);
  const long = `"${'x'.repeat(1024 * 1024)}"`;
  expect((await post(GENERIC, withField(generic(), 'raw_data', deep))).status).toBe(400);
  expect((await post(ALERTMANAGER, `{"version": "4", "alerts": [], "x": ${deep}}`)).status).toBe(202);
  const netbox = (raw: string): string =>
    `{"event": "created", "model": "event", "data": {"id": 80, "status": "ok", "raw": ${raw}}}`;
  expect((await post(NETBOX, netbox(deep))).status).toBe(202);
  expect((await post(NETBOX, netbox(long))).status).toBe(202);
  expect((await post(GENERIC, withField(generic(), 'message', long))).status).toBe(400);
  const annotated = `{"version": "4", "alerts": [{"status": "firing", "fingerprint": "long", "annotations": {"summary": ${long}}}]}`;
  expect((await post(ALERTMANAGER, annotated)).status).toBe(202);
  const { message } = await database.knex('incident_event').where('dedup_id', 'long').first();
  expect(message).toBe(`${'x'.repeat(999)}…`);
  for (const path of [GENERIC, ALERTMANAGER, NETBOX]) {
    expect((await post(path, `{"x": "${'x'.repeat(9 * 1024 * 1024)}"}`)).status).toBe(413);
    expect((await post(path, '{"x": ')).status).toBe(400);
    expect((await post(path, '[[]]')).status).toBe(400);
  }
});

test('an incident with more events and services than anybody relates to one is a 400', async () => {
  const related = (count: number): string => JSON.stringify(Array.from({ length: count }, (_, index) => index + 1));
  const body = (events: string, services: string): string =>
    `{"event": "created", "model": "incident", "data":
      {"id": 70, "status": "new", "events": ${events}, "affected_services": ${services}}}`;
  const { body: problem } = await post(NETBOX, body(related(200_000), related(2_000))).expect(400);
  expect(Object.keys(problem.errors)).toEqual(['data.affected_services', 'data.events']);
  await post(NETBOX, body(related(10_000), related(1_000))).expect(202);
});

test('nothing of what came in was logged as an error of ours', () => {
  expect(api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
