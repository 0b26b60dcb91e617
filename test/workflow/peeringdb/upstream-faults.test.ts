import { findJob, type JobRow } from '../../../store/jobs';
import type { Synchronisation } from '../../../store/peeringdb/synchronisations';
import { FAKE_API_KEY } from '../../fakes/peeringdb/server';
import { differences, expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';
import { createTestWorker, SHORT, type TestWorker } from '../../helpers/worker';
import { recordHistory } from '../../helpers/worker-histories';

const createSite = sitesOfEachTest();
const HOUR = 3_600_000;
let worker: TestWorker;

beforeAll(async () => {
  worker = await createTestWorker();
});
afterEach(() => worker.terminate());
afterAll(() => worker.close());

/** A cache that was filled an hour ago, with a row changed and one deleted upstream since then. */
async function changed(): Promise<Site> {
  const site = await createSite();
  worker.use(site.activities());
  await worker.synchronise('full');
  site.fake.clock.advance(HOUR);
  site.fake.state.update('net', site.fake.state.ids('net')[0]!, { notes: 'changed' });
  site.fake.state.delete('netfac', site.fake.state.ids('netfac')[0]!);
  site.fake.state.refreshListFiles();
  return site;
}

/** What the cache holds, less what a synchronisation that published nothing may change. */
const contents = async (site: Site): Promise<unknown> => ({
  state: await site.knex('peeringdb_state').first(),
  objects: await site.knex('peeringdb_object').orderBy('tag'),
});

async function failsWith(site: Site, mode: 'incremental' | 'full', type: string): Promise<JobRow> {
  const before = await contents(site);
  const { handle, job_id } = await worker.start(mode);
  await expect(handle.result()).rejects.toThrow();
  expect(await contents(site)).toEqual(before);
  const job = (await findJob(site.knex, job_id))!;
  expect(job).toMatchObject({ status: 'failed', error: { type, upstream: true } });
  const record = await site.knex<Synchronisation>('peeringdb_synchronisation').where({ job_id }).first();
  expect(record).toMatchObject({ status: 'failed', error: { type } });
  return job;
}

test('an outage is asked again after waits that grow, until patience ends', async () => {
  const site = await changed();
  const rule = site.fake.faults.add({ tag: 'org', count: null }, { kind: 'status', status: 502 });
  const { handle } = await worker.start('incremental', { backoff_seconds: 0.2, patience_seconds: 1.5 });
  await expect(handle.result()).rejects.toThrow();
  await recordHistory('peeringdb-sync-failed', handle);
  // Waits of 0.2, 0.4 and 0.8 seconds; the next one would go beyond.
  expect(rule.hits).toBe(4);
});

test('a body that stops coming does not stop a cancellation', async () => {
  const site = await changed();
  const before = await contents(site);
  site.fake.faults.add({ tag: 'net' }, { kind: 'hang', after: 'half' });
  const { handle, job_id } = await worker.start('full');
  await worker.progress(({ done }) => done >= 10);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  await recordHistory('peeringdb-sync-cancelled', handle);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'canceled', error: { type: 'CANCELED' } });
  expect(await site.knex('peeringdb_synchronisation').where({ job_id }).first()).toMatchObject({ status: 'canceled' });
  expect(await contents(site)).toEqual(before);
  await worker.synchronise('incremental');
  await expectCacheEqualsUpstream(site);
});

test('an answer that never begins does not stop a cancellation', async () => {
  const site = await changed();
  site.fake.faults.add({ tag: 'net' }, { kind: 'hang', after: 'request' });
  const { handle, job_id } = await worker.start('full');
  await worker.progress(({ done }) => done >= 10);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'canceled' });
});

test('a key that is not accepted ends the synchronisation at once', async () => {
  const site = await createSite();
  worker.use(site.activities({ key: 'wrong key' }));
  const job = await failsWith(site, 'full', 'PEERINGDB_UNAUTHORIZED');
  expect(job.error?.message).toMatch(/answers 401: PEERINGDB_API_KEY is not accepted: Invalid API key$/);
  expect(job.error?.message).not.toContain('wrong key');
  // Three types were asked for at once; none was asked for twice.
  expect(site.fake.requests.length).toBeLessThanOrEqual(3);
});

test('429 with Retry-After is waited for, and said to be', async () => {
  const site = await changed();
  site.fake.faults.add({ tag: 'org', kind: 'since' }, { kind: 'throttled', retryAfter: 1 });
  const { handle } = await worker.start('incremental');
  const before = Date.now();
  const progress = await worker.progress(({ waiting_until }) => waiting_until !== undefined);
  expect(progress.reason).toMatch(/\/api\/org answers 429: Request was throttled/);
  const until = Date.parse(progress.waiting_until!);
  expect(until).toBeLessThan(before + 5000);
  await handle.result();
  await recordHistory('peeringdb-sync-throttled', handle);
  expect(Date.now()).toBeGreaterThanOrEqual(until);
  await expectCacheEqualsUpstream(site);
});

test('429 without Retry-After is waited for as long as its message says', async () => {
  const site = await changed();
  site.fake.faults.add({ tag: 'org', kind: 'since' }, { kind: 'throttled', retryAfter: null });
  const { handle } = await worker.start('incremental');
  const { waiting_until } = await worker.progress((progress) => progress.waiting_until !== undefined);
  const minutes = (Date.parse(waiting_until!) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(58);
  expect(minutes).toBeLessThan(60);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
});

test('429 that says nothing of how long is waited for a minute', async () => {
  const site = await changed();
  site.fake.faults.add({ tag: 'org', kind: 'since' }, { kind: 'status', status: 429, html: true });
  const { handle } = await worker.start('incremental');
  const { waiting_until } = await worker.progress((progress) => progress.waiting_until !== undefined);
  const seconds = (Date.parse(waiting_until!) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThan(61);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
});

test('the same anonymous list is asked for once an hour: the wait is durable, and shown', async () => {
  const site = await createSite();
  worker.use(site.activities({ repeatIntervalMs: HOUR }));
  await worker.synchronise('full');
  site.fake.requests.length = 0;
  const { handle, job_id } = await worker.start('full');
  const { waiting_until, reason } = await worker.progress((progress) => progress.waiting_until !== undefined);
  expect(reason).toBe('the same anonymous list is given once in 60 minutes');
  expect(Math.abs(Date.parse(waiting_until!) - Date.now() - HOUR)).toBeLessThan(30_000);
  expect(site.fake.requests).toEqual([]);
  await worker.stopWorker();
  await worker.startWorker();
  expect((await worker.progress((progress) => progress.waiting_until !== undefined)).waiting_until).toBe(waiting_until);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'canceled' });
});

test('a client with a key may ask for the same list again and again', async () => {
  const site = await createSite();
  worker.use(site.activities({ key: FAKE_API_KEY, repeatIntervalMs: HOUR }));
  await worker.synchronise('full', SHORT);
  await worker.synchronise('full', SHORT);
  expect(await differences(site, 'key')).toEqual([]);
});
