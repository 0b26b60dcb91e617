import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBulkActivities } from '../../../activities/pagerduty/bulk';
import { askForOne } from '../../../store/pagerduty/bulk';
import { ensureJob, findJob } from '../../../store/jobs';
import { createVault } from '../../../store/secrets';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  site = await createIncidentSite({
    pagerduty: { sendOn: { event: false, 'incident-created': true, 'incident-changed': true } },
  });
  calls = pagerdutyCalls(site);
});
afterEach(() => site.fake.faults.clear());
afterAll(() => site.close());

async function eventsOf(name: string, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await calls.event({ dedup_id: `${name}-${n}` }));
  return ids;
}

const job = async (url: string) => (await site.api.get(new URL(url).pathname).expect(200)).body;

async function ended(
  url: string,
  seconds = 40,
): Promise<Record<string, unknown> & { result: Record<string, unknown> }> {
  for (let tries = 0; tries < seconds * 10; tries += 1) {
    const found = await job(url);
    if (['completed', 'failed', 'canceled'].includes(found.status)) return found;
    await sleep(100);
  }
  throw new Error('the bulk does not come to an end');
}

test('many events are sent by one workflow that knows nothing but its job', async () => {
  const ids = await eventsOf('all', 5);
  const { status, body } = await calls.post('bulk-send-events/', { event_ids: [...ids, ids[0]] });
  expect([status, body.type, body.workflow_id]).toEqual([202, 'pagerduty-bulk', `pagerduty-bulk-${body.id}`]);
  expect((await ended(body.url)).result).toEqual({
    ...{ total_requested: 5, success_count: 5, failed_count: 0, not_found_count: 0 },
    results: { success: ids.map((event_id) => ({ event_id, status: 'success' })), failed: [], not_found: [] },
  });
  for (let n = 0; n < 5; n += 1) expect(site.told(`netbox-event-all-${n}`)).toEqual(['trigger']);
  const handle = site.temporal.client.workflow.getHandle(body.workflow_id);
  await handle.result();
  const history = JSON.stringify(await handle.fetchHistory());
  for (const id of ids) expect(history).not.toContain(Buffer.from(String(id)).toString('base64').slice(0, 12));
});

test('a bulk says what PagerDuty refused, and what is not there', async () => {
  const [good = 0, bad = 0] = await eventsOf('mixed', 2);
  const errors = ["'payload.source' is missing or blank"];
  site.fake.faults.add({ dedup_key: 'netbox-event-mixed-1' }, { kind: 'status', status: 400, errors });
  const { status, body } = await calls.post('bulk-send-events/', { event_ids: [17, good, String(bad)] }, 25);
  expect(status).toBe(200);
  expect(body.result).toMatchObject({ total_requested: 3, success_count: 1, failed_count: 1, not_found_count: 1 });
  expect(body.result.results).toEqual({
    success: [{ event_id: good, status: 'success' }],
    failed: [{ event_id: bad, reason: expect.stringContaining(errors[0] ?? '') }],
    not_found: [17],
  });
});

test('a bulk outlives its worker, and asks for nothing twice', async () => {
  site.fake.faults.outage('refuse');
  const ids = await eventsOf('restart', 20);
  const { body } = await calls.post('bulk-send-events/', { event_ids: ids });
  const asked = async () =>
    (await site.knex('core_job').where('type', 'pagerduty-send').where('status', 'waiting')).length;
  while ((await asked()) === 0) await sleep(10);
  await site.stopWorker();
  const { status, progress } = await job(body.url);
  expect(['running', 'waiting', 'pending']).toContain(status);
  expect(progress === null || progress.total <= 20).toBe(true);
  site.fake.faults.outage('off');
  await site.startWorker();
  expect((await ended(body.url)).result).toMatchObject({ total_requested: 20, success_count: 20 });
  for (let n = 0; n < 20; n += 1) expect(site.told(`netbox-event-restart-${n}`)).toEqual(['trigger']);
});

test('asking again after a crash asks only for what was not asked for yet', async () => {
  const ids = await eventsOf('crash', 4);
  const input = { event_ids: ids, actor: 'tests' };
  const job_id = randomUUID();
  await ensureJob(site.knex, { id: job_id, type: 'pagerduty-bulk', workflow_id: 'none', input });
  const key = await createVault(TEST_SECRET_KEY).find(site.knex, 'routing_key', FAKE_ROUTING_KEY);
  for (const id of ids.slice(0, 2)) await askForOne(site.knex, { id: job_id, input }, id, key, new Date());
  const { knex } = site;
  const activities = createBulkActivities({ knex, clock: () => new Date() }, async () => key);
  for (let run = 0; run < 2; run += 1) await new MockActivityEnvironment().run(() => activities.askForBulk({ job_id }));
  await site.settled();
  for (let n = 0; n < 4; n += 1) expect(site.told(`netbox-event-crash-${n}`)).toEqual(['trigger']);
  await activities.closeBulk({ job_id, ending: { status: 'completed', result: {} } });
  expect((await findJob(knex, job_id))?.result).toMatchObject({ success_count: 4 });
  expect(await new MockActivityEnvironment().run(() => activities.askForBulk({ job_id }))).toEqual({ over: true });
});

test('a bulk shows how far it is while it waits, and canceling it ends the waiting only', async () => {
  site.fake.faults.outage('refuse');
  const [one = 0] = await eventsOf('canceled', 1);
  const { body } = await calls.post('bulk-send-events/', { event_ids: [one] }, 3);
  expect(body.status).toBe('waiting');
  expect(body.progress).toMatchObject({ done: 0, total: 1, reason: '1 of 1 events wait to be taken by PagerDuty' });
  await site.api.post(`${new URL(body.url).pathname}cancel/`, {}).expect(202);
  const end = await ended(body.url);
  expect(end).toMatchObject({ status: 'canceled', error: { type: 'CANCELED' } });
  expect(end.result).toMatchObject({ failed_count: 1, results: { failed: [{ event_id: one }] } });
  site.fake.faults.outage('off');
  await site.settled();
  expect(site.told('netbox-event-canceled-0')).toEqual(['trigger']);
});

test('more than 1000 events are too many, and what is no list of ids is refused', async () => {
  const many = await calls.post('bulk-send-events/', { event_ids: Array.from({ length: 1001 }, (_, n) => n + 1) });
  expect(many.status).toBe(413);
  expect(many.body.detail).toContain('1001 events: expected at most 1000');
  for (const event_ids of [[], '1,2', [1.5], [0], [-1], ['x'], [null], [[1]], [1e300], undefined])
    expect([event_ids, (await calls.post('bulk-send-events/', { event_ids })).status]).toEqual([event_ids, 400]);
});

test('a bulk of a thousand unknown events ends with them named', async () => {
  const event_ids = Array.from({ length: 1000 }, (_, n) => n + 1);
  const { body } = await calls.post('bulk-send-events/', { event_ids });
  const { result } = await ended(body.url);
  expect(result).toMatchObject({ total_requested: 1000, not_found_count: 1000, results: { not_found: event_ids } });
});
