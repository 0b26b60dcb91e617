import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createStore } from '../../../store/knex';
import { OBJECT_TAGS, OBJECTS } from '../../../store/peeringdb/objects';
import { clearCache } from '../../../store/peeringdb/empty';
import { CacheEmptyError, readSnapshot } from '../../../store/peeringdb/snapshot';
import { synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const HOUR = 3_600_000;

/** What a reader saw: a snapshot's id (0: an empty cache), and what was in it. */
interface Seen {
  readonly snapshot: number;
  readonly contents: string;
  readonly milliseconds: number;
}

/** A digest of all 13 types, read one after the other as a slow reader would. */
async function readAll(knex: Knex): Promise<Seen> {
  const began = performance.now();
  try {
    return await readSnapshot(knex, async (trx, snapshot) => {
      const digests: string[] = [];
      for (const tag of OBJECT_TAGS) {
        const { rows } = await trx.raw<{ rows: { digest: string }[] }>(
          `SELECT count(*) || ' ' || coalesce(md5(string_agg(id || ' ' || updated, ',' ORDER BY id)), '') AS digest
             FROM ${OBJECTS[tag].table}`,
        );
        digests.push(`${tag} ${rows[0]!.digest}`);
      }
      return { snapshot, contents: digests.join('; '), milliseconds: performance.now() - began };
    });
  } catch (error) {
    if (!(error instanceof CacheEmptyError)) throw error;
    return { snapshot: 0, contents: 'empty', milliseconds: performance.now() - began };
  }
}

/** Reads again and again while `work` runs. */
async function whileReading(site: Site, work: () => Promise<void>): Promise<Seen[]> {
  const knex = createStore(site.databaseUrl, { max: 3 });
  const seen: Seen[] = [];
  let done = false;
  const reader = async (): Promise<void> => {
    while (!done) seen.push(await readAll(knex));
  };
  const readers = [reader(), reader()];
  try {
    await work();
    await sleep(50);
  } finally {
    done = true;
    await Promise.all(readers);
    await knex.destroy();
  }
  return seen;
}

test('readers see one whole snapshot after the other, whatever is published meanwhile', async () => {
  const site = await createSite({ scale: 0.01 });
  const activities = site.activities();
  await synchroniseDirectly(activities, 'full');
  const published = new Map([[1, (await readAll(site.knex)).contents]]);
  const seen = await whileReading(site, async () => {
    for (const mode of ['incremental', 'full', 'flush', 'incremental'] as const) {
      site.fake.clock.advance(HOUR);
      site.fake.state.mutateShare(published.size, 0.1);
      if (mode !== 'incremental') site.fake.state.refreshListFiles();
      const { synchronisation } = await synchroniseDirectly(activities, mode);
      const now = await readAll(site.knex);
      expect(now.snapshot).toBe(synchronisation);
      published.set(synchronisation, now.contents);
    }
  });
  await expectCacheEqualsUpstream(site);
  expect(new Set(published.values()).size).toBe(5);
  expect(new Set(seen.map(({ snapshot }) => snapshot)).size).toBeGreaterThan(2);
  for (const { snapshot, contents } of seen) expect(contents).toBe(published.get(snapshot));
}, 120_000);

test('readers wait neither for a publication nor for a clearing', async () => {
  const site = await createSite({ scale: 0.01 });
  const activities = site.activities();
  await synchroniseDirectly(activities, 'full');
  site.fake.clock.advance(HOUR);
  // Both are held up after all that they write, and end only when somebody has read meanwhile.
  const held = createStore(site.databaseUrl, { max: 1 });
  try {
    for (const work of [() => synchroniseDirectly(activities, 'flush'), () => clearCache(site.knex, new Date())]) {
      const lock = await held.transaction();
      await lock.raw('LOCK TABLE peeringdb_object IN EXCLUSIVE MODE');
      const before = await readAll(site.knex);
      const working: Promise<unknown> = work().catch((error: unknown) => error);
      await untilWaitingForLock(site.knex);
      const during = await readAll(site.knex);
      await lock.rollback();
      expect(during).toMatchObject({ snapshot: before.snapshot, contents: before.contents });
      expect(await working).not.toBeInstanceOf(Error);
      expect((await readAll(site.knex)).snapshot).not.toBe(before.snapshot);
    }
  } finally {
    await held.destroy();
  }
});

/** Waits until something in the database waits for a lock. */
async function untilWaitingForLock(knex: Knex): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    const { rows } = await knex.raw<{ rows: unknown[] }>(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
    if (Date.now() > deadline) throw new Error('nothing ever waited for the lock');
    await sleep(20);
  }
}
