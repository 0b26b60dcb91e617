import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream, publishedRows } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const filled = filledSitesOfEachTest();
const HOUR = 3_600_000;

const waiting = (site: Site): Promise<{ tag: string; peeringdb_id: number; kind: string; reason: string }[]> =>
  site.knex('peeringdb_quarantine').orderBy('id').select('tag', 'peeringdb_id', 'kind', 'reason');
const askedForParents = ({ fake }: Site): string[] =>
  fake.requests.map(({ path }) => path).filter((path) => path.includes('id__in'));

test('a row whose parent nobody has waits for it, and is published as soon as it appears', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const port = state.ids('netixlan')[0]!;
  const net = state.ids('net').at(-1)! + 1000;
  state.update('netixlan', port, { net_id: net });
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toEqual([
    { tag: 'netixlan', peeringdb_id: port, kind: 'parent', reason: `net_id: net ${net} is not in the cache` },
  ]);
  expect(askedForParents(site)).toEqual([`/api/net?since=1&id__in=${net}`]);
  await expectCacheEqualsUpstream(site);
  clock.advance(HOUR);
  while (state.create('net') < net);
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
}, 120_000);

test('a parent is not asked for again until a full synchronisation asks once more', async () => {
  const { site, activities } = await filled();
  const { state, clock, requests } = site.fake;
  state.orphan('poc', Number(state.liveRows('poc', 'anonymous')[0]!.id), 'unknown');
  await synchroniseDirectly(activities, 'incremental');
  expect(askedForParents(site)).toHaveLength(1);
  for (const [mode, times] of [
    ['incremental', 0],
    ['full', 1],
    ['incremental', 0],
  ] as const) {
    clock.advance(HOUR);
    if (mode === 'full') state.refreshListFiles();
    requests.length = 0;
    await synchroniseDirectly(activities, mode);
    expect(askedForParents(site)).toHaveLength(times);
    expect(await waiting(site)).toHaveLength(1);
  }
});

test('missing parents are asked for a hundred at a time, and are published with their children', async () => {
  const site = await createSite({ scale: 0.01 });
  const { state, faults, files } = site.fake;
  // The list of organizations is cut short in a way that nothing gives away; their children are whole.
  faults.add({ kind: 'list', tag: 'org' }, { kind: 'missing-rows', share: 0.4 });
  faults.add({ kind: 'since', tag: 'org' }, { kind: 'missing-rows', share: 0 });
  expect(files.get('org', 'anonymous').length).toBeGreaterThan(0);
  await synchroniseDirectly(site.activities(), 'full');
  const asked = askedForParents(site);
  expect(asked.length).toBeGreaterThan(1);
  for (const path of asked) expect(path).toMatch(/^\/api\/org\?since=1&id__in=(\d+,){0,99}\d+$/);
  expect(await waiting(site)).toEqual([]);
  const owned = new Set(
    (['net', 'fac', 'ix', 'carrier', 'campus'] as const).flatMap((tag) =>
      state.liveRows(tag, 'anonymous').map(({ org_id }) => org_id),
    ),
  );
  const published = new Set((await publishedRows(site.knex, 'org')).map(({ id }) => id));
  for (const id of owned) expect(published).toContain(id);
});

test('a parent that upstream deleted is asked for, remembered as deleted, and its child waits', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  const poc = Number(state.liveRows('poc', 'anonymous')[0]!.id);
  state.orphan('poc', poc, 'deleted');
  const net = Number(state.get('poc', poc).net_id);
  await synchroniseDirectly(activities, 'incremental');
  expect(askedForParents(site)).toEqual([`/api/net?since=1&id__in=${net}`]);
  expect(await waiting(site)).toMatchObject([{ tag: 'poc', peeringdb_id: poc, kind: 'parent' }]);
  expect(await site.knex('peeringdb_tombstone').where({ tag: 'net', id: net })).toHaveLength(1);
  await expectCacheEqualsUpstream(site);
});

test('a parent of a parent is asked for too', async () => {
  const site = await createSite();
  const { state, faults } = site.fake;
  for (const tag of ['org', 'net'] as const) {
    faults.add({ kind: 'list', tag }, { kind: 'missing-rows', share: 0.5 });
    faults.add({ kind: 'since', tag }, { kind: 'missing-rows', share: 0 });
  }
  await synchroniseDirectly(site.activities(), 'full');
  const asked = askedForParents(site).map((path) => path.replace(/\?.*/, ''));
  expect(asked).toEqual(expect.arrayContaining(['/api/org', '/api/net']));
  expect(await waiting(site)).toEqual([]);
  expect(await site.knex('peeringdb_netixlan')).toHaveLength(state.ids('netixlan').length);
});

test('rows whose parent is deleted while they are not are taken out of sight, and return with it', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const net = Number(state.liveRows('netfac', 'anonymous')[0]!.net_id);
  const children = state.liveRows('netfac', 'anonymous').filter(({ net_id }) => net_id === net);
  expect(children.length).toBeGreaterThan(0);
  state.pend('net', net);
  state.refreshListFiles();
  await synchroniseDirectly(activities, 'full');
  expect((await waiting(site)).filter(({ tag }) => tag === 'netfac')).toHaveLength(children.length);
  await expectCacheEqualsUpstream(site);
  clock.advance(HOUR);
  state.undelete('net', net);
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
});

test('an optional reference that leads nowhere stays as it is', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  state.update('fac', state.ids('fac')[0]!, { campus_id: 999_999 });
  state.update('netixlan', state.ids('netixlan')[0]!, { net_side_id: 999_999, ix_side_id: 999_998 });
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ updated: 2, quarantined: 0 });
  await expectCacheEqualsUpstream(site);
});

test('a parent that the answer of its own type left out is found by its id', async () => {
  const { site, activities } = await filled();
  const { state, faults } = site.fake;
  const net = state.create('net');
  faults.add({ kind: 'since', tag: 'net' }, { kind: 'missing-rows', share: 0 });
  const port = state.create('netixlan', { net_id: net });
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ created: 2, quarantined: 0 });
  expect(askedForParents(site)).toEqual([`/api/net?since=1&id__in=${net}`]);
  expect((await publishedRows(site.knex, 'netixlan')).map(({ id }) => id)).toContain(port);
  await expectCacheEqualsUpstream(site);
});
