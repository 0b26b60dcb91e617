import type { Knex } from 'knex';
import { createStore } from '../../store/knex';
import { SILENT_KNEX } from '../helpers/product-readers';
import { expectCacheEqualsUpstream } from '../helpers/synchronise-equality';
import { sitesOfEachTest, type Site } from '../helpers/synchronise-site';
import { slowly, startTcpProxy, type Judge, type TcpProxy } from '../helpers/tcp-proxy';
import { createTestWorker, type StartedJob, type TestWorker } from '../helpers/worker';

/** Soon, so that tests need not wait the minutes that PeeringDB is given. */
const TIMEOUTS = { headers: 1_000, body: 1_000 };

let worker: TestWorker;
let open: (() => Promise<unknown>)[];

beforeAll(async () => {
  worker = await createTestWorker();
});
beforeEach(() => {
  open = [];
});
afterEach(async () => {
  await worker.terminate();
  for (const close of open.reverse()) await close();
});
afterAll(() => worker.close());
// After the hook that closes pools: a database is dropped when nobody uses it any more.
const createSite = sitesOfEachTest();

/** A site whose PeeringDB is asked through a proxy. */
async function withProxyToUpstream(scale = 0.002, timeouts = TIMEOUTS): Promise<{ site: Site; proxy: TcpProxy }> {
  const site = await createSite({ scale });
  const proxy = await startTcpProxy(site.fake.port);
  open.push(proxy.close);
  worker.use(site.activities({ api: proxy.through(site.fake.url), timeouts }));
  return { site, proxy };
}

/** A site whose database is reached through a proxy, by the activities alone. */
async function withProxyToDatabase(scale = 0.002): Promise<{ site: Site; proxy: TcpProxy }> {
  const site = await createSite({ scale });
  const proxy = await startTcpProxy(Number(new URL(site.databaseUrl).port));
  const knex: Knex = createStore(proxy.through(site.databaseUrl), { log: SILENT_KNEX });
  open.push(proxy.close, () => knex.destroy());
  worker.use(site.activities({ knex }));
  return { site, proxy };
}

/** How often each path was asked for. */
function timesAsked({ fake }: Site): Record<string, number> {
  const times: Record<string, number> = {};
  for (const { path } of fake.requests) times[path] = (times[path] ?? 0) + 1;
  return times;
}

/** Judges the first piece of each direction and kind otherwise than all the others. */
function once(
  is: (piece: Buffer, from: 'client' | 'server') => boolean,
  verdict: 'reset' | 'silence',
): Judge & { hits: () => number } {
  let hits = 0;
  const judge: Judge = (piece, from) => {
    if (hits > 0 || !is(piece, from)) return 'pass';
    hits++;
    return verdict;
  };
  return Object.assign(judge, { hits: () => hits });
}

test.each(['silence', 'reset'] as const)(
  'a connection to upstream that ends in %s before the answer is given up, and asked again on another',
  async (verdict) => {
    const { site, proxy } = await withProxyToUpstream();
    const judge = once((piece, from) => from === 'server' && piece.includes('HTTP/1.1 200'), verdict);
    proxy.judge(judge);
    await worker.synchronise('full');
    expect(judge.hits()).toBe(1);
    await expectCacheEqualsUpstream(site);
    expect(Object.values(timesAsked(site)).filter((times) => times > 1)).toEqual([2]);
  },
);

test.each(['silence', 'reset'] as const)(
  'a connection to upstream that ends in %s in the middle of a body is given up, and only that body asked again',
  async (verdict) => {
    const { site, proxy } = await withProxyToUpstream();
    site.fake.faults.add({ tag: 'net', kind: 'list' }, { kind: 'drip', pieces: 5, pause: 50 });
    const judge = once((piece, from) => from === 'server' && !piece.includes('HTTP/1.1'), verdict);
    proxy.judge(judge);
    await worker.synchronise('full');
    expect(judge.hits()).toBe(1);
    await expectCacheEqualsUpstream(site);
    expect(Object.values(timesAsked(site)).filter((times) => times > 1)).toEqual([2]);
  },
);

test('a slow line takes its time, longer than a heartbeat may, and nothing is asked twice', async () => {
  const { site, proxy } = await withProxyToUpstream(0.01, { headers: 60_000, body: 60_000 });
  // The list of networks takes longer than the ten seconds after which a worker that says nothing counts as dead.
  proxy.judge(slowly(4_000));
  const begun = Date.now();
  await worker.synchronise('full');
  expect(Date.now() - begun).toBeGreaterThan(11_000);
  await expectCacheEqualsUpstream(site);
  expect(Object.values(timesAsked(site)).every((times) => times === 1)).toBe(true);
});

/** Whether this is rows on their way into staging: PostgreSQL's message CopyData. */
const isCopyData = (piece: Buffer, from: 'client' | 'server'): boolean => from === 'client' && piece[0] === 0x64;

/** How often an activity was begun by the workflow; Temporal's own retries are not counted. */
async function timesScheduled(handle: StartedJob<unknown>['handle'], activity: string): Promise<number> {
  const { events } = await handle.fetchHistory();
  const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  return names?.filter((name) => name === activity).length ?? 0;
}

test('a connection to PostgreSQL that is reset in the middle of a COPY is got over, and not taken for a fault of upstream', async () => {
  const { site, proxy } = await withProxyToDatabase();
  const judge = once(isCopyData, 'reset');
  proxy.judge(judge);
  const { handle } = await worker.start('full');
  await handle.result();
  expect(judge.hits()).toBe(1);
  await expectCacheEqualsUpstream(site);
  expect(await timesScheduled(handle, 'fetchObject')).toBe(13);
});

test('a connection to PostgreSQL that is reset while a snapshot is published publishes it again, and fetches nothing again', async () => {
  const { site, proxy } = await withProxyToDatabase();
  const judge = once((piece, from) => from === 'client' && piece.includes('INSERT INTO peeringdb_netixlan'), 'reset');
  proxy.judge(judge);
  await worker.synchronise('full');
  expect(judge.hits()).toBe(1);
  await expectCacheEqualsUpstream(site);
  expect(Object.values(timesAsked(site)).every((times) => times === 1)).toBe(true);
});

test('every connection to PostgreSQL that is reset now and then costs time, and nothing else', async () => {
  const { site, proxy } = await withProxyToDatabase();
  let pieces = 0;
  // Less and less often: no step may be too long to ever get through.
  proxy.judge(() => (Number.isInteger(Math.log2(++pieces / 50)) ? 'reset' : 'pass'));
  await worker.synchronise('full');
  expect(pieces).toBeGreaterThan(800);
  await expectCacheEqualsUpstream(site);
});
