import { findJob } from '../../../store/jobs';
import { confirmSignal } from '../../../workflows/shared/job';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';
import { createTestWorker, SHORT, type TestWorker } from '../../helpers/worker';
import { recordHistory } from '../../helpers/worker-histories';

const createSite = sitesOfEachTest();
let worker: TestWorker;

beforeAll(async () => {
  worker = await createTestWorker();
});
afterEach(() => worker.terminate());
afterAll(() => worker.close());

/** A filled cache of which upstream has lost a tenth of the ports without a trace; the guard is at 5 %. */
async function bereft(): Promise<{ site: Site; before: number; lost: number }> {
  const site = await createSite();
  worker.use(site.activities({ guard: 0.05 }));
  await worker.synchronise('full');
  site.fake.clock.advance(3_600_000);
  const ports = site.fake.state.ids('netixlan');
  const lost = ports.slice(0, Math.ceil(ports.length / 10));
  for (const id of lost) site.fake.state.hardDelete('netixlan', id);
  site.fake.state.update('org', site.fake.state.ids('org')[0]!, { notes: 'changed' });
  site.fake.state.refreshListFiles();
  return { site, before: ports.length, lost: lost.length };
}

test('a guard that trips waits for a person, says for what, and removes what was confirmed', async () => {
  const { site, before, lost } = await bereft();
  const { handle, job_id } = await worker.start('full');
  const progress = await worker.progress(({ confirmable }) => confirmable === true);
  expect(progress).toMatchObject({
    phase: 'publishing',
    reason: `confirm that ${lost} of ${before} rows of netixlan are gone upstream; otherwise they are kept`,
  });
  const seconds = (Date.parse(progress.waiting_until!) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(SHORT.guard_seconds!);
  expect(await site.knex('peeringdb_netixlan')).toHaveLength(before);
  await handle.signal(confirmSignal);
  expect(await handle.result()).toMatchObject({ deleted: lost, updated: 1 });
  await recordHistory('peeringdb-sync-guarded-confirmed', handle);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'completed' });
  await expectCacheEqualsUpstream(site);
});

test('what nobody confirmed in time is kept, the rest is published, and the summary says so', async () => {
  const { site, before } = await bereft();
  const { handle } = await worker.start('full', { ...SHORT, guard_seconds: 1 });
  const result = await handle.result();
  await recordHistory('peeringdb-sync-guarded-kept', handle);
  expect(result).toMatchObject({ deleted: 0, updated: 1 });
  expect(result.summary).toMatch(
    /; rows missing from the lists of netixlan were kept, since nobody confirmed their removal$/,
  );
  expect(await site.knex('peeringdb_netixlan')).toHaveLength(before);
});

test('a confirmation that comes before anybody asked confirms nothing', async () => {
  const { site, before } = await bereft();
  site.fake.faults.add({ tag: 'org' }, { kind: 'delay', milliseconds: 700 });
  const { handle } = await worker.start('full', { ...SHORT, guard_seconds: 1 });
  await handle.signal(confirmSignal);
  expect(await handle.result()).toMatchObject({ deleted: 0 });
  expect(await site.knex('peeringdb_netixlan')).toHaveLength(before);
});

test('a synchronisation that waits for a person can be cancelled, and has changed nothing', async () => {
  const { site, before } = await bereft();
  const { handle, job_id } = await worker.start('full');
  await worker.progress(({ confirmable }) => confirmable === true);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(/cancelled/i);
  await recordHistory('peeringdb-sync-guarded-cancelled', handle);
  expect(await findJob(site.knex, job_id)).toMatchObject({ status: 'canceled' });
  expect(await site.knex('peeringdb_netixlan')).toHaveLength(before);
  expect(await site.knex('peeringdb_state').first('snapshot')).toEqual({ snapshot: 1 });
});

test('flush is exempt from the guard', async () => {
  const { site } = await bereft();
  expect(await worker.synchronise('flush')).toMatchObject({ mode: 'flush' });
  await expectCacheEqualsUpstream(site);
});

test('deletions that upstream tells of are no matter for the guard', async () => {
  const { site } = await bereft();
  for (const id of site.fake.state.ids('netfac').slice(0, 20)) site.fake.state.delete('netfac', id);
  expect(await worker.synchronise('incremental')).toMatchObject({ deleted: 20 });
});
