import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRow } from '../../../store/jobs';
import {
  followSignal,
  IXAPI_REFRESH_JOB,
  ixapiFollowWorkflowId,
  ixapiRefreshWorkflowId,
} from '../../../workflows/ixapi/messages';
import { TASK_QUEUE } from '../../../workflows/shared/job';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';
import { until } from '../../helpers/processes';
import { recordHistory } from '../../helpers/worker-histories';

let site: IxapiSite;

beforeAll(async () => {
  site = await createIxapiSite({ paging: { size: 10 } });
});
afterEach(() => {
  site.fake.faults.clear();
  site.fake.limits.set('off');
});
afterAll(() => site.close());

const workflow = () => site.temporal.client.workflow.getHandle(ixapiRefreshWorkflowId(site.exchange));
const rows = async (table: string): Promise<number> => (await site.knex(table)).length;

/** What a job showed of its waits until it was over, each once. */
async function watched(id: string): Promise<{ job: Record<string, unknown>; waits: string[] }> {
  const waits = new Set<string>();
  for (;;) {
    const job = await site.job(id);
    if (['completed', 'failed', 'canceled'].includes(String(job['status']))) return { job, waits: [...waits] };
    const { reason, waiting_until } = (job['progress'] ?? {}) as { reason?: string; waiting_until?: string };
    if (reason !== undefined && waiting_until !== undefined) waits.add(reason);
    await sleep(20);
  }
}

test('a refresh that finds the exchange out of order waits where it can be seen, and goes on', async () => {
  site.fake.faults.add({ path: '/ips', count: 3 }, { kind: 'status', status: 503 });
  const id = await site.begin('refresh');
  const { job, waits } = await watched(id);
  expect(job).toMatchObject({ status: 'completed', result: { superseded: false } });
  expect(waits).toEqual([`${site.fake.url}/ips answers 503: Error 503`]);
  await recordHistory('ixapi-refresh-waiting', workflow());
});

test('a refresh waits as long as the exchange wants, and asks for no page twice', async () => {
  site.fake.log.clear();
  site.fake.limits.set({ requests: 14, windowMs: 1_000, retryAfter: 'seconds' });
  const { job, waits } = await watched(await site.begin('refresh'));
  expect(job['status']).toBe('completed');
  expect(waits.length).toBeGreaterThan(0);
  expect(waits.every((reason) => reason.includes('answers 429'))).toBe(true);
  const pages = site.fake.log.requests().filter(({ rows: shown }) => shown !== null);
  expect(new Set(pages.map(({ path, query }) => `${path}${query}`)).size).toBe(pages.length);
});

test('a refresh that is refused ends at once, and says that it was the exchange', async () => {
  const path = `/api/peering/internet-exchanges/${site.exchange}/ix-api/refresh/?wait=30`;
  site.fake.faults.add({ path: '/connections', count: null }, { kind: 'status', status: 403 });
  const began = Date.now();
  const { status, body } = await site.api.post(path, {});
  expect([status, (body as { detail: string }).detail]).toEqual([502, expect.stringContaining('answers 403')]);
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(await rows('ixapi_reading')).toBe(0);
  await until(async () => (await workflow().describe()).status.name === 'FAILED');
});

test('a refresh that is cancelled in the middle of a list leaves no reading and no pages', async () => {
  // What was asked the last time is asked at one go; this is read page by page.
  await site.knex('ixapi_state').update({ asked: null, digest: null });
  const before = await site.knex('ixapi_state');
  site.fake.faults.add({ path: '/ips' }, { kind: 'hang' });
  site.fake.log.clear();
  const id = await site.begin('refresh');
  await until(() => site.fake.log.counts()['GET /ips'] === 1);
  await until(async () => (await rows('ixapi_page')) > 0);
  await site.api.post(`/api/core/jobs/${id}/cancel/`, {});
  const { job } = await watched(id);
  expect(job).toMatchObject({ status: 'canceled', error: { type: 'CANCELED' } });
  expect([await rows('ixapi_reading'), await rows('ixapi_page')]).toEqual([0, 0]);
  expect(await site.knex('ixapi_state')).toEqual(before);
});

test('the Schedule refreshes each object once, and follows what nobody follows any more', async () => {
  const { requested } = site.fake.state.cases();
  const own = site.exchange;
  const { body } = await site.api.get(`/api/peering/internet-exchanges/${own}/`);
  const { local_autonomous_system } = body as { local_autonomous_system: number };
  const another = { name: 'Another', slug: 'another', local_autonomous_system };
  const linked = { ...another, ixapi_endpoint: site.ixApi };
  expect(await site.api.post('/api/peering/internet-exchanges/', linked)).toMatchObject({ status: 201 });
  const row = { internet_exchange: own, network_service_config: requested, reason: 'it waits', since: new Date() };
  await site.knex('ixapi_follow').insert(row);
  const { client } = site.temporal;
  const workflowId = 'ixapi-scheduled-by-a-test';
  const scheduled = await client.workflow.start('ixapiScheduled', { workflowId, taskQueue: TASK_QUEUE });
  expect(await scheduled.result()).toEqual({ started: 1 });
  await recordHistory('ixapi-scheduled', scheduled);
  await workflow().result();
  await recordHistory('ixapi-refresh', workflow());
  const jobs = (type: string): Promise<JobRow[]> => site.knex<JobRow>('core_job').where({ type });
  expect((await jobs(IXAPI_REFRESH_JOB)).filter(({ status }) => status === 'completed').length).toBe(3);
  await until(async () => (await jobs('ixapi-follow')).some(({ status }) => status !== 'pending'));
  site.fake.state.allocate(requested!);
  await client.workflow.getHandle(ixapiFollowWorkflowId(own)).signal(followSignal);
  await until(async () => (await jobs('ixapi-follow')).some(({ status }) => status === 'completed'));
  expect(await site.connections()).toMatchObject([{ ixapi_network_service_config: requested }]);
});

test('the workflow that tries an exchange is kept as it ran', async () => {
  const probes = site.temporal.client.workflow.list({ query: `WorkflowType = 'ixapiProbe'` });
  for await (const { workflowId, status } of probes) {
    expect(status.name).toBe('COMPLETED');
    await recordHistory('ixapi-probe', site.temporal.client.workflow.getHandle(workflowId));
    return;
  }
  throw new Error('the object was made without being tried');
});
