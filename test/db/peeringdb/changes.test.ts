import { OBJECT_TAGS, OBJECTS, type ObjectTag } from '../../../store/peeringdb/objects';
import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream, publishedRows } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const filled = filledSitesOfEachTest();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Which version of each row stands where: changes with every write, even of the same values. */
async function versions(site: Site): Promise<unknown> {
  const of = async (tag: ObjectTag) =>
    [
      tag,
      (await site.knex(OBJECTS[tag].table).select(site.knex.raw('id, xmin, ctid')).orderBy('id')) as unknown,
    ] as const;
  return Object.fromEntries(await Promise.all(OBJECT_TAGS.map(of)));
}

const idsOf = async (site: Site, tag: ObjectTag): Promise<unknown[]> =>
  (await publishedRows(site.knex, tag)).map(({ id }) => id);

test('the first synchronisation is a full one, whatever was asked for, and fills the cache', async () => {
  const site = await createSite();
  const result = await synchroniseDirectly(site.activities(), 'incremental');
  expect(result.mode).toBe('full');
  expect(result.created).toBeGreaterThan(400);
  expect(result).toMatchObject({ updated: 0, deleted: 0, unchanged: 0, quarantined: 0 });
  await expectCacheEqualsUpstream(site);
});

test('an incremental synchronisation brings what was created, updated and deleted, and counts it', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  state.create('poc', { visible: 'Public' });
  state.create('ix');
  const net = state.ids('net')[0]!;
  state.update('net', net, { notes: 'changed', info_prefixes4: 17 });
  state.delete('carrierfac', state.ids('carrierfac')[0]!);
  const result = await synchroniseDirectly(activities, 'incremental');
  expect(result).toMatchObject({ mode: 'incremental', created: 3, updated: 1, deleted: 1, quarantined: 0 });
  expect(result.summary).toMatch(
    /^incremental: 3 rows created, 1 updated and 1 deleted in 5 of 13 types, \d+ unchanged$/,
  );
  await expectCacheEqualsUpstream(site);
});

test('a change of a share of all rows, with deletions that take others with them, arrives whole', async () => {
  const { site, activities } = await filled();
  site.fake.state.mutateShare(7, 0.3);
  site.fake.state.delete('ix', site.fake.state.ids('ix')[0]!);
  site.fake.state.delete('fac', site.fake.state.ids('fac')[0]!);
  await synchroniseDirectly(activities, 'incremental');
  await expectCacheEqualsUpstream(site);
});

test('with nothing new an incremental synchronisation makes 13 requests and writes no row of the cache', async () => {
  const { site, activities } = await filled();
  const before = await versions(site);
  const result = await synchroniseDirectly(activities, 'incremental');
  expect(site.fake.requests.map(({ path }) => path.replace(/since=\d+$/, 'since=…')).sort()).toEqual(
    OBJECT_TAGS.map((tag) => `/api/${tag}?since=…`).sort(),
  );
  expect(await versions(site)).toEqual(before);
  expect(result).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  expect(result.summary).toMatch(/^incremental: nothing changed in \d+ rows$/);
});

test('a full synchronisation in which nothing changed writes no row of the cache', async () => {
  const { site, activities } = await filled();
  const before = await versions(site);
  site.fake.state.refreshListFiles();
  const result = await synchroniseDirectly(activities, 'full');
  expect(await versions(site)).toEqual(before);
  expect(result).toMatchObject({ mode: 'full', created: 0, updated: 0, deleted: 0 });
});

test('a row whose deletion is the newest change of its type stays deleted, however often it is told again', async () => {
  const { site, activities } = await filled();
  const id = site.fake.state.ids('carrier')[0]!;
  site.fake.state.delete('carrier', id);
  for (const mode of ['incremental', 'incremental', 'full', 'incremental', 'incremental'] as const) {
    await synchroniseDirectly(activities, mode);
    expect(await idsOf(site, 'carrier')).not.toContain(id);
    site.fake.clock.advance(HOUR);
  }
  await expectCacheEqualsUpstream(site);
});

test('a row listed as it was in the second of its deletion stays deleted', async () => {
  const { site, activities } = await filled();
  const { state, faults } = site.fake;
  const id = state.ids('carrierfac')[0]!;
  state.update('carrierfac', id, { name: 'changed and deleted within one second' });
  state.refreshListFiles();
  state.delete('carrierfac', id);
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'carrierfac')).not.toContain(id);
  // Nobody tells of the deletion once more, and the list tells of a row that is as new.
  faults.add({ tag: 'carrierfac', kind: 'since' }, { kind: 'missing-rows', share: 0 });
  await synchroniseDirectly(activities, 'full');
  expect(await idsOf(site, 'carrierfac')).not.toContain(id);
});

test('a row created and deleted between two synchronisations never appears', async () => {
  const { site, activities } = await filled();
  const id = site.fake.state.create('poc', { visible: 'Public' });
  site.fake.clock.advance(MINUTE);
  site.fake.state.delete('poc', id);
  const { created, deleted } = await synchroniseDirectly(activities, 'incremental');
  expect({ created, deleted }).toEqual({ created: 0, deleted: 0 });
  expect(await idsOf(site, 'poc')).not.toContain(id);
});

test('a row that is deleted and made again under the same id is there again', async () => {
  const { site, activities } = await filled();
  const id = site.fake.state.ids('netfac')[0]!;
  site.fake.state.delete('netfac', id);
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'netfac')).not.toContain(id);
  site.fake.clock.advance(HOUR);
  site.fake.state.undelete('netfac', id);
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'netfac')).toContain(id);
  await expectCacheEqualsUpstream(site);
});

test('a list older than what was told since changes nothing', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  state.update('org', state.ids('org')[0]!, { notes: 'newer than the list' });
  state.delete('netixlan', state.ids('netixlan')[0]!);
  state.create('netfac');
  await synchroniseDirectly(activities, 'incremental');
  site.fake.clock.advance(HOUR);
  const before = await versions(site);
  const result = await synchroniseDirectly(activities, 'full');
  expect(result).toMatchObject({ mode: 'full', created: 0, updated: 0, deleted: 0 });
  expect(await versions(site)).toEqual(before);
  await expectCacheEqualsUpstream(site);
});

test('a row made while a list was being written is not missed by that list, also not an hour later', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  state.refreshListFiles();
  clock.advance(1000);
  const id = state.create('poc', { visible: 'Public' });
  await synchroniseDirectly(activities, 'incremental');
  // The list says that it was written minutes after the row was made, but its rows are of before.
  expect(site.fake.files.get('poc', 'anonymous').generated * 1000).toBeGreaterThan(clock.now());
  clock.advance(HOUR);
  state.update('poc', Number(state.liveRows('poc', 'anonymous')[0]!.id), { name: 'later than all of that' });
  await synchroniseDirectly(activities, 'incremental');
  await synchroniseDirectly(activities, 'full');
  expect(await idsOf(site, 'poc')).toContain(id);
  await expectCacheEqualsUpstream(site);
});

test('absence from a list removes rows older than the list, and no newer one', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const gone = state.ids('netixlan')[0]!;
  state.hardDelete('netixlan', gone);
  state.refreshListFiles();
  clock.advance(HOUR);
  const kept = state.create('netixlan');
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'netixlan')).toContain(gone);
  clock.advance(HOUR);
  state.hardDelete('netixlan', kept);
  await synchroniseDirectly(activities, 'full');
  expect(await idsOf(site, 'netixlan')).not.toContain(gone);
  expect(await idsOf(site, 'netixlan')).toContain(kept);
});

test('what incrementals never tell, hard deletions and silent changes, is found by a full synchronisation', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  state.hardDelete('poc', Number(state.liveRows('poc', 'anonymous')[0]!.id));
  state.silent('ix', state.ids('ix')[0]!, { net_count: 4711 });
  state.refreshListFiles();
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ updated: 0, deleted: 0 });
  expect(await synchroniseDirectly(activities, 'full')).toMatchObject({ created: 0, updated: 1, deleted: 1 });
  await expectCacheEqualsUpstream(site);
});

test('two ports that swap their addresses between two synchronisations end with each other’s', async () => {
  const { site, activities } = await filled();
  const [first, second] = site.fake.state.ids('netixlan');
  site.fake.state.swapAddresses(first!, second!);
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ updated: 2 });
  await expectCacheEqualsUpstream(site);
});

test('an ASN and a name that return under a new id are there once', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  const old = state.ids('net')[0]!;
  const { asn, name } = state.get('net', old);
  const fresh = state.recreateNetwork(old);
  await synchroniseDirectly(activities, 'incremental');
  const rows = await site.knex('peeringdb_net').where({ asn }).select('id', 'name');
  expect(rows).toEqual([{ id: fresh, name }]);
  await expectCacheEqualsUpstream(site);
});

test('values and fields that nobody knows yet go through and are kept', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  const fac = state.ids('fac')[0]!;
  const news = { available_voltage_services: ['No Power'], property: 'Rented', moon_phase: { name: 'full', day: 3 } };
  state.update('fac', fac, news);
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ updated: 1, quarantined: 0 });
  expect(await publishedRows(site.knex, 'fac')).toContainEqual(expect.objectContaining({ id: fac, ...news }));
  await expectCacheEqualsUpstream(site);
});

test('a campus that is pending is not shown, and comes and goes with its status', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const pending = state.ids('campus', 'pending');
  expect(pending.length).toBeGreaterThan(0);
  expect(await idsOf(site, 'campus')).not.toEqual(expect.arrayContaining(pending));
  const live = state.ids('campus')[0]!;
  state.pend('campus', live);
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'campus')).not.toContain(live);
  clock.advance(HOUR);
  state.undelete('campus', live);
  await synchroniseDirectly(activities, 'incremental');
  expect(await idsOf(site, 'campus')).toContain(live);
  await expectCacheEqualsUpstream(site);
});
