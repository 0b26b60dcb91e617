import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';

const PATH = '/api/plugins/business-application/alerts/generic/';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite();
});
afterAll(() => site.close());

const alert = (other: object = {}): object => ({
  ...{ source: 'probe', severity: 'critical', message: 'AS64500 is gone', dedup_id: 'g1', ...other },
});
const send = (body: object) => site.api.post(PATH, body);
const event = (dedup_id: string) => site.knex('incident_event').where({ dedup_id }).first();
const count = async (): Promise<number> => (await site.knex('incident_event').pluck('id')).length;
const told = (dedup_id: string): readonly string[] => site.told(`netbox-event-${dedup_id}`);

test('an alert as the plugin takes it becomes an event, and its page', async () => {
  const { body } = await send({
    ...{
      source: 'monitoring',
      timestamp: '2026-11-21T04:00:00.123456789+01:00',
      severity: 'High',
      status: 'TRIGGERED',
    },
    ...{ message: 'Transit\n is down', dedup_id: 'plugin-1', target: { type: 'device', identifier: 'edge1' } },
    raw_data: { probe: { id: 7 }, text: 'a\0b' },
  }).expect(202);
  const row = await event('plugin-1');
  expect(body).toEqual({
    ...{ status: 'accepted', event_id: row?.id, incident_id: null, dedup_id: 'plugin-1', outcome: 'created' },
  });
  expect(row).toMatchObject({
    ...{ status: 'triggered', criticality: 'HIGH', message: 'Transit is down', target_type: 'device', target: 'edge1' },
    ...{ occurred_at: '2026-11-21T03:00:00.123Z', raw: { probe: { id: 7 }, text: 'a\ufffdb' } },
  });
  await site.settled();
  const [trigger] = site.fake.log.events({ dedup_key: 'netbox-event-plugin-1' });
  expect(trigger?.body).toMatchObject({ payload: { severity: 'error', source: 'netbox:device:edge1' } });
  const over = alert({ dedup_id: 'plugin-1', status: 'ok' });
  expect((await send(over).expect(202)).body.outcome).toBe('updated');
  await site.settled();
  expect(told('plugin-1')).toEqual(['trigger', 'resolve']);
});

test('a generic alert is triggered unless it says otherwise, and suppressed ones page nobody', async () => {
  await send(alert({ dedup_id: 'quiet', status: 'suppressed' })).expect(202);
  await send(alert({ dedup_id: 'loud' })).expect(202);
  await site.settled();
  expect([told('quiet'), told('loud')]).toEqual([[], ['trigger']]);
});

test('an alert that is older than what is known changes nothing', async () => {
  const at = (timestamp: string, status = 'triggered') => send(alert({ dedup_id: 'order', timestamp, status }));
  await at('2026-11-21T04:00:00Z').expect(202);
  await at('2026-11-21T04:10:00Z', 'ok').expect(202);
  expect((await at('2026-11-21T04:05:00Z').expect(202)).body.outcome).toBe('stale');
  expect((await event('order'))?.status).toBe('ok');
});

test('an alert without an id is known by what it is about, also when it is over', async () => {
  const plain = { dedup_id: undefined, message: 'no id', target: { type: 'vm', identifier: 12 } };
  const first = await send(alert(plain)).expect(202);
  const other = await send(alert({ ...plain, target: { type: 'vm', identifier: '13' } })).expect(202);
  const last = await send(alert({ ...plain, dedup_id: null, severity: 'low', status: 'ok' })).expect(202);
  expect(first.body.dedup_id).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(last.body).toMatchObject({ event_id: first.body.event_id, outcome: 'updated' });
  expect(other.body.event_id).not.toBe(first.body.event_id);
});

test('the technical service of a generic alert is its target or its own field', async () => {
  const time = new Date().toISOString();
  const names = ['dns', 'mail'].map((name) => ({
    ...{ name, service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
    ...{ created: time, last_updated: time },
  }));
  const [dns, mail] = await site.knex('incident_service').insert(names).returning('id');
  await send(alert({ dedup_id: 's1', target: { type: 'service', identifier: 'dns' } })).expect(202);
  await send(alert({ dedup_id: 's2', service: 'mail', target: { type: 'device', identifier: 'dns' } })).expect(202);
  expect((await event('s1'))?.technical_service).toBe(dns.id);
  expect((await event('s2'))?.technical_service).toBe(mail.id);
});

test('a list of generic alerts is answered in its order', async () => {
  const list = ['z', 'a', 'm', 'a'].map((dedup_id) => alert({ dedup_id: `list-${dedup_id}` }));
  const { body } = await send(list).expect(202);
  expect(body.status).toBe('accepted');
  expect(
    body.results.map(({ dedup_id, outcome }: { dedup_id: string; outcome: string }) => [dedup_id, outcome]),
  ).toEqual([
    ...[
      ['list-z', 'created'],
      ['list-a', 'created'],
      ['list-m', 'created'],
      ['list-a', 'updated'],
    ],
  ]);
});

test('what is wrong with one of many alerts is said of its field, and none of them is taken', async () => {
  const before = await count();
  const { body } = await send([
    alert({ dedup_id: 'half-1' }),
    alert({ dedup_id: 'half-2', status: 'resolved' }),
  ]).expect(400);
  expect(body.errors).toEqual({ '1.status': ['expected one of triggered, ok, suppressed'] });
  await send([]).expect(400);
  await send(Array.from({ length: 1001 }, (_, index) => alert({ dedup_id: `many-${index}` }))).expect(400);
  expect(await count()).toBe(before);
});

test.each<[string, object]>([
  ['source', { source: 'x'.repeat(101) }],
  ['source', { source: undefined }],
  ['severity', { severity: undefined }],
  ['message', { message: ' ' }],
  ['dedup_id', { dedup_id: '' }],
  ['dedup_id', { dedup_id: 'x'.repeat(256) }],
  ['status', { status: 'resolved' }],
  ['status', { status: 'stopped' }],
  ['timestamp', { timestamp: new Date(Date.now() + 600_000).toISOString() }],
  ['timestamp', { timestamp: 'yesterday' }],
  ['timestamp', { timestamp: 1763697600 }],
  ['target.type', { target: { type: 'router', identifier: 'x' } }],
  ['target.identifier', { target: { type: 'device' } }],
  ['raw_data', { raw_data: 'text' }],
  ['urgency', { urgency: 'high' }],
])('a generic alert with a wrong %s is a 400 that says so (%#)', async (field, wrong) => {
  const { body } = await send(alert({ dedup_id: 'wrong', ...wrong })).expect(400);
  expect(Object.keys(body.errors)).toEqual([field]);
  expect(await event('wrong')).toBeUndefined();
});

test('a generic alert with an Idempotency-Key is taken once', async () => {
  const once = () => send(alert({ dedup_id: 'keyed' })).set('Idempotency-Key', 'generic-1');
  await once().expect(202);
  expect((await once().expect(202)).body.outcome).toBe('created');
});
