import { createHash } from 'node:crypto';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  site = await createIncidentSite({ pagerduty: { publicUrl: 'https://crossconnect.example.net' } });
  calls = pagerdutyCalls(site);
});
afterAll(() => site.close());

const TABLES = ['core_job', 'core_secret', 'incident_timeline', 'pagerduty_alert', 'pagerduty_send', 'incident_event'];

/** Everything that sending writes. */
const written = () => Promise.all(TABLES.map((table) => site.knex(table).orderBy('id')));

/** A dry run, which must leave no trace. */
async function dry(path: string, body: object) {
  const [before, sent] = [await written(), site.fake.log.events().length];
  const answer = await calls.post(path, { ...body, dry_run: true });
  expect([answer.status, answer.body.dry_run]).toEqual([200, true]);
  expect(await written()).toEqual(before);
  expect(site.fake.log.events()).toHaveLength(sent);
  expect(JSON.stringify(answer.body)).not.toContain(FAKE_ROUTING_KEY);
  return answer.body;
}

const redacted = (body: unknown) => ({ ...(body as object), routing_key: '[redacted]' });
const untimed = ({ payload: { timestamp: _, ...payload }, ...rest }: { payload: { timestamp: string } }) => ({
  ...rest,
  payload,
});

test('a dry run before the first send names the key by where it comes from', async () => {
  const { routing_key, payload, then } = await dry('test/', {});
  expect(routing_key).toEqual({ version: null, origin: 'PAGERDUTY_ROUTING_KEY' });
  expect(payload).toMatchObject({
    event_action: 'trigger',
    dedup_key: 'netbox-test-event',
    payload: { severity: 'info' },
  });
  expect(then).toEqual([{ routing_key: '[redacted]', event_action: 'resolve', dedup_key: 'netbox-test-event' }]);
});

test('a dry run shows what is sent afterwards, to the letter', async () => {
  const event_id = await calls.event({ dedup_id: 'shown', source: 'tests' });
  await site.settled();
  const preview = await dry('send-event/', { event_id });
  await calls.post('send-event/', { event_id }, 20);
  const sent = site.fake.log.events({ dedup_key: 'netbox-event-shown' }).at(-1)?.body;
  expect(untimed(preview.payload)).toEqual(untimed(redacted(sent) as never));
  expect(preview).toMatchObject({ dedup_key: 'netbox-event-shown', would_wait: [] });
  expect(preview.routing_key).toMatchObject({ version: expect.any(Number), origin: 'PAGERDUTY_ROUTING_KEY' });
  expect(preview.limits).toEqual({
    summary: { length: 'shown is down'.length, longest: 1024 },
    dedup_key: { length: 'netbox-event-shown'.length, longest: 255 },
    bytes: { size: Buffer.byteLength(JSON.stringify(sent)), largest: 512_000 },
    cuts: [],
  });
});

test('a dry run of an incident, of a resolve and of a custom event sends nothing', async () => {
  const incident_id = await calls.incident();
  await site.settled();
  const incident = await dry('send-incident/', { incident_id, action: 'acknowledge' });
  expect(incident.payload).toEqual({
    ...{ routing_key: '[redacted]', event_action: 'acknowledge' },
    dedup_key: `netbox-incident-${incident_id}`,
  });
  const resolve = await dry('resolve-event/', { dedup_key: 'somebody-elses' });
  expect(resolve.payload).toMatchObject({ event_action: 'resolve', dedup_key: 'somebody-elses' });
  const custom = await dry('trigger-custom/', { summary: 'By hand', severity: 'CRITICAL' });
  expect(custom.payload.payload).toMatchObject({ summary: 'By hand', severity: 'critical', source: 'netbox' });
  expect(custom.dedup_key).toMatch(/^netbox-custom-/);
});

test('a dry run of many events shows each, and names those that are not there', async () => {
  const ids = [await calls.event({ dedup_id: 'bulk-1' }), await calls.event({ dedup_id: 'bulk-2' })];
  await site.settled();
  const body = await dry('bulk-send-events/', { event_ids: [...ids, 4, ids[0]] });
  expect(body).toMatchObject({ total_requested: 3, not_found_count: 1, results: { not_found: [4] } });
  expect(body.results.previews).toMatchObject([
    { event_id: ids[0], dedup_key: 'netbox-event-bulk-1' },
    { event_id: ids[1], dedup_key: 'netbox-event-bulk-2' },
  ]);
});

test('a dry run counts characters as PagerDuty does, and says what would be cut', async () => {
  const { payload, limits } = await dry('trigger-custom/', { summary: '🔥'.repeat(1025), dedup_key: 'x'.repeat(300) });
  expect(payload.payload.summary).toBe('🔥'.repeat(1024));
  const hash = createHash('sha256').update('x'.repeat(300)).digest('hex');
  expect(payload.dedup_key).toBe(`sha256-${hash}`);
  expect(limits).toMatchObject({ summary: { length: 1024 }, dedup_key: { length: 71, longest: 255 } });
  expect(limits.cuts).toEqual([
    expect.stringMatching(/summary was cut to 1024/),
    expect.stringMatching(/dedup key .* hash/),
  ]);
});

test('a dry run says what would have to wait for what goes before it', async () => {
  site.fake.faults.outage('refuse');
  const event_id = await calls.event({ dedup_id: 'behind' });
  await calls.post('send-event/', { event_id }, 1);
  const { would_wait } = await dry('resolve-event/', { event_id });
  expect(would_wait[0]).toMatch(/^sends of this alert that go before it: \d$/);
  site.fake.faults.outage('off');
  await site.settled();
});

test('a dry run of what is not there is a 404', async () => {
  expect((await calls.post('send-event/', { event_id: 4, dry_run: true })).status).toBe(404);
  expect((await calls.post('send-incident/', { incident_id: 4, dry_run: true })).status).toBe(404);
  expect((await calls.post('resolve-event/', { event_id: 4, dry_run: true })).status).toBe(404);
});
