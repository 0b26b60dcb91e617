import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { OBJECT_TAGS, OBJECTS } from '../../../store/peeringdb/objects';
import { synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const HOUR = 3_600_000;
const MINUTE = 60_000;
const run = <I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> =>
  new MockActivityEnvironment().run(activity, input);

/** What a crash of PostgreSQL does: unlogged tables are empty afterwards. */
async function loseStaging({ knex }: Site): Promise<void> {
  const staging = OBJECT_TAGS.map((tag) => OBJECTS[tag].staging);
  await knex.raw(`TRUNCATE peeringdb_staged, peeringdb_staging_invalid, ${staging.join(', ')}`);
}

const lists = ({ fake }: Site): string[] =>
  fake.requests.map(({ path }) => path).filter((path) => /^\/api\/[a-z]+$/.test(path));

test('an activity that is repeated does not fetch again what is kept', async () => {
  const site = await createSite();
  const activities = site.activities();
  const { synchronisation } = await run((input) => activities.openSynchronisation(input), {
    job_id: randomUUID(),
    mode: 'full' as const,
  });
  const fetch = { synchronisation, tag: 'net', list: true } as const;
  const first = await run((input) => activities.fetchObject(input), fetch);
  expect(await run((input) => activities.fetchObject(input), fetch)).toEqual(first);
  expect(site.fake.requests).toHaveLength(2);
});

test('opening, fetching, publishing and closing twice is the same as once', async () => {
  const site = await createSite();
  const activities = site.activities();
  const repeated = async <T>(work: () => Promise<T>): Promise<T> => {
    const first = await work();
    expect(await work()).toEqual(first);
    return first;
  };
  const twice: typeof activities = {
    ...activities,
    openSynchronisation: (input) => repeated(() => activities.openSynchronisation(input)),
    fetchObject: (input) => repeated(() => activities.fetchObject(input)),
    publishSynchronisation: (input) => repeated(() => activities.publishSynchronisation(input)),
    closeSynchronisation: (input) => repeated(() => activities.closeSynchronisation(input)),
  };
  site.fake.state.corrupt('net', site.fake.state.ids('net')[0]!, 'over-long');
  site.fake.state.refreshListFiles();
  await synchroniseDirectly(twice, 'full');
  site.fake.clock.advance(HOUR);
  site.fake.state.mutateShare(5, 0.1);
  await synchroniseDirectly(twice, 'incremental');
  await expectCacheEqualsUpstream(site);
});

test('bodies are kept compressed until their rows are published, and then are gone', async () => {
  const site = await createSite();
  let kept: { tag: string; bytes: number }[] = [];
  let start: Buffer | undefined;
  await synchroniseDirectly(site.activities(), 'full', {
    beforePublication: async () => {
      kept = await site.knex('peeringdb_body').where({ part: 'list', complete: true }).select('tag', 'bytes');
      start = (await site.knex<{ data: Buffer }>('peeringdb_body_chunk').first('data'))?.data;
    },
  });
  expect(kept).toHaveLength(13);
  expect(kept.every(({ bytes }) => bytes > 0)).toBe(true);
  expect(start?.subarray(0, 2).toString('hex')).toBe('1f8b');
  expect(await site.knex('peeringdb_body')).toEqual([]);
  expect(await site.knex('peeringdb_body_chunk')).toEqual([]);
  for (const tag of OBJECT_TAGS) expect(await site.knex(OBJECTS[tag].staging)).toEqual([]);
});

test('staging that is lost before publication is filled again from the bodies', async () => {
  const site = await createSite();
  site.fake.state.corrupt('netixlan', site.fake.state.ids('netixlan')[0]!, 'bad-address');
  site.fake.state.refreshListFiles();
  let requests = 0;
  await synchroniseDirectly(site.activities(), 'full', {
    beforePublication: async () => {
      requests = site.fake.requests.length;
      await loseStaging(site);
    },
  });
  expect(site.fake.requests).toHaveLength(requests);
  await expectCacheEqualsUpstream(site);
});

test('staging that is lost while a guard waits is filled again', async () => {
  const site = await createSite();
  await synchroniseDirectly(site.activities(), 'full');
  site.fake.clock.advance(HOUR);
  site.fake.state.orphan('poc', Number(site.fake.state.liveRows('poc', 'anonymous')[0]!.id), 'unknown');
  for (const id of site.fake.state.ids('carrierfac').slice(0, 3)) site.fake.state.hardDelete('carrierfac', id);
  site.fake.state.refreshListFiles();
  const activities = site.activities({ guard: 0.01 });
  let asked = 0;
  const losing = {
    ...activities,
    publishSynchronisation: async (input: Parameters<typeof activities.publishSynchronisation>[0]) => {
      if (asked++ > 0) await loseStaging(site);
      return activities.publishSynchronisation(input);
    },
  };
  await synchroniseDirectly(losing, 'full', { confirm: true });
  expect(asked).toBe(2);
  await expectCacheEqualsUpstream(site);
});

test('lists of a failed synchronisation are taken over by the next one within the hour', async () => {
  const site = await createSite();
  const activities = site.activities({ repeatIntervalMs: HOUR });
  // All but the last type is fetched when the key is found to be refused.
  site.fake.faults.add({ tag: 'poc', kind: 'list' }, { kind: 'firewall' });
  await expect(synchroniseDirectly(activities, 'full')).rejects.toMatchObject({ code: 'PEERINGDB_FORBIDDEN' });
  expect(lists(site)).toHaveLength(13);
  site.fake.requests.length = 0;
  site.fake.clock.advance(30 * MINUTE);
  const waits: number[] = [];
  await synchroniseDirectly(activities, 'full', { onWait: (seconds) => waits.push(seconds) });
  expect(lists(site)).toEqual(['/api/poc']);
  expect(waits).toEqual([]);
  await expectCacheEqualsUpstream(site);
});

test('lists older than an hour, or of another client, are not taken over', async () => {
  const site = await createSite();
  const activities = site.activities({ repeatIntervalMs: HOUR });
  site.fake.faults.add({ tag: 'poc', kind: 'list', count: 3 }, { kind: 'firewall' });
  await expect(synchroniseDirectly(activities, 'full')).rejects.toThrow();
  site.fake.requests.length = 0;
  site.fake.clock.advance(MINUTE);
  await expect(
    synchroniseDirectly(site.activities({ key: 'fake-peeringdb-key', repeatIntervalMs: HOUR }), 'full'),
  ).rejects.toThrow();
  expect(lists(site)).toHaveLength(13);
  site.fake.requests.length = 0;
  site.fake.clock.advance(2 * HOUR);
  await expect(synchroniseDirectly(activities, 'full')).rejects.toThrow();
  expect(lists(site)).toHaveLength(13);
});

test('of two synchronisations the one that began first publishes nothing', async () => {
  const site = await createSite();
  const activities = site.activities();
  await synchroniseDirectly(activities, 'full');
  site.fake.clock.advance(HOUR);
  site.fake.state.mutateShare(9, 0.1);
  const overtaken = synchroniseDirectly(activities, 'incremental', {
    beforePublication: async () => {
      site.fake.state.mutateShare(10, 0.1);
      await synchroniseDirectly(activities, 'incremental');
    },
  });
  await expect(overtaken).rejects.toMatchObject({ code: 'PEERINGDB_FENCED' });
  await expectCacheEqualsUpstream(site);
  const records = await site.knex('peeringdb_synchronisation').orderBy('id').select('status', 'error');
  expect(records).toMatchObject([
    { status: 'completed' },
    { status: 'failed', error: { type: 'PEERINGDB_FENCED' } },
    { status: 'completed' },
  ]);
});

test('the end of an overtaken synchronisation does not take the staged rows of the one that overtook it', async () => {
  const site = await createSite();
  const activities = site.activities();
  const job_id = randomUUID();
  await run((input) => activities.openSynchronisation(input), { job_id, mode: 'full' as const });
  let staged = 0;
  await synchroniseDirectly(activities, 'full', {
    beforePublication: async ({ synchronisation }) => {
      await run((input) => activities.closeSynchronisation(input), {
        job_id,
        ending: { status: 'canceled' as const, error: { type: 'CANCELED', message: 'canceled' } },
      });
      staged = (
        await site
          .knex('peeringdb_staged as s')
          .join('peeringdb_body as b', 'b.id', 's.body')
          .where({ synchronisation })
      ).length;
    },
  });
  expect(staged).toBe(26);
  await expectCacheEqualsUpstream(site);
});
