import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createJobActivities } from '../../activities/jobs';
import type { Temporal } from '../../api/temporal/client';
import { finishJob } from '../../store/jobs';
import { PEERINGDB_SYNC_WORKFLOW_ID } from '../../workflows/peeringdb/messages';
import { TASK_QUEUE } from '../../workflows/shared/job';
import { createTestApi, testTemporal, type TestApi } from '../helpers/api';
import { createTestDatabase, type TestDatabase } from '../helpers/database';
import { connectTestTemporal, testNamespace, type TestTemporal } from '../helpers/temporal';

const UPDATE = '/api/peeringdb/cache/update-local/';
const CLEAR = '/api/peeringdb/cache/clear-local/';

let database: TestDatabase;
let temporal: Temporal;
let engine: TestTemporal;
let worker: Worker;
let working: Promise<void>;
let api: TestApi;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  database = await createTestDatabase();
  engine = await connectTestTemporal();
  worker = await Worker.create({
    connection: engine.connection,
    namespace: testNamespace(),
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('../fixtures/workflows/jobs'),
    activities: createJobActivities({ knex: database.knex, clock: () => new Date() }),
  });
  working = worker.run();
  temporal = testTemporal();
  api = createTestApi(database.knex, temporal);
  await until(async () => (await api.get('/api/status/')).body.temporal !== null);
});

afterEach(async () => {
  await engine.client.workflow
    .getHandle(PEERINGDB_SYNC_WORKFLOW_ID)
    .terminate()
    .catch(() => undefined);
});

afterAll(async () => {
  worker.shutdown();
  await working;
  await temporal.close();
  await engine.close();
  await database.drop();
});

async function until(met: () => Promise<boolean>): Promise<void> {
  const ends = Date.now() + 20_000;
  while (!(await met())) {
    if (Date.now() > ends) throw new Error('this took too long');
    await sleep(50);
  }
}

const job = async (id: string): Promise<Record<string, unknown>> =>
  (await api.get(`/api/core/jobs/${id}/`).expect(200)).body;

async function waitingJob(): Promise<string> {
  const { body } = await api.post(UPDATE, { mode: 'full' }).expect(202);
  await until(async () => (await job(body.id))['status'] === 'waiting');
  return body.id;
}

test('a job is started, can be looked up where it says, and completes', async () => {
  const started = await api.post(UPDATE).expect(202);
  const { id, url } = started.body;
  expect(started.body).toMatchObject({ type: 'peeringdb-sync', workflow_id: 'peeringdb-sync' });
  expect(started.body.run_id).toMatch(/^[0-9a-f-]{36}$/);
  expect([started.headers['location'], new URL(url).pathname]).toEqual([url, `/api/core/jobs/${id}/`]);
  await until(async () => (await job(id))['status'] === 'completed');
  const ended = await job(id);
  expect(ended).toMatchObject({ result: { summary: 'nothing new' } });
  expect(ended).not.toHaveProperty('error');
  expect(Date.parse(String(ended['finished']))).toBeGreaterThanOrEqual(Date.parse(String(ended['started'])));
});

test('with wait, a job that completes is a 200, and one that goes on a 202', async () => {
  const done = await api.post(`${UPDATE}?wait=20`, {}).expect(200);
  expect(done.body).toMatchObject({ status: 'completed', result: { summary: 'nothing new' } });
  const goesOn = await api.post(`${UPDATE}?wait=0.5`, { mode: 'full' }).expect(202);
  expect(['pending', 'running', 'waiting']).toContain(goesOn.body.status);
});

test('with wait, a job that failed upstream is a 502 with the reasons, and one that failed here a 409', async () => {
  const upstream = await api.post(`${UPDATE}?wait=20`, { mode: 'flush' }).expect(502);
  expect(upstream.body).toMatchObject({
    type: 'urn:crossconnect:problem:upstream-failed',
    job: { status: 'failed', error: { type: 'PEERINGDB_UNAVAILABLE', upstream: true } },
  });
  expect(upstream.body.detail).toContain('PeeringDB is down');
  const here = await api.post(`${CLEAR}?wait=20`, {}).expect(409);
  expect(here.body).toMatchObject({
    type: 'urn:crossconnect:problem:job-failed',
    job: { type: 'peeringdb-clear', status: 'failed', error: { type: 'BROKEN', message: 'broken before it began' } },
  });
});

test('a job that is asked for as soon as the one before is over is a new one', async () => {
  const ids = new Set<string>();
  for (let i = 0; i < 5; i += 1) ids.add((await api.post(`${UPDATE}?wait=20`, {}).expect(200)).body.id);
  expect(ids.size).toBe(5);
});

test.each(['31', '-1', 'x', '1e1', ''])('wait=%s is a 400', async (wait) => {
  const answer = await api.post(`${UPDATE}?wait=${wait}`, {}).expect(400);
  expect(Object.keys(answer.body.errors)).toEqual(['wait']);
});

test('an unknown mode is a 400 that names the field', async () => {
  const answer = await api.post(UPDATE, { mode: 'everything' }).expect(400);
  expect(Object.keys(answer.body.errors)).toEqual(['mode']);
});

test('while one runs, the same mode finds it and any other is refused by its name', async () => {
  const id = await waitingJob();
  const same = await api.post(UPDATE, { mode: 'full' }).expect(202);
  expect(same.body.id).toBe(id);
  for (const asked of [api.post(UPDATE, { mode: 'flush' }), api.post(UPDATE), api.post(CLEAR)]) {
    const refused = await asked.expect(409);
    expect(refused.body).toMatchObject({ type: 'urn:crossconnect:problem:already-running', job: { id } });
    expect(refused.body.detail).toContain(id);
  }
});

test('a job that is started twice at once is one job', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => api.post(UPDATE, { mode: 'full' })));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(202);
});

test('a job that waits for a person says so, goes on when confirmed, and cannot be confirmed again', async () => {
  const id = await waitingJob();
  expect(await job(id)).toMatchObject({
    status: 'waiting',
    progress: { reason: 'too many removals', confirmable: true },
  });
  const listed = await api.get('/api/core/jobs/?status=waiting').expect(200);
  expect(listed.body.results).toMatchObject([{ id, url: expect.stringContaining(id) }]);
  await api.post(`/api/core/jobs/${id}/confirm/`).expect(202);
  await until(async () => (await job(id))['status'] === 'completed');
  const again = await api.post(`/api/core/jobs/${id}/confirm/`).expect(409);
  expect(again.body.type).toBe('urn:crossconnect:problem:job-finished');
});

test('a job is canceled, and cannot be canceled again', async () => {
  const id = await waitingJob();
  await api.post(`/api/core/jobs/${id}/cancel/`).expect(202);
  await until(async () => (await job(id))['status'] === 'canceled');
  await api.post(`/api/core/jobs/${id}/cancel/`).expect(409);
});

test('a job whose workflow was terminated is ended by whoever looks at it', async () => {
  const id = await waitingJob();
  await engine.client.workflow.getHandle(PEERINGDB_SYNC_WORKFLOW_ID).terminate('by an operator');
  const listed = await api.get(`/api/core/jobs/?id=${id}`).expect(200);
  expect(listed.body.results).toMatchObject([{ id, status: 'canceled', error: { type: 'TERMINATED' } }]);
});

test('a job whose workflow Temporal has forgotten is lost, once it is not new any more', async () => {
  const id = '00000000-0000-4000-8000-00000000abcd';
  const created = new Date(api.now.getTime() - 59_000).toISOString();
  await database.knex('core_job').insert({ id, type: 'x', status: 'running', workflow_id: 'nobody', created });
  expect(await job(id)).toMatchObject({ status: 'running' });
  api.now = new Date(api.now.getTime() + 5_000);
  expect(await job(id)).toMatchObject({ status: 'failed', error: { type: 'WORKFLOW_LOST' } });
  expect((await api.post(`/api/core/jobs/${id}/confirm/`)).status).toBe(409);
});

test('a workflow of the same id that is not the job is not taken for it', async () => {
  const running = await waitingJob();
  const id = '00000000-0000-4000-8000-00000000beef';
  const row = { id, type: 'x', status: 'running', workflow_id: PEERINGDB_SYNC_WORKFLOW_ID, created: '2026-01-01Z' };
  await database.knex('core_job').insert(row);
  expect(await job(id)).toMatchObject({ status: 'failed', error: { type: 'WORKFLOW_LOST' } });
  expect(await job(running)).toMatchObject({ status: 'waiting' });
});

test('with an Idempotency-Key, a job that is over is answered and not started again', async () => {
  const send = () => api.post(`${UPDATE}?wait=20`, {}).set('Idempotency-Key', 'once');
  const first = await send().expect(200);
  const again = await send().expect(200);
  expect([again.body.id, again.headers['idempotency-replayed']]).toEqual([first.body.id, 'true']);
  const other = await api.post(UPDATE, {}).set('Idempotency-Key', 'another').expect(202);
  expect(other.body.id).not.toBe(first.body.id);
});

test('jobs are listed the newest first, with filters', async () => {
  const { body } = await api.get('/api/core/jobs/?type=peeringdb-sync&limit=1000').expect(200);
  const times = body.results.map(({ created }: { created: string }) => created);
  expect(times).toEqual([...times].sort().reverse());
  const brief = await api.get('/api/core/jobs/?brief=1&limit=1').expect(200);
  expect(Object.keys(brief.body.results[0]).sort()).toEqual(['created', 'id', 'status', 'type', 'url']);
});

test('a job without a row yet is found by whoever asks for the same', async () => {
  const id = await waitingJob();
  await database.knex('core_job').where({ id }).delete();
  const same = await api.post(UPDATE, { mode: 'full' }).expect(202);
  expect(same.body).toMatchObject({ id, type: 'peeringdb-sync' });
  await finishJob(
    database.knex,
    id,
    { status: 'canceled', error: { type: 'CANCELED', message: 'by the test' } },
    new Date(),
  );
});
