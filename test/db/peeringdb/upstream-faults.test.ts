import type { Fault, When } from '../../fakes/peeringdb/faults';
import { PUBLISHED_LIMITS } from '../../fakes/peeringdb/limits';
import { synchroniseDirectly } from '../../helpers/synchronise-directly';
import { expectCacheEqualsUpstream } from '../../helpers/synchronise-equality';
import { sitesOfEachTest, type Activities, type Site } from '../../helpers/synchronise-site';

const createSite = sitesOfEachTest();
const HOUR = 3_600_000;

/** A cache that was filled an hour ago, with a row changed and one deleted upstream since then. */
async function changed(): Promise<{ site: Site; activities: Activities }> {
  const site = await createSite();
  const activities = site.activities();
  await synchroniseDirectly(activities, 'full');
  site.fake.clock.advance(HOUR);
  site.fake.state.update('net', site.fake.state.ids('net')[0]!, { notes: 'changed' });
  site.fake.state.delete('netfac', site.fake.state.ids('netfac')[0]!);
  site.fake.state.refreshListFiles();
  return { site, activities };
}

/** What the cache holds, less what a synchronisation that published nothing may change. */
const contents = async (site: Site): Promise<unknown> => ({
  state: await site.knex('peeringdb_state').first(),
  objects: await site.knex('peeringdb_object').orderBy('tag'),
});

const passing: [string, When, Fault][] = [
  ['503', { count: 2 }, { kind: 'status', status: 503, html: true }],
  ['a connection that is reset', {}, { kind: 'reset' }],
  ['a connection that is reset within the body', {}, { kind: 'reset-in-body' }],
  ['JSON that is cut off', {}, { kind: 'truncated-json' }],
  ['gzip that is cut off', {}, { kind: 'truncated-gzip' }],
  ['a garbled body', {}, { kind: 'garbled' }],
  ['a page for people with status 200', {}, { kind: 'html' }],
  ['an error with status 200', {}, { kind: 'meta-error', error: 'out of order' }],
  ['an answer in pieces', {}, { kind: 'drip', pieces: 5, pause: 20 }],
];

test.each(passing)('%s is got over, in a list and in an answer to since', async (_, when, fault) => {
  const { site, activities } = await changed();
  site.fake.faults.add({ ...when, tag: 'net', kind: 'list' }, fault);
  site.fake.faults.add({ ...when, tag: 'org', kind: 'since' }, fault);
  await synchroniseDirectly(activities, 'full');
  expect(site.fake.faults.rules.map(({ hits }) => hits)).toEqual([when.count ?? 1, when.count ?? 1]);
  await expectCacheEqualsUpstream(site);
});

const lasting: [string, Fault, string, RegExp][] = [
  ['500', { kind: 'status', status: 500, html: true }, 'PEERINGDB_UNAVAILABLE', /\/api\/net answers 500/],
  ['resets', { kind: 'reset' }, 'PEERINGDB_UNAVAILABLE', /\/api\/net: (UND_ERR_SOCKET|ECONNRESET)/],
  ['lists that are cut off', { kind: 'truncated-json' }, 'PEERINGDB_BAD_ANSWER', /^net: the body is cut off/],
  ['pages for people', { kind: 'html' }, 'PEERINGDB_BAD_ANSWER', /\/api\/net answers 200 with an HTML page/],
  ['empty lists', { kind: 'missing-rows', share: 0 }, 'PEERINGDB_EMPTY_LIST', /^the list of net is empty, although/],
  [
    'errors that call themselves 200',
    { kind: 'meta-error', error: 'out' },
    'PEERINGDB_BAD_ANSWER',
    /^net: the body tells of an error: "out"$/,
  ],
  ['the firewall', { kind: 'firewall' }, 'PEERINGDB_FORBIDDEN', /^a firewall before .*\/api\/net refuses this machine/],
  [
    'redirects',
    { kind: 'redirect', to: 'https://www.example.org/api/net' },
    'PEERINGDB_FORBIDDEN',
    /redirects to https:\/\/www\.example\.org\/api\/net: PEERINGDB_API must name the final address/,
  ],
];

test.each(lasting)(
  '%s for long end a synchronisation that says so, and the next one recovers',
  async (_, fault, type, message) => {
    const { site, activities } = await changed();
    site.fake.faults.add({ tag: 'net', kind: 'list', count: null }, fault);
    const before = await contents(site);
    const failure = synchroniseDirectly(activities, 'full');
    await expect(failure).rejects.toMatchObject({ code: type, message: expect.stringMatching(message) });
    expect(await contents(site)).toEqual(before);
    const record = await site.knex('peeringdb_synchronisation').orderBy('id', 'desc').first();
    expect(record).toMatchObject({ status: 'failed', error: { type, message: expect.stringMatching(message) } });
    site.fake.faults.clear();
    await synchroniseDirectly(activities, 'full');
    await expectCacheEqualsUpstream(site);
  },
);

test('a list that is cut short without a sign removes nothing while the guard holds, and the next one is whole', async () => {
  const { site } = await changed();
  const activities = site.activities({ guard: 0.05 });
  site.fake.faults.add({ tag: 'netixlan', kind: 'list' }, { kind: 'missing-rows', share: 0.5 });
  const result = await synchroniseDirectly(activities, 'full', { confirm: false });
  expect(result.summary).toMatch(/; rows missing from the lists of netixlan were kept, since nobody confirmed/);
  await expectCacheEqualsUpstream(site);
  await synchroniseDirectly(activities, 'full', { confirm: false });
  await expectCacheEqualsUpstream(site);
});

test('the limits that PeeringDB publishes are kept, also by synchronisations of many requests', async () => {
  const site = await createSite({ limits: PUBLISHED_LIMITS });
  const activities = site.activities({ rateLimit: 20, repeatIntervalMs: HOUR });
  let waited = 0;
  const onWait = (seconds: number): void => {
    waited += seconds;
    site.fake.clock.advance(seconds * 1000);
  };
  // 26 requests, then 13, then 26 of which the lists may only be asked for when the hour is over.
  for (const mode of ['full', 'incremental', 'full'] as const) {
    await synchroniseDirectly(activities, mode, { onWait });
    site.fake.clock.advance(7_000);
  }
  expect(waited).toBeGreaterThan(3600);
  expect(site.fake.requests.filter(({ status }) => status !== 200)).toEqual([]);
  expect(site.fake.requests).toHaveLength(26 + 13 + 26);
  await expectCacheEqualsUpstream(site);
});
