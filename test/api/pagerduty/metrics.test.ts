import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { withClient } from '../../../store/client';
import { pagerdutyFreshness } from '../../../store/pagerduty/freshness';
import { measureIncidents } from '../../../store/pagerduty/metrics';
import { createTestApi, noTemporal, NO_PAGERDUTY } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

const NOW = new Date('2026-03-02T03:04:05.000Z');

const temporal = noTemporal();
let database: TestDatabase;
let knex: Knex;

beforeEach(async () => {
  database = await createTestDatabase();
  ({ knex } = database);
});
afterEach(() => database.drop());
afterAll(() => temporal.close());

const before = (seconds: number): string => new Date(NOW.getTime() - seconds * 1_000).toISOString();
const state = (dead: boolean, queue: object[] = []): string => JSON.stringify({ dead, queue, heard: 0 });

/** The lines of what is scraped that concern incidents and PagerDuty. */
async function scraped(): Promise<string[]> {
  const api = createTestApi(knex, temporal);
  api.now = NOW;
  const { text } = await api.get('/metrics').expect(200);
  return text.split('\n').filter((line) => /^crossconnect_(incidents|pagerduty)_/.test(line));
}

async function freshness(enabled = true): Promise<unknown> {
  const incidents = { ...NO_PAGERDUTY, pagerduty: { ...NO_PAGERDUTY.pagerduty, enabled } };
  const api = createTestApi(knex, temporal, { incidents });
  api.now = NOW;
  const { body } = await api.get('/api/status/').expect(200);
  return body.freshness.pagerduty;
}

async function rememberRecords(): Promise<void> {
  const incident = { title: 't', description: '', reporter: '', commander: '', responders: '[]', auto_created: false };
  const times = { created_at: NOW, updated_at: NOW };
  await knex('incident').insert(
    [
      { severity: 'critical', status: 'new' },
      { severity: 'critical', status: 'monitoring' },
      { severity: 'low', status: 'acknowledged' },
      { severity: 'low', status: 'resolved' },
      { severity: 'high', status: 'closed' },
    ].map((one) => ({ ...incident, ...times, ...one, detected_at: NOW })),
  );
  const event = { message: 'm', criticality: 'HIGH', is_valid: true, occurred_at: NOW, last_seen_at: NOW, ...times };
  await knex('incident_event').insert(
    ['triggered', 'triggered', 'ok', 'suppressed'].map((status, i) => ({ ...event, status, dedup_id: `d${i}` })),
  );
}

async function rememberAlerts(routing_key: number): Promise<void> {
  const alert = { created: NOW, state: state(false), pending: 0, news: 0, signalled: 0, is_held: false };
  const waiting = state(false, [{ n: 1, action: 'trigger', at: before(75) }]);
  const alerts = await knex('pagerduty_alert')
    .insert(
      [
        { wanted: 'triggered', told: 'triggered' },
        { wanted: 'triggered', told: 'nothing', pending: 2, state: waiting },
        { wanted: 'triggered', told: 'nothing', pending: 1, is_held: true, state: waiting },
        { wanted: 'triggered', told: 'nothing', pending: 1, state: state(true) },
        { wanted: 'acknowledged', told: 'acknowledged' },
        { wanted: 'resolved', told: 'resolved' },
      ].map((one, i) => ({ ...alert, ...one, dedup_key: `k${i}`, workflow_id: `w${i}` })),
    )
    .returning<{ id: number }[]>('id');
  const [open, retrying, , dead, ...others] = alerts.map(({ id }) => id);
  const entry = { kind: 'note', action: 'a', actor: '', detail: '' };
  const entries = await knex('incident_timeline')
    .insert([
      { ...entry, time: before(33), alert: open },
      { ...entry, time: before(12), alert: retrying },
    ])
    .returning<{ id: number }[]>('id');
  await knex('pagerduty_alert').where({ id: open! }).update({ news: entries[0]!.id });
  await knex('pagerduty_alert').where({ id: retrying! }).update({ news: entries[1]!.id });
  const send = { routing_key, priority: 1, since: before(75), due: NOW, finished: null };
  await knex('pagerduty_send').insert(
    [
      { alert: open, action: 'trigger', state: 'taken', finished: before(40) },
      { alert: others[0], action: 'trigger', state: 'taken', finished: before(90) },
      { alert: others[0], action: 'acknowledge', state: 'taken', finished: before(80) },
      { alert: retrying, action: 'trigger', state: 'retrying' },
      { alert: dead, action: 'trigger', state: 'dead', finished: before(5) },
      { alert: dead, action: 'trigger', state: 'superseded', finished: before(500) },
    ].map((one, i) => ({ ...send, ...one, n: i + 1 })),
  );
  await knex('pagerduty_difference').insert({
    ...{ alert: open, ours: 'triggered', theirs: 'resolved', first_seen: NOW, last_seen: NOW },
  });
}

/** What a PagerDuty leaves behind that was told some of it. */
async function remember(): Promise<void> {
  const secret = { kind: 'routing_key', digest: Buffer.from('d'), sealed: Buffer.from('s'), created: NOW };
  const [key] = await knex('core_secret').insert(secret).returning<{ id: number }[]>('id');
  await rememberRecords();
  await rememberAlerts(key!.id);
  const budget = { routing_key: key!.id, next_slot: NOW, taken: [before(70), before(40), before(1)], urgent: [] };
  await knex('pagerduty_budget').insert(budget);
  const webhook = { received: before(60), occurred_at: NOW, event_type: 'e', pagerduty_incident: 'P', alerts: [] };
  await knex('pagerduty_webhook').insert(
    ['handled', 'handled', 'unmatched'].map((outcome, i) => ({ ...webhook, outcome, id: `w${i}` })),
  );
  await knex('pagerduty_refused').update({ webhooks: 4, last: before(7) });
}

test('what is remembered of incidents and PagerDuty can be scraped', async () => {
  await remember();
  const [{ id: key }] = (await knex('core_secret').select('id')) as [{ id: number }];
  expect(await scraped()).toEqual([
    'crossconnect_incidents_open{severity="critical"} 2',
    'crossconnect_incidents_open{severity="high"} 0',
    'crossconnect_incidents_open{severity="low"} 1',
    'crossconnect_incidents_open{severity="medium"} 0',
    'crossconnect_incidents_triggered_events 2',
    'crossconnect_pagerduty_alerts{phase="acknowledged"} 1',
    'crossconnect_pagerduty_alerts{phase="triggered"} 1',
    'crossconnect_pagerduty_pending_sends 3',
    'crossconnect_pagerduty_oldest_waiting_seconds 75',
    'crossconnect_pagerduty_sends{state="dead"} 1',
    'crossconnect_pagerduty_sends{state="retrying"} 1',
    'crossconnect_pagerduty_sends{state="sending"} 0',
    'crossconnect_pagerduty_sends{state="waiting"} 0',
    'crossconnect_pagerduty_taken_sends{action="acknowledge"} 1',
    'crossconnect_pagerduty_taken_sends{action="trigger"} 2',
    'crossconnect_pagerduty_held_alerts 1',
    `crossconnect_pagerduty_budget_used{routing_key="${key}"} 2`,
    'crossconnect_pagerduty_webhooks{outcome="handled"} 2',
    'crossconnect_pagerduty_webhooks{outcome="unmatched"} 1',
    'crossconnect_pagerduty_refused_webhooks 4',
    'crossconnect_pagerduty_differences 1',
    'crossconnect_pagerduty_untold_alerts 2',
    'crossconnect_pagerduty_untold_age_seconds 33',
  ]);
});

test('where nothing waits there are no ages, and what is told apart by a state says 0', async () => {
  const lines = await scraped();
  expect(lines.filter((line) => / [^0]/.test(line))).toEqual([]);
  expect(lines.filter((line) => /oldest_waiting|untold_age|taken|budget/.test(line))).toEqual([]);
  expect(lines).toContain('crossconnect_pagerduty_sends{state="dead"} 0');
});

test('the status says how fresh what PagerDuty knows is, and nothing while it is off', async () => {
  await remember();
  const job = { type: 'pagerduty-check', workflow_id: 'pagerduty-check', input: '{}' };
  await knex('core_job').insert([
    { ...job, id: randomUUID(), status: 'completed', created: before(950), finished: before(900) },
    { ...job, id: randomUUID(), status: 'completed', created: before(650), finished: before(600) },
    { ...job, id: randomUUID(), status: 'failed', created: before(350), finished: before(300) },
    { ...job, id: randomUUID(), status: 'running', created: before(50), finished: null },
  ]);
  expect(await freshness()).toEqual({
    ...{ enabled: true, last_success: '2026-03-02T03:03:25Z', oldest_waiting_seconds: 75, dead: 1 },
    last_check: '2026-03-02T02:54:05Z',
  });
  expect(await freshness(false)).toBeNull();
});

test('a PagerDuty that was never told anything, nor asked, is said to be so', async () => {
  expect(await freshness()).toEqual({
    ...{ enabled: true, last_success: null, oldest_waiting_seconds: null, dead: 0, last_check: null },
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const scans = (node: PlanNode): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []),
  ...(node.Plans ?? []).flatMap(scans),
];

/** Many records that are over, and a few that are not. */
async function rememberMany(): Promise<void> {
  await knex.raw(`
    INSERT INTO incident_event (message, dedup_id, status, criticality, is_valid, occurred_at, last_seen_at, created_at,
        updated_at)
      SELECT 'm', i, CASE WHEN i % 200 = 0 THEN 'triggered' ELSE 'ok' END, 'HIGH', true, now(), now(), now(), now()
      FROM generate_series(1, 20000) i;
    INSERT INTO incident (title, description, status, severity, reporter, commander, responders, auto_created, detected_at,
        created_at, updated_at)
      SELECT 't', '', CASE WHEN i % 200 = 0 THEN 'new' ELSE 'closed' END, 'high', '', '', '[]', false, now(), now(), now()
      FROM generate_series(1, 20000) i;
    INSERT INTO pagerduty_alert (dedup_key, workflow_id, wanted, told, state, created, news, signalled)
      SELECT i, i, 'resolved', CASE WHEN i % 200 = 0 THEN 'triggered' ELSE 'resolved' END,
        '{"heard": 5, "dead": false, "queue": []}', now(), i, CASE WHEN i % 5000 = 0 THEN 0 ELSE i END
      FROM generate_series(1, 20000) i;
    INSERT INTO incident_timeline (time, kind, action, alert, actor, detail)
      SELECT now(), 'note', 'a', i, '', 'd' FROM generate_series(1, 20000) i;
    INSERT INTO pagerduty_webhook (id, received, occurred_at, event_type, pagerduty_incident, outcome, alerts)
      SELECT i, now(), now(), 'e', 'P', 'handled', '{}' FROM generate_series(1, 20000) i;
    INSERT INTO core_job (id, type, workflow_id, input, status, created)
      SELECT gen_random_uuid(), 't', 'w' || i, '{}', 'completed', now() FROM generate_series(1, 20000) i`);
  await knex.raw('VACUUM ANALYZE');
}

test('measuring does not read the tables of records that are over', async () => {
  await rememberMany();
  const statements: { readonly sql: string; readonly bindings: readonly unknown[] }[] = [];
  knex.on('query', (statement: (typeof statements)[number]) => statements.push(statement));
  await measureIncidents(knex, NOW);
  await pagerdutyFreshness(knex, 'pagerduty-check', NOW);
  expect(statements.length).toBeGreaterThan(3);
  const read = new Set<string>();
  for (const { sql, bindings } of [...statements]) {
    const { rows } = await withClient(knex, (client) =>
      client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${sql}`, [...bindings]),
    );
    for (const table of scans(rows[0]!['QUERY PLAN'][0].Plan)) read.add(table);
  }
  // What was taken is counted whole; the others have a row, a row a routing key, or a row a difference.
  expect([...read].sort()).toEqual(['pagerduty_budget', 'pagerduty_difference', 'pagerduty_refused', 'pagerduty_send']);
});
