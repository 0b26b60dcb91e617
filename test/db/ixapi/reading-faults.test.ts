import type { Knex } from 'knex';
import { closeReading } from '../../../store/ixapi/reading/pages';
import type { Fault, When } from '../../fakes/ixapi/faults';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { createReadingRig, type ReadingRig } from '../../helpers/ixapi-reading';

let database: TestDatabase;
let knex: Knex;
let rig: ReadingRig;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
beforeEach(async () => {
  rig = await createReadingRig(knex, { paging: { size: 5 } });
});
afterEach(() => rig.close());
afterAll(() => database.drop());

const CONFIGS = '/network-service-configs';
const count = (path: string): number => rig.fake.log.counts()[`GET ${path}`] ?? 0;

/** What is asked at the beginning of each attempt. */
const ABOUT = ['/implementation', '/health'];

/** What was asked of lists more than once, with its parameters; but for what was not answered. */
function askedAgain(): string[] {
  const answered = rig.fake.log
    .requests()
    .filter(({ status, path }) => (status === 200 || status === 206) && !ABOUT.includes(path));
  const asked = answered.map(({ path, query }) => `${path}${query}`);
  return asked.filter((one, n) => asked.indexOf(one) !== n);
}

test.each<[string, Fault, string]>([
  ['an error of its own', { kind: 'status', status: 500 }, 'IXAPI_UNAVAILABLE'],
  ['a gateway that waits for it', { kind: 'status', status: 504, body: '<h1>504</h1>' }, 'IXAPI_UNAVAILABLE'],
  ['a dropped connection', { kind: 'reset' }, 'IXAPI_UNAVAILABLE'],
  ['an answer that was lost', { kind: 'lose-answer' }, 'IXAPI_UNAVAILABLE'],
  ['an answer that is cut off', { kind: 'truncated' }, 'IXAPI_UNAVAILABLE'],
  ['JSON that is cut off', { kind: 'truncated-json' }, 'IXAPI_BAD_ANSWER'],
  ['a page for people', { kind: 'not-json' }, 'IXAPI_BAD_ANSWER'],
  ['another place', { kind: 'redirect', to: 'http://127.0.0.1:1/' }, 'IXAPI_BAD_ADDRESS'],
  ['an object in the place of a list', { kind: 'status', status: 200, body: '{}' }, 'IXAPI_BAD_ANSWER'],
  ['a list that is not there', { kind: 'status', status: 404 }, 'IXAPI_BAD_ANSWER'],
])('after %s in the middle, what was read is not asked for again', async (_, fault, code) => {
  const truth = await rig.truth();
  rig.fake.faults.add({ path: CONFIGS, nth: 3 }, fault);
  await rig.read(2);
  expect(rig.failures.map((failure) => failure.code)).toEqual([code]);
  expect(askedAgain().filter((one) => !one.startsWith(`${CONFIGS}?page_limit=1000&page_offset=10`))).toEqual([]);
  expect(await rig.published()).toEqual(truth);
});

test('a limit that is lower than the number of pages only takes longer', async () => {
  const truth = await rig.truth();
  rig.between = () => rig.fake.limits.set({ requests: 6, retryAfter: 'seconds' });
  rig.between();
  await rig.read(40);
  expect(rig.failures.length).toBeGreaterThan(3);
  expect(new Set(rig.failures.map(({ code }) => code))).toEqual(new Set(['IXAPI_THROTTLED']));
  expect(rig.failures[0]!.details['retry_after_seconds']).toBeGreaterThan(0);
  expect(askedAgain()).toEqual([]);
  expect(await rig.published()).toEqual(truth);
});

test('a limit does not keep what is gone from being found gone, one by one', async () => {
  await rig.read();
  const gone = rig.fake.state.rows('network-service-configs').map(({ id }) => id);
  for (const id of gone) rig.fake.state.remove('network-service-configs', id);
  const truth = await rig.truth();
  // An exchange that ignores the filter of ids, and shows one that nobody asked for.
  const answer = { kind: 'status', status: 200, body: '[{"id":"NSC-ANOTHER","type":"x"}]' } as const;
  rig.fake.faults.add({ path: CONFIGS, query: 'id=', count: null }, answer);
  rig.between = () => rig.fake.limits.set({ requests: 12 });
  rig.between();
  await rig.read(20);
  expect(rig.failures.length).toBeGreaterThan(1);
  for (const id of gone) expect(count(`${CONFIGS}/${id}`)).toBeLessThanOrEqual(2);
  expect(await rig.published()).toEqual(truth);
});

test('a list that shows its first page for ever is given up, and so is one that never ends', async () => {
  rig.fake.faults.add({ path: '/ips', count: null }, { kind: 'endless' });
  await expect(rig.read()).rejects.toThrow(/the list ips does not get on: from 5/);
  expect(count('/ips')).toBe(2);
  rig.fake.faults.clear();
  rig.fake.faults.add({ path: '/ips', count: null }, { kind: 'endless', fresh: true });
  rig.mostPages = 20;
  await expect(rig.read()).rejects.toThrow(/the list ips has no end: 1\d\d rows and more to come/);
});

/** Any page but the first, and none of those that are asked for by ids. */
const LATER = { query: 'page_limit=1000&page_offset=5', count: null };
const FIRST = { query: '?page_limit=1000&page_offset=0' };
const ALWAYS = { count: null };

test.each<[string, Omit<When, 'path'>, Fault]>([
  ['moves up while it is read', LATER, { kind: 'shift', by: 4 }],
  ['moves up before it is read', FIRST, { kind: 'shift', by: 4 }],
  ['is cut off and does not say so', FIRST, { kind: 'rows', keep: 2 }],
  ['is always cut off and never says so', ALWAYS, { kind: 'rows', keep: 2 }],
  ['is shown empty', FIRST, { kind: 'rows', keep: 0 }],
  ['ends without its last page', LATER, { kind: 'rows', keep: 0 }],
  ['has each row twice', ALWAYS, { kind: 'duplicate-rows' }],
])('of a list that %s nothing that was known is lost', async (_, when, fault) => {
  await rig.read();
  const [truth, objects] = [await rig.truth(), await knex('ixapi_object').orderBy('id')];
  for (const path of ['service-configs', 'feature-configs', 'services', 'features'])
    rig.fake.faults.add({ path: `/network-${path}`, ...when }, fault);
  for (const path of ['/connections', '/ips', '/macs', '/ports', '/devices', '/pops'])
    rig.fake.faults.add({ path, ...when }, fault);
  await rig.read();
  expect(await rig.published()).toEqual(truth);
  expect(await knex('ixapi_object').orderBy('id')).toEqual(objects);
});

test('an empty list that says that there is more is a bad answer, and nothing is taken for gone', async () => {
  await rig.read();
  const before = await rig.published();
  rig.fake.faults.add({ path: '/connections', count: null }, { kind: 'rows', keep: 0, status: 206 });
  await expect(rig.read(3)).rejects.toMatchObject({ code: 'IXAPI_BAD_ANSWER' });
  expect(await rig.published()).toEqual(before);
  expect(await rig.truth()).toEqual(before);
});

test('a reading that fails leaves what was published as it was', async () => {
  await rig.read();
  const state = await knex('ixapi_state');
  const objects = await knex('ixapi_object').orderBy('id');
  rig.fake.state.remove('connections', (await rig.published()).connections[0]!);
  rig.fake.faults.add({ path: '/facilities', count: null }, { kind: 'status', status: 503 });
  const ref = await rig.open();
  await expect(rig.fetch(ref)).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE' });
  await closeReading(knex, ref.key);
  expect(await knex('ixapi_state')).toEqual(state);
  expect(await knex('ixapi_object').orderBy('id')).toEqual(objects);
  expect(await knex('ixapi_page').pluck('list')).toEqual([]);
});
