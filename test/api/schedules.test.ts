import { setTimeout as sleep } from 'node:timers/promises';
import type { Temporal } from '../../api/temporal/client';
import { ensureSchedule, type ScheduleSpec } from '../../api/temporal/schedules';
import { createTestApi, testTemporal, type TestApi } from '../helpers/api';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

const PATH = '/api/core/schedules/';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

const spec: ScheduleSpec = {
  id: 'peeringdb',
  cron: '17 * * * *',
  workflowType: 'scheduled',
  args: [{}],
  workflowId: 'test-schedule',
  catchupWindow: 60_000,
};

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = testTemporal();
  api = createTestApi(database.knex, temporal);
  while ((await api.get(PATH)).status !== 200) await sleep(50);
});

afterEach(() => ensureSchedule(temporal, { ...spec, cron: undefined }));

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

test('a schedule is made, shown as it was written, and deleted when its setting is empty', async () => {
  await ensureSchedule(temporal, spec);
  const { body } = await api.get(`${PATH}peeringdb/`).expect(200);
  expect(body).toMatchObject({
    id: 'peeringdb',
    cron: '17 * * * *',
    paused: false,
    note: null,
    last_run: null,
    skipped: 0,
  });
  expect(new Date(body.next_run).getUTCMinutes()).toBe(17);
  const list = await api.get(PATH).expect(200);
  expect(list.body).toEqual({ count: 1, next: null, previous: null, results: [body] });
  await ensureSchedule(temporal, { ...spec, cron: undefined });
  await ensureSchedule(temporal, { ...spec, cron: undefined });
  await api.get(`${PATH}peeringdb/`).expect(404);
  expect((await api.get(PATH)).body.count).toBe(0);
});

test('a start updates the times of a schedule and never its pause', async () => {
  await ensureSchedule(temporal, spec);
  const paused = await api.post(`${PATH}peeringdb/pause/`, { note: 'maintenance' }).expect(200);
  expect(paused.body).toMatchObject({ paused: true, note: 'maintenance', next_run: null });
  await ensureSchedule(temporal, { ...spec, cron: '30 4 * * *' });
  const { body } = await api.get(`${PATH}peeringdb/`).expect(200);
  expect(body).toMatchObject({ paused: true, note: 'maintenance', cron: '30 4 * * *' });
  const going = await api.post(`${PATH}peeringdb/unpause/`).expect(200);
  expect(going.body.paused).toBe(false);
  expect(going.body.next_run).toMatch(/T04:30:00/);
});

test('a schedule that is triggered starts its workflow at once', async () => {
  await ensureSchedule(temporal, spec);
  await api.post(`${PATH}peeringdb/trigger/`).expect(200);
  let last: string | null = null;
  for (let i = 0; i < 100 && last === null; i += 1) {
    await sleep(50);
    last = (await api.get(`${PATH}peeringdb/`)).body.last_run;
  }
  expect(Date.parse(last ?? '')).toBeGreaterThan(Date.now() - 60_000);
  const [started] = await temporal.call(async ({ workflow }) => {
    const found = [];
    for await (const one of workflow.list({ query: "WorkflowType = 'scheduled'" })) found.push(one);
    return found;
  });
  if (started) await temporal.call(({ workflow }) => workflow.getHandle(started.workflowId, started.runId).terminate());
});

test.each(['pause', 'unpause', 'trigger'])('%s of an unknown schedule is a 404', async (action) => {
  await api.post(`${PATH}nothing/${action}/`).expect(404);
  await api.post(`${PATH}peeringdb/${action}/`).expect(404);
});

test('what can be done to schedules needs an admin', async () => {
  const made = await api.post('/api/users/tokens/', { name: 'w', scope: 'write' });
  await api.post(`${PATH}peeringdb/pause/`, {}, made.body.key).expect(403);
});
