import { findJob } from '../../../store/jobs';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest } from '../../helpers/synchronise-site';
import { createTestWorker, type TestWorker } from '../../helpers/worker';

// A task that was handed to a worker as it stopped is given to the next one when its time is over: 30 s for a short activity.
jest.setTimeout(150_000);

const createSite = sitesOfEachTest();
let worker: TestWorker;

beforeAll(async () => {
  worker = await createTestWorker();
});
afterEach(() => worker.terminate());
afterAll(() => worker.close());

test('a worker that takes over after fetching fetches nothing again', async () => {
  const site = await createSite();
  const activities = site.activities();
  let attempts = 0;
  worker.use({
    ...activities,
    publishSynchronisation: () => {
      attempts++;
      return Promise.reject(new Error('the database is restarting'));
    },
  });
  const { handle } = await worker.start('full');
  await worker.progress(({ phase }) => phase === 'publishing');
  while (attempts === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await worker.stopWorker();
  const requests = site.fake.requests.length;
  expect(requests).toBe(26);
  worker.use(activities);
  await worker.startWorker();
  await handle.result();
  expect(site.fake.requests).toHaveLength(requests);
  await expectCacheEqualsUpstream(site);
});

test('a worker that is stopped while it fetches leaves what is whole to the next one', async () => {
  const site = await createSite();
  worker.use(site.activities());
  site.fake.faults.add({ tag: 'poc', kind: 'list' }, { kind: 'hang', after: 'half' });
  const { handle } = await worker.start('full');
  // All types but the one that hangs, and the opening.
  await worker.progress(({ done }) => done === 13);
  await worker.stopWorker();
  const before = site.fake.requests.map(({ path }) => path.replace(/since=\d+/, 'since'));
  await worker.startWorker();
  await handle.result();
  const again = site.fake.requests.slice(before.length).map(({ path }) => path.replace(/since=\d+/, 'since'));
  expect(again).toEqual(['/api/poc', '/api/poc?since']);
  await expectCacheEqualsUpstream(site);
});

test('activities that fail for reasons of our own are repeated until they succeed', async () => {
  const site = await createSite();
  const activities = site.activities();
  const failed = new Set<string>();
  const once =
    <I, O>(name: string, activity: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      if (!failed.has(name)) {
        failed.add(name);
        throw new Error('terminating connection due to administrator command');
      }
      return activity(input);
    };
  worker.use({
    ...activities,
    openSynchronisation: once('open', (input) => activities.openSynchronisation(input)),
    fetchMissingParents: once('parents', (input) => activities.fetchMissingParents(input)),
    publishSynchronisation: once('publish', (input) => activities.publishSynchronisation(input)),
    closeSynchronisation: once('close', (input) => activities.closeSynchronisation(input)),
  });
  const { handle, job_id } = await worker.start('full');
  await handle.result();
  expect(failed.size).toBe(4);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'completed' });
  await expectCacheEqualsUpstream(site);
});

test('a synchronisation cancelled before it began leaves a canceled job and nothing running', async () => {
  const site = await createSite();
  worker.use(site.activities());
  await worker.stopWorker();
  const { handle, job_id } = await worker.start('full');
  await handle.cancel();
  await worker.startWorker();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  expect(await site.knex('peeringdb_synchronisation').where({ status: 'running' })).toEqual([]);
  const job = await findJob(site.knex, job_id);
  expect(job === undefined || job.status === 'canceled').toBe(true);
});
