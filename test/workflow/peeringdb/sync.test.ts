import { findJob } from '../../../store/jobs';
import { cacheStatistics } from '../../../store/peeringdb/snapshot';
import { findSynchronisation, type Synchronisation } from '../../../store/peeringdb/synchronisations';
import { PEERINGDB_SYNC_WORKFLOW_ID } from '../../../workflows/peeringdb/messages';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';
import { createTestWorker, type TestWorker } from '../../helpers/worker';
import { recordHistory } from '../../helpers/worker-histories';

const createSite = sitesOfEachTest();
const HOUR = 3_600_000;
let worker: TestWorker;

beforeAll(async () => {
  worker = await createTestWorker();
});
afterEach(() => worker.terminate());
afterAll(() => worker.close());

async function filled(): Promise<Site> {
  const site = await createSite();
  worker.use(site.activities());
  await worker.synchronise('full');
  site.fake.clock.advance(HOUR);
  return site;
}

const recordOf = async (site: Site, id: number): Promise<Synchronisation> =>
  (await findSynchronisation(site.knex, id))!;

test('a synchronisation ends with its result, its job and its record telling the same', async () => {
  const site = await createSite();
  worker.use(site.activities());
  const { handle, job_id } = await worker.start('incremental');
  const result = await handle.result();
  expect(result).toMatchObject({ mode: 'full', deleted: 0, quarantined: 0 });
  const job = await findJob(site.knex, job_id);
  expect(job).toMatchObject({
    type: 'peeringdb-sync',
    status: 'completed',
    workflow_id: PEERINGDB_SYNC_WORKFLOW_ID,
    run_id: handle.firstExecutionRunId,
    result,
    error: null,
  });
  const { synchronisation, mode, summary, ...counts } = result;
  expect(await recordOf(site, synchronisation)).toMatchObject({
    job_id,
    status: 'completed',
    mode,
    summary,
    ...counts,
  });
  await expectCacheEqualsUpstream(site);
  expect((await cacheStatistics(site.knex, false)).statistics).toMatchObject({
    'net-count': site.fake.state.ids('net').length,
    'sync-count': 1,
    authenticated: false,
    flush_advised: false,
    running: null,
  });
});

test('incremental, full and flush end equal to upstream', async () => {
  const site = await filled();
  for (const mode of ['incremental', 'full', 'flush'] as const) {
    site.fake.state.mutateShare(3, 0.05);
    if (mode !== 'incremental') site.fake.state.refreshListFiles();
    expect(await worker.synchronise(mode)).toMatchObject({ mode });
    await expectCacheEqualsUpstream(site);
    site.fake.clock.advance(HOUR);
  }
});

test('clearing empties the cache, and the next synchronisation fills it whole', async () => {
  const site = await filled();
  const { handle, job_id } = await worker.clear();
  const { deleted } = await handle.result();
  await recordHistory('peeringdb-clear', handle);
  expect(deleted).toBeGreaterThan(400);
  expect(await findJob(site.knex, job_id)).toMatchObject({
    type: 'peeringdb-clear',
    status: 'completed',
    result: { deleted },
  });
  expect((await cacheStatistics(site.knex, false)).statistics).toMatchObject({ 'org-count': 0, last_sync: null });
  expect(await worker.synchronise('incremental')).toMatchObject({ mode: 'full', created: deleted });
  await expectCacheEqualsUpstream(site);
});

test('clearing is not kept by a synchronisation whose workflow was terminated', async () => {
  const site = await filled();
  site.fake.faults.add({ kind: 'since' }, { kind: 'hang', after: 'request' });
  await worker.start('incremental');
  await worker.progress(({ phase }) => phase === 'fetching');
  await worker.terminate();
  expect((await cacheStatistics(site.knex, false)).statistics.running).not.toBeNull();
  const { handle } = await worker.clear();
  expect((await handle.result()).deleted).toBeGreaterThan(400);
  expect((await cacheStatistics(site.knex, false)).statistics.running).toBeNull();
});

test('what the schedule starts begins a synchronisation, and skips while one runs', async () => {
  const site = await filled();
  site.fake.faults.add({ kind: 'since', tag: 'org' }, { kind: 'delay', milliseconds: 1500 });
  const starting = await worker.scheduled();
  expect(await starting.result()).toEqual({ started: true });
  const skipping = await worker.scheduled();
  expect(await skipping.result()).toEqual({ started: false });
  const result = await worker.current().result();
  expect(result.mode).toBe('incremental');
  await recordHistory('peeringdb-scheduled-started', starting);
  await recordHistory('peeringdb-scheduled-skipped', skipping);
  const { job_id } = await recordOf(site, result.synchronisation);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'completed', input: { mode: 'scheduled' } });
});

test('a scheduled synchronisation is a full one once a day', async () => {
  const site = await filled();
  site.fake.clock.advance(23 * HOUR);
  site.fake.state.refreshListFiles();
  await (await worker.scheduled()).result();
  expect(await worker.current().result()).toMatchObject({ mode: 'full' });
  site.fake.clock.advance(HOUR);
  await (await worker.scheduled()).result();
  expect(await worker.current().result()).toMatchObject({ mode: 'incremental' });
});

test('whoever looks at a synchronisation in Temporal finds its job, its mode and how far it is', async () => {
  const site = await filled();
  site.fake.faults.add({ kind: 'since', tag: 'org' }, { kind: 'delay', milliseconds: 1000 });
  const { handle, job_id } = await worker.start('incremental');
  const progress = await worker.progress(({ done }) => done > 0);
  expect(progress).toMatchObject({ phase: 'fetching', total: 16 });
  const described = await handle.describe();
  expect(described).toMatchObject({
    workflowId: 'peeringdb-sync',
    type: 'peeringdbSync',
    memo: { job_id, mode: 'incremental' },
  });
  expect(described.typedSearchAttributes.getAll()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ value: 'peeringdb' }),
      expect.objectContaining({ value: 'fetching' }),
    ]),
  );
  await handle.result();
  await recordHistory('peeringdb-sync-incremental', handle);
  expect(await handle.query('progress')).toMatchObject({ phase: 'publishing', done: 16, total: 16 });
});

test('no rows pass through the history of a synchronisation: nothing in it is larger than two kilobytes', async () => {
  const site = await createSite();
  worker.use(site.activities());
  const { handle } = await worker.start('full');
  await handle.result();
  await recordHistory('peeringdb-sync-full', handle);
  const { events } = await handle.fetchHistory();
  const sizes = (events ?? []).map((event) => JSON.stringify(event).length);
  expect(sizes.length).toBeGreaterThan(40);
  // As JSON, which is larger than the payloads in it.
  expect(Math.max(...sizes)).toBeLessThan(2048);
});
