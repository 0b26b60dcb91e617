import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import request, { type Test } from 'supertest';
import { ADMIN } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';

const PATH = '/api/plugins/business-application/alerts/alertmanager/';
const FIXTURES = join(__dirname, '../../fixtures/alertmanager');

/** The bytes of a body that Alertmanager 0.34.2 sent, as they stand in the capture. */
function captured(name: string): string {
  const text = readFileSync(join(FIXTURES, `${name}.json`), 'utf8');
  return text.slice(text.indexOf('"body": ') + '"body": '.length, text.lastIndexOf('}'));
}

const NAMES = readdirSync(FIXTURES).map((file) => file.replace('.json', ''));
const LIFE = ['life-002', 'life-003', 'life-005', 'life-007'];

let site: IncidentSite;

beforeEach(async () => {
  site = await createIncidentSite();
});
afterEach(() => site.close());

const send = (body: string, headers = {}): Test =>
  request(site.api.app)
    .post(PATH)
    .set({ Authorization: `Token ${ADMIN}`, 'Content-Type': 'application/json', ...headers })
    .serialize((unchanged: unknown) => unchanged as string)
    .send(body);

async function replay(...names: string[]): Promise<void> {
  for (const name of names) await send(captured(name)).expect(202);
}

interface Outcome {
  readonly dedup_id: string;
  readonly outcome: string;
}
const outcomes = async (name: string): Promise<string[]> =>
  ((await send(captured(name)).expect(202)).body.events as Outcome[]).map(({ outcome }) => outcome);

const told = (fingerprint: string): readonly string[] => site.told(`netbox-event-${fingerprint}`);
const event = (dedup_id: string) => site.knex('incident_event').where({ dedup_id }).first();

const LIVES = ['de6d50a2afafb4ae', '1fd84b4626d5fc25', 'fa39a61f47bc6d88'];

test('the life of a group is one page an alert, each resolved when its alert is', async () => {
  expect(NAMES).toHaveLength(8);
  expect(await outcomes('life-002')).toEqual(['created', 'created']);
  await site.settled();
  expect(await outcomes('life-003')).toEqual(['updated', 'updated', 'created']);
  await site.settled();
  expect(LIVES.map(told)).toEqual([['trigger'], ['trigger'], ['trigger']]);
  await replay('life-005');
  await site.settled();
  expect(LIVES.map(told)).toEqual([['trigger', 'resolve'], ['trigger'], ['trigger']]);
  await replay('life-007');
  await site.settled();
  for (const fingerprint of LIVES) expect(told(fingerprint)).toEqual(['trigger', 'resolve']);
  expect(await event('de6d50a2afafb4ae')).toMatchObject({
    ...{ status: 'ok', criticality: 'CRITICAL', message: 'BGPDown on edge1 xe-0/0/0' },
    ...{ target_type: 'device', target: 'edge1', occurred_at: '2026-11-21T04:12:17.862Z' },
    raw: {
      labels: expect.objectContaining({ iface: 'xe-0/0/0' }),
      annotations: { description: expect.any(String), summary: 'BGPDown on edge1 xe-0/0/0' },
      generatorURL: 'http://prom.example/graph?g0.expr=up',
    },
  });
  const [trigger] = site.fake.log.events({ dedup_key: 'netbox-event-de6d50a2afafb4ae' });
  expect(trigger?.body).toMatchObject({
    payload: { component: 'Alertmanager', severity: 'critical', timestamp: '2026-11-21T04:12:17.862Z' },
  });
});

test('a group whose webhooks come twice and then backwards is told of once', async () => {
  for (const name of LIFE) await replay(name, name);
  await site.settled();
  await replay(...LIFE, ...[...LIFE].reverse());
  await site.settled();
  for (const fingerprint of LIVES) expect(told(fingerprint)).toEqual(['trigger', 'resolve']);
});

test('a group whose end comes first is never paged', async () => {
  await replay('life-007', 'life-005', 'life-003', 'life-002', 'hook-002', 'hook-001');
  await site.settled();
  for (const fingerprint of [...LIVES, '42a019bb204f8017']) expect(told(fingerprint)).toEqual([]);
});

test('an alert that flaps ends as its newest occurrence did, also when an older one is told of late', async () => {
  await replay('flap-001');
  await site.settled();
  await replay('flap-004');
  await site.settled();
  expect(await outcomes('flap-001')).toEqual(['stale']);
  await replay('hook-001', 'hook-002', 'hook-001');
  await site.settled();
  expect(told('15407f86f9dbfb66')).toEqual(['trigger', 'resolve']);
  expect((await event('15407f86f9dbfb66'))?.status).toBe('ok');
  expect((await event('42a019bb204f8017'))?.status).toBe('ok');
});

const alert = (other: object = {}): object => ({
  ...{ status: 'firing', fingerprint: 'f1', labels: { alertname: 'Down', severity: 'critical' } },
  ...{ annotations: {}, startsAt: '2026-11-21T04:00:10Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '', ...other },
});
const group = (...alerts: object[]): string => JSON.stringify({ version: '4', truncatedAlerts: 0, alerts });

test('an alert is resolved although its beginning was merged to an earlier one', async () => {
  await send(group(alert())).expect(202);
  await site.settled();
  const merged = { startsAt: '2026-11-21T04:00:05Z' };
  await send(group(alert({ ...merged, status: 'resolved', endsAt: '2026-11-21T04:01:00Z' }))).expect(202);
  await send(group(alert(merged))).expect(202);
  await site.settled();
  expect(told('f1')).toEqual(['trigger', 'resolve']);
  expect((await event('f1'))?.occurred_at).toBe('2026-11-21T04:00:10Z');
});

test('the end of an earlier occurrence does not end the one that fires', async () => {
  await send(group(alert())).expect(202);
  const earlier = { startsAt: '2026-11-21T03:00:00Z', endsAt: '2026-11-21T03:30:00Z' };
  const { body } = await send(group(alert({ ...earlier, status: 'resolved' }))).expect(202);
  expect(body.events).toMatchObject([{ outcome: 'stale' }]);
  await site.settled();
  expect(told('f1')).toEqual(['trigger']);
});

test('an alert that goes on minutes after Alertmanager gave it up is paged again', async () => {
  await send(group(alert())).expect(202);
  await site.settled();
  await send(group(alert({ status: 'resolved', endsAt: '2026-11-21T04:05:00Z' }))).expect(202);
  await site.settled();
  await send(group(alert())).expect(202);
  await site.knex('incident_event').update({ last_seen_at: new Date(Date.now() - 200_000).toISOString() });
  await send(group(alert())).expect(202);
  await site.settled();
  expect(told('f1')).toEqual(['trigger', 'resolve', 'trigger']);
});

test('a beginning in the future does not make what comes after it look old', async () => {
  await send(group(alert({ startsAt: '9999-01-01T00:00:00Z' }))).expect(202);
  await site.settled();
  await send(group(alert({ startsAt: '9999-01-01T00:00:00Z', status: 'resolved' }))).expect(202);
  await site.settled();
  expect(told('f1')).toEqual(['trigger', 'resolve']);
});

test('a severity that is not known counts as a warning, and the timeline says so', async () => {
  await send(group(alert({ labels: { severity: 'page', alertname: 'Down\nand out' } }))).expect(202);
  const row = await event('f1');
  expect(row).toMatchObject({ criticality: 'WARNING', message: 'Down and out' });
  const notes = await site.knex('incident_timeline').where({ event: row?.id, kind: 'note' }).pluck('detail');
  expect(notes).toEqual([`criticality 'page' is not known and counts as WARNING`]);
});

test('the service of an alert is known by its label, and none is made', async () => {
  const time = new Date().toISOString();
  const [service] = await site
    .knex('incident_service')
    .insert({
      ...{ name: 'transit', service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
      ...{ created: time, last_updated: time },
    })
    .returning('id');
  await send(
    group(
      alert({ labels: { service: 'transit', instance: '192.0.2.1:9100' } }),
      alert({ fingerprint: 'f2', labels: { service: 'nobody' } }),
    ),
  ).expect(202);
  expect(await event('f1')).toMatchObject({ technical_service: service.id, target: '192.0.2.1:9100' });
  expect(await event('f2')).toMatchObject({ technical_service: null, target: null });
  expect(await site.knex('incident_service')).toHaveLength(1);
});

test('what Alertmanager cannot have sent is a 400 that names the field', async () => {
  const bad = async (body: string): Promise<string[]> => Object.keys((await send(body).expect(400)).body.errors);
  expect(await bad('{}')).toEqual(['version', 'alerts']);
  expect(await bad(JSON.stringify({ version: '3', alerts: [] }))).toEqual(['version']);
  expect(await bad(JSON.stringify({ version: 4, alerts: [] }))).toEqual(['version']);
  expect(await bad(group(alert(), alert({ status: 'pending' })))).toEqual(['alerts.1.status']);
  expect(await bad(group(alert({ fingerprint: '', startsAt: 'yesterday', labels: { a: 1 } })))).toEqual([
    ...['alerts.0.fingerprint', 'alerts.0.labels.a', 'alerts.0.startsAt'],
  ]);
  expect(await site.knex('incident_event')).toEqual([]);
});

test('a group of more than 1000 alerts is a 413; what Alertmanager left out is said', async () => {
  await send(group(...Array.from({ length: 1001 }, () => alert()))).expect(413);
  const { body } = await send(JSON.stringify({ version: '4', truncatedAlerts: 7, alerts: [alert()] })).expect(202);
  expect(body).toMatchObject({ status: 'accepted', truncated: 7 });
  expect(site.api.lines.filter((line) => line.includes('left alerts of a group out'))).toHaveLength(1);
  await send(group(), { Authorization: 'Token wrong' }).expect(401);
});
