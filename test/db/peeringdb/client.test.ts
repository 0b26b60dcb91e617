import { cacheStatistics } from '../../../store/peeringdb/snapshot';
import { FAKE_API_KEY } from '../../fakes/peeringdb/server';
import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream, publishedRows } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const filled = filledSitesOfEachTest();
const HOUR = 3_600_000;
const key = FAKE_API_KEY;

const protectedContacts = (site: Site): Promise<{ id: number; unconfirmed_since: string | null }[]> =>
  site.knex('peeringdb_poc').whereNot('visible', 'Public').orderBy('id').select('id', 'unconfirmed_since');
const memberLists = async (site: Site): Promise<number> =>
  (await publishedRows(site.knex, 'ixlan')).filter((row) => row.ixf_ixp_member_list_url !== null).length;

test('requests carry the key if there is one, and our own name', async () => {
  const site = await createSite();
  await synchroniseDirectly(site.activities({ key }), 'full');
  expect(new Set(site.fake.requests.map(({ identity }) => identity))).toEqual(new Set(['key']));
  expect(new Set(site.fake.requests.map(({ user_agent }) => user_agent))).toEqual(new Set(['crossconnect/test']));
  await expectCacheEqualsUpstream(site, 'key');
});

test('a key that is added makes the next scheduled synchronisation a full one, which brings the protected rows', async () => {
  const { site } = await filled({});
  expect(await protectedContacts(site)).toEqual([]);
  expect((await cacheStatistics(site.knex, true)).statistics).toMatchObject({
    flush_advised: true,
    authenticated: false,
  });
  const withKey = site.activities({ key });
  expect(await synchroniseDirectly(withKey, 'incremental')).toMatchObject({ mode: 'incremental' });
  expect((await cacheStatistics(site.knex, true)).statistics).toMatchObject({ flush_advised: true });
  expect(await synchroniseDirectly(withKey, 'scheduled')).toMatchObject({ mode: 'full' });
  expect((await cacheStatistics(site.knex, true)).statistics).toMatchObject({
    flush_advised: false,
    authenticated: true,
  });
  expect((await protectedContacts(site)).length).toBeGreaterThan(0);
  await expectCacheEqualsUpstream(site, 'key');
  site.fake.clock.advance(HOUR);
  expect(await synchroniseDirectly(withKey, 'scheduled')).toMatchObject({ mode: 'incremental' });
});

test('a key that is removed takes nothing away: protected rows stay, marked, until a flush', async () => {
  const { site } = await filled({ key });
  const contacts = await protectedContacts(site);
  const urls = await memberLists(site);
  const anonymous = site.activities();
  for (const mode of ['incremental', 'full', 'scheduled', 'full'] as const) {
    site.fake.state.refreshListFiles();
    expect(await synchroniseDirectly(anonymous, mode)).toMatchObject({ deleted: 0 });
    site.fake.clock.advance(HOUR);
  }
  const marked = await protectedContacts(site);
  expect(marked.map(({ id }) => id)).toEqual(contacts.map(({ id }) => id));
  expect(marked.every(({ unconfirmed_since }) => unconfirmed_since !== null)).toBe(true);
  expect(await memberLists(site)).toBe(urls);
  await synchroniseDirectly(anonymous, 'flush');
  expect(await protectedContacts(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
});

test('while a key is away public rows are still removed, and protected ones that are told to be deleted', async () => {
  const { site } = await filled({ key });
  const { state, clock } = site.fake;
  const open = state.liveRows('poc', 'anonymous')[0]!.id as number;
  state.hardDelete('poc', open);
  state.refreshListFiles();
  expect(await synchroniseDirectly(site.activities(), 'full')).toMatchObject({ deleted: 1 });
  clock.advance(HOUR);
  const [hidden] = await protectedContacts(site);
  state.delete('poc', hidden!.id);
  await synchroniseDirectly(site.activities({ key }), 'incremental');
  expect((await protectedContacts(site)).map(({ id }) => id)).not.toContain(hidden!.id);
});

test('a key that returns takes the marks off what it sees again', async () => {
  const { site, activities } = await filled({ key });
  await synchroniseDirectly(site.activities(), 'full');
  expect((await protectedContacts(site)).every(({ unconfirmed_since }) => unconfirmed_since !== null)).toBe(true);
  site.fake.clock.advance(HOUR);
  await synchroniseDirectly(activities, 'full');
  expect((await protectedContacts(site)).every(({ unconfirmed_since }) => unconfirmed_since === null)).toBe(true);
  await expectCacheEqualsUpstream(site, 'key');
});

test('a contact that waits in quarantine is not taken away by a client that cannot see it', async () => {
  const { site } = await filled({ key });
  const [hidden] = await protectedContacts(site);
  site.fake.state.corrupt('poc', hidden!.id, 'over-long');
  await synchroniseDirectly(site.activities({ key }), 'incremental');
  site.fake.clock.advance(HOUR);
  site.fake.state.refreshListFiles();
  await synchroniseDirectly(site.activities(), 'full');
  expect(await site.knex('peeringdb_quarantine').pluck('peeringdb_id')).toEqual([hidden!.id]);
});

test('an anonymous full synchronisation takes lists from the public cache, and changes from the API', async () => {
  const site = await createSite();
  const activities = site.activities({ cacheUrl: site.fake.cacheUrl });
  await synchroniseDirectly(activities, 'full');
  const paths = site.fake.requests.map(({ path }) => path);
  expect(paths.filter((path) => /^\/public\/[a-z]+-0\.json$/.test(path))).toHaveLength(13);
  expect(paths.filter((path) => path.startsWith('/api/') && path.includes('?since='))).toHaveLength(13);
  expect(paths).toHaveLength(26);
  await expectCacheEqualsUpstream(site);
});

test('what the public cache does not have is asked of the API', async () => {
  const site = await createSite();
  site.fake.faults.add({ tag: 'net', kind: 'file' }, { kind: 'status', status: 404 });
  site.fake.faults.add({ tag: 'poc', kind: 'file' }, { kind: 'reset' });
  await synchroniseDirectly(site.activities({ cacheUrl: site.fake.cacheUrl }), 'full');
  const paths = site.fake.requests.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/api/net', '/api/poc']));
  expect(paths).toHaveLength(28);
  await expectCacheEqualsUpstream(site);
});

test('a client with a key does not ask the public cache', async () => {
  const site = await createSite();
  await synchroniseDirectly(site.activities({ cacheUrl: site.fake.cacheUrl, key }), 'full');
  expect(site.fake.requests.map(({ path }) => path).filter((path) => path.startsWith('/public'))).toEqual([]);
});
