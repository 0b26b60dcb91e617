import { OBJECTS } from '../../../store/peeringdb/objects';
import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const filled = filledSitesOfEachTest();
const HOUR = 3_600_000;

const carriers = (site: Site): Promise<number[]> => site.knex(OBJECTS.carrier.table).pluck<number[]>('id');

test('a type without any row is asked only for its changes, and gets its first row by them', async () => {
  const site = await createSite();
  const { state, clock, requests } = site.fake;
  for (const id of state.ids('carrier')) state.hardDelete('carrier', id);
  for (const id of state.ids('carrier', 'deleted')) state.hardDelete('carrier', id);
  state.refreshListFiles();
  const activities = site.activities();
  await synchroniseDirectly(activities, 'full');
  requests.length = 0;
  clock.advance(HOUR);
  await synchroniseDirectly(activities, 'incremental');
  expect(requests.map(({ path }) => path)).toContain('/api/carrier?since=1');
  expect(requests).toHaveLength(13);
});

test('a type whose last rows upstream deletes is emptied, also by a full synchronisation', async () => {
  const { site, activities } = await filled();
  for (const id of site.fake.state.ids('carrier')) site.fake.state.delete('carrier', id);
  site.fake.state.refreshListFiles();
  await synchroniseDirectly(activities, 'full');
  expect(await carriers(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
  site.fake.clock.advance(HOUR);
  site.fake.state.refreshListFiles();
  expect(await synchroniseDirectly(activities, 'full')).toMatchObject({ created: 0, updated: 0, deleted: 0 });
});

test('flush empties and fills the cache in one step, and forgets what no list tells', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  await site.knex('peeringdb_org').update({ notes: 'damaged by hand' });
  state.hardDelete('ix', state.ids('ix')[0]!);
  state.refreshListFiles();
  const guarded = site.activities({ guard: 0 });
  const result = await synchroniseDirectly(guarded, 'flush', { confirm: false });
  expect(result).toMatchObject({ mode: 'flush', updated: 0 });
  expect(result.deleted).toBeGreaterThan(0);
  await expectCacheEqualsUpstream(site);
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ created: 0, updated: 0, deleted: 0 });
});

test('flush forgets quarantined rows that no list tells any more', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  const [lost, left] = state.ids('netfac');
  for (const id of [lost!, left!]) state.orphan('netfac', id, 'unknown');
  state.refreshListFiles();
  await synchroniseDirectly(activities, 'full');
  const waiting = () => site.knex('peeringdb_quarantine').orderBy('peeringdb_id').pluck<number[]>('peeringdb_id');
  expect(await waiting()).toEqual([lost, left]);
  state.hardDelete('netfac', lost!);
  state.refreshListFiles();
  await synchroniseDirectly(activities, 'flush');
  expect(await waiting()).toEqual([left]);
  await expectCacheEqualsUpstream(site);
});
