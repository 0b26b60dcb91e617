import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream, publishedRows } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const filled = filledSitesOfEachTest();
const HOUR = 3_600_000;

interface Waiting {
  readonly tag: string;
  readonly key: string;
  readonly peeringdb_id: number | null;
  readonly kind: string;
  readonly reason: string;
  readonly first_seen: string;
  readonly last_tried: string;
}

const waiting = (site: Site): Promise<Waiting[]> => site.knex<Waiting>('peeringdb_quarantine').orderBy('id');
const published = async (
  site: Site,
  tag: 'netixlan' | 'net' | 'poc' | 'ixpfx' | 'org' | 'netfac',
): Promise<unknown[]> => (await publishedRows(site.knex, tag)).map(({ id }) => id);

test.each([
  ['netixlan', 'bad-address', 'ipaddr4: "999.1.2.3/77" is not an IPv4 address'],
  ['ixpfx', 'bad-address', 'prefix: "999.1.2.3/77" is not a prefix'],
  ['net', 'over-long', 'name: 256 characters, at most 255 are allowed'],
  ['net', 'wrong-type', 'asn: expected a whole number from 0 to 4294967295, got a string'],
  ['poc', 'nul', 'name: contains U+0000'],
  ['netixlan', 'missing-field', 'asn: missing'],
  ['net', 'null-field', 'name: missing'],
  ['org', 'bad-time', 'created: expected a time like 2026-01-31T12:00:00Z, got "yesterday"'],
] as const)('a row of %s that becomes broken (%s) waits in quarantine, and alone', async (tag, breakage, reason) => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const broken = Number(state.liveRows(tag, 'anonymous').at(-1)!.id);
  state.corrupt(tag, broken, breakage);
  const healthy = Number(state.liveRows(tag, 'anonymous')[0]!.id);
  state.update(tag, healthy, tag === 'ixpfx' ? { in_dfz: true } : { notes: 'healthy', name: 'Healthy' });
  await synchroniseDirectly(activities, 'incremental');
  const rows = await waiting(site);
  expect(rows.filter(({ kind }) => kind === 'rule')).toMatchObject([{ tag, peeringdb_id: broken, reason }]);
  expect(await published(site, tag)).not.toContain(broken);
  await expectCacheEqualsUpstream(site);
  clock.advance(HOUR);
  state.repair(tag, broken);
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toEqual([]);
  expect(await published(site, tag)).toContain(broken);
  await expectCacheEqualsUpstream(site);
});

test.each(['missing-id', 'null-id'] as const)(
  'a row without a usable id (%s) waits under a hash of itself',
  async (breakage) => {
    const { site, activities } = await filled();
    const { state, clock } = site.fake;
    const broken = state.ids('netfac')[0]!;
    state.corrupt('netfac', broken, breakage);
    state.refreshListFiles();
    await synchroniseDirectly(activities, 'full');
    expect(await waiting(site)).toMatchObject([{ tag: 'netfac', peeringdb_id: null }]);
    expect((await waiting(site))[0]!.key).toMatch(/^sha256:[0-9a-f]{32}$/);
    await expectCacheEqualsUpstream(site);
    clock.advance(HOUR);
    state.repair('netfac', broken);
    state.refreshListFiles();
    await synchroniseDirectly(activities, 'full');
    expect(await waiting(site)).toEqual([]);
    await expectCacheEqualsUpstream(site);
  },
);

test('broken rows in the first list of all wait too, one of each kind', async () => {
  const site = await createSite();
  const { state } = site.fake;
  const [first, second, third] = state.ids('netixlan');
  state.corrupt('netixlan', first!, 'bad-address');
  state.corrupt('netixlan', second!, 'nul');
  state.corrupt('netixlan', third!, 'missing-id');
  state.refreshListFiles();
  expect(await synchroniseDirectly(site.activities(), 'full')).toMatchObject({ quarantined: 3 });
  await expectCacheEqualsUpstream(site);
});

test('a broken row stays as it was first seen, and is tried again with every synchronisation', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  state.corrupt('net', state.ids('net')[0]!, 'over-long');
  state.orphan('poc', Number(state.liveRows('poc', 'anonymous')[0]!.id), 'unknown');
  await synchroniseDirectly(activities, 'incremental');
  const before = await waiting(site);
  expect(before.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['rule', 'parent']));
  for (const mode of ['incremental', 'full', 'incremental'] as const) {
    clock.advance(HOUR);
    state.refreshListFiles();
    await synchroniseDirectly(activities, mode);
    const now = new Date(clock.now()).toISOString();
    for (const row of await waiting(site)) {
      expect(row.first_seen).toBe(before.find(({ tag, key }) => tag === row.tag && key === row.key)?.first_seen);
      expect(Date.parse(row.last_tried)).toBe(Date.parse(now));
    }
    expect(await waiting(site)).toHaveLength(before.length);
  }
});

test('a broken row that is deleted upstream leaves the quarantine', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const port = state.ids('netixlan')[0]!;
  state.corrupt('netixlan', port, 'bad-address');
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toHaveLength(1);
  clock.advance(HOUR);
  state.delete('netixlan', port);
  await synchroniseDirectly(activities, 'incremental');
  expect(await waiting(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
});

test('a row that breaks without a word is found broken by a full synchronisation, and whole again by the next', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const port = state.ids('netixlan')[0]!;
  const address = state.get('netixlan', port).ipaddr4;
  state.silent('netixlan', port, { ipaddr4: 'nowhere' });
  state.refreshListFiles();
  await synchroniseDirectly(activities, 'full');
  expect(await waiting(site)).toMatchObject([{ tag: 'netixlan', peeringdb_id: port, kind: 'rule' }]);
  await expectCacheEqualsUpstream(site);
  clock.advance(HOUR);
  state.silent('netixlan', port, { ipaddr4: address });
  state.refreshListFiles();
  await synchroniseDirectly(activities, 'full');
  expect(await waiting(site)).toEqual([]);
  await expectCacheEqualsUpstream(site);
});

test('rows that become broken are not taken for removed, however many they are', async () => {
  const { site } = await filled();
  const { state } = site.fake;
  const ports = state.ids('netixlan').slice(0, 40);
  for (const port of ports) state.silent('netixlan', port, { speed: 'fast' });
  state.refreshListFiles();
  const result = await synchroniseDirectly(site.activities({ guard: 0.05 }), 'full', { confirm: false });
  expect(result.summary).not.toContain('were kept');
  expect(result).toMatchObject({ quarantined: 40, deleted: 40 });
  await expectCacheEqualsUpstream(site);
});

test('the same row twice in a list is published once', async () => {
  const site = await createSite();
  site.fake.faults.add({ kind: 'list', count: null }, { kind: 'duplicate-rows' });
  await synchroniseDirectly(site.activities(), 'full');
  await expectCacheEqualsUpstream(site);
});

test('the same row twice among the changes is published once', async () => {
  const { site, activities } = await filled();
  const { state } = site.fake;
  state.update('net', state.ids('net')[0]!, { notes: 'told twice' });
  state.delete('netfac', state.ids('netfac')[0]!);
  state.create('netixlan');
  state.orphan('poc', Number(state.liveRows('poc', 'anonymous')[0]!.id), 'unknown');
  site.fake.faults.add({ kind: 'since', count: null }, { kind: 'duplicate-rows' });
  expect(await synchroniseDirectly(activities, 'incremental')).toMatchObject({ created: 1, updated: 1 });
  await expectCacheEqualsUpstream(site);
});

test('a row without an id that upstream does not show waits for nothing', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const campus = state.ids('campus')[0]!;
  state.corrupt('campus', campus, 'missing-id');
  state.pend('campus', campus);
  state.refreshListFiles();
  clock.advance(HOUR);
  const { quarantined } = await synchroniseDirectly(activities, 'full');
  expect(quarantined).toBe(0);
  await expectCacheEqualsUpstream(site);
});
