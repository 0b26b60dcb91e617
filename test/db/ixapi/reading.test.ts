import type { Knex } from 'knex';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { createReadingRig, type ReadingRig } from '../../helpers/ixapi-reading';

let database: TestDatabase;
let knex: Knex;
let rig: ReadingRig;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterEach(() => rig.close());
afterAll(() => database.drop());

const start = async (...options: Parameters<typeof createReadingRig> extends [Knex, ...infer O] ? O : never) =>
  (rig = await createReadingRig(knex, ...options));

/** How many requests a list takes beyond the pages that have rows. */
function beyondPages(): Record<string, number> {
  const requests = rig.fake.log.requests().filter(({ rows }) => rows !== null);
  const lists = [...new Set(requests.map(({ path }) => path))];
  const of = (path: string): number => requests.filter((one) => one.path === path && one.rows === 0).length;
  return Object.fromEntries(lists.map((path) => [path, of(path)]));
}

const most = (counts: Record<string, number>): number => Math.max(0, ...Object.values(counts));

test.each([
  ['2.1.0', 'off'],
  ['2.7.1', 'off'],
  ['2.7.1', { size: 100 }],
  ['2.7.1', { size: 7, last: 200 }],
  ['2.7.1', { size: 7, last: 206 }],
  ['2.7.1', { size: 3, last: 206 }],
  ['2.7.1', { size: 1, last: 206 }],
] as const)('version %s with pages %j is read to the end, and published as it is shown', async (version, paging) => {
  const { fake } = await start({ version, paging, data: { configs: 24 } });
  const truth = await rig.truth();
  const counts = await rig.read();
  expect(await rig.published()).toEqual(truth);
  const sizes = Object.fromEntries(Object.entries(truth).map(([name, ids]) => [name, ids.length]));
  expect(counts).toEqual({ ...sizes, superseded: false });
  expect(most(beyondPages())).toBeLessThanOrEqual(1);
  expect(fake.log.requests().filter(({ status }) => status >= 400)).toEqual([]);
  expect(await knex('ixapi_page').pluck('list')).toEqual([]);
});

test('what an exchange shows again is published again, and what is gone goes with one request of a list', async () => {
  const { fake } = await start({ paging: { size: 7, last: 206 } });
  await rig.read();
  const [gone, other] = fake.state.rows('network-service-configs').map(({ id }) => id);
  for (const id of [gone, other]) fake.state.remove('network-service-configs', id!);
  fake.log.clear();
  await rig.read();
  expect(beyondPages()).toMatchObject({ '/network-service-configs': 2, '/ips': 1 });
  const asked = fake.log.requests().filter(({ query }) => query.includes('id='));
  expect(asked.filter(({ path }) => path === '/network-service-configs')).toHaveLength(1);
  expect(await rig.published()).toEqual(await rig.truth());
});

test('what is known to be gone is not asked for each time', async () => {
  const { fake } = await start();
  await rig.read();
  const gone = fake.state.cases().production!;
  for (const { id } of fake.state.rows('network-feature-configs', { network_service_config: gone }))
    fake.state.remove('network-feature-configs', id);
  fake.state.remove('network-service-configs', gone);
  const idsAsked = async (): Promise<number> => {
    fake.log.clear();
    await rig.read();
    return fake.log.requests().filter(({ path, query }) => path === '/network-service-configs' && query.includes('id='))
      .length;
  };
  expect([await idsAsked(), await idsAsked(), await idsAsked()]).toEqual([1, 0, 0]);
  expect(await rig.published()).toEqual(await rig.truth());
});

test('what belonged to an account that lost it is gone after the next reading', async () => {
  const { fake } = await start();
  await rig.read();
  const [config] = fake.state.rows('network-service-configs', { consuming_account: fake.state.account() });
  const elsewhere = { managing_account: 'ACC-900', consuming_account: 'ACC-900', billing_account: 'ACC-900' };
  fake.state.update('network-service-configs', config!.id, elsewhere);
  await rig.read();
  expect((await rig.published()).network_service_configs).not.toContain(config!.id);
  expect(await rig.published()).toEqual(await rig.truth());
});

test('a token that ends in the middle of lists, or is taken back with its refresh token, stops nothing', async () => {
  const { fake } = await start({ paging: { size: 3 }, lifetimes: { access: 60, refresh: 600 } });
  const truth = await rig.truth();
  fake.faults.add({ path: '/network-service-configs', nth: 3 }, { kind: 'revoke' });
  await rig.read();
  expect(await rig.published()).toEqual(truth);

  const ref = await rig.open();
  fake.faults.add({ path: '/ips', nth: 2 }, { kind: 'status', status: 503 });
  await expect(rig.fetch(ref)).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE' });
  fake.clock.advance(55_000);
  await rig.fetch(ref);
  fake.tokens.revoke();
  fake.clock.advance(550_000);
  expect(await rig.publish(ref)).toMatchObject({ superseded: false });
  await rig.read();
  expect(await rig.published()).toEqual(truth);
  expect(fake.tokens.grants().map(({ by }) => by)).toEqual(expect.arrayContaining(['token', 'refresh']));
});

test('a password of a session is in no page and no document', async () => {
  const { fake } = await start({ paging: { size: 3 } });
  const secret = 'md5 of a session';
  for (const { id } of fake.state.rows('network-feature-configs'))
    fake.state.update('network-feature-configs', id, { password: secret });
  const [lost] = fake.state.rows('network-feature-configs', { consuming_account: fake.state.account() });
  await rig.read();
  // Also of one that is asked for by its id.
  fake.faults.add({ path: '/network-feature-configs' }, { kind: 'shift', by: 2 });
  const ref = await rig.open();
  await rig.fetch(ref);
  expect(fake.log.requests().some(({ query }) => query.includes(`id=${lost!.id}`))).toBe(true);
  await rig.publish(ref);
  for (const table of ['ixapi_page', 'ixapi_object', 'ixapi_state'])
    expect(JSON.stringify(await knex(table))).not.toContain(secret);
});
