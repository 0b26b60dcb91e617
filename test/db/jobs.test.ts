import { randomUUID } from 'node:crypto';
import { ensureJob, findJob, finishJob, openJobs, recordProgress, startJob } from '../../store/jobs';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const NOW = new Date('2026-05-05T05:05:05Z');
const LATER = new Date('2026-05-05T06:00:00Z');

async function newJob(): Promise<string> {
  const id = randomUUID();
  await ensureJob(database.knex, { id, type: 'test', workflow_id: 'w', input: { mode: 'full' } });
  return id;
}

test('a job is made once, and learns the id of its run when that is known', async () => {
  const id = await newJob();
  const job = { id, type: 'other', workflow_id: 'other', input: {} };
  await ensureJob(database.knex, { ...job, run_id: 'run-1' });
  await ensureJob(database.knex, { ...job, run_id: 'run-2' });
  expect(await findJob(database.knex, id)).toMatchObject({
    ...{ type: 'test', status: 'pending', workflow_id: 'w', run_id: 'run-1', input: { mode: 'full' } },
    ...{ started: null, finished: null, result: null, error: null },
  });
});

test('a job starts once', async () => {
  const id = await newJob();
  await startJob(database.knex, id, NOW);
  await recordProgress(database.knex, id, { phase: 'waits' }, true);
  await startJob(database.knex, id, LATER);
  expect(await findJob(database.knex, id)).toMatchObject({ status: 'waiting', started: '2026-05-05T05:05:05Z' });
});

test('a job ends once: what comes later changes nothing', async () => {
  const id = await newJob();
  await finishJob(database.knex, id, { status: 'completed', result: { created: 3 } }, NOW);
  await finishJob(database.knex, id, { status: 'failed', error: { type: 'X', message: 'x' } }, LATER);
  await startJob(database.knex, id, LATER);
  await recordProgress(database.knex, id, { phase: 'late' }, false);
  expect(await findJob(database.knex, id)).toMatchObject({
    ...{ status: 'completed', result: { created: 3 }, error: null, progress: null },
    ...{ started: '2026-05-05T05:05:05Z', finished: '2026-05-05T05:05:05Z' },
  });
});

test('an error with a NUL in its message is kept all the same', async () => {
  const id = await newJob();
  await finishJob(
    database.knex,
    id,
    { status: 'failed', error: { type: 'X', message: 'a\0b\ud800', upstream: true } },
    NOW,
  );
  expect((await findJob(database.knex, id))?.error).toEqual({ type: 'X', message: 'a\ufffdb\ufffd', upstream: true });
});

test('open jobs are the newest ones that are not over', async () => {
  await database.knex('core_job').delete();
  const [one, two, three] = [await newJob(), await newJob(), await newJob()];
  await finishJob(database.knex, two, { status: 'canceled', error: { type: 'CANCELED', message: 'canceled' } }, NOW);
  expect((await openJobs(database.knex, 10)).map(({ id }) => id)).toEqual([three, one]);
  expect(await openJobs(database.knex, 1)).toHaveLength(1);
});
