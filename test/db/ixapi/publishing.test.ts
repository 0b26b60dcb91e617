import type { Knex } from 'knex';
import { closeReading, keepPages, openReading } from '../../../store/ixapi/reading/pages';
import { forgetShown } from '../../../store/ixapi/object/unlink';
import { HOSTILE } from '../../fakes/ixapi/hostile';
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
  rig = await createReadingRig(knex, { paging: { size: 50 } });
});
afterEach(() => rig.close());
afterAll(() => database.drop());

const CONFIGS = 'network-service-configs';
const state = (): Promise<Record<string, unknown>> => knex('ixapi_state').where({ ix_api: rig.ixApi }).first();

test('of two readings at once the newer one holds, whichever ends first', async () => {
  const { production, untagged } = rig.fake.state.cases();
  const older = await rig.open();
  await rig.fetch(older);
  rig.fake.state.update(CONFIGS, production!, { capacity: 4000 });
  rig.fake.state.remove(CONFIGS, untagged!);
  const newer = await rig.open();
  await rig.fetch(newer);
  expect(await rig.publish(newer)).toMatchObject({ superseded: false });
  const [known, told] = [await rig.published(), await state()];
  expect(await rig.publish(older)).toMatchObject({ superseded: true });
  expect(await rig.published()).toEqual(known);
  expect(await state()).toEqual(told);
  expect(await rig.document(production!)).toMatchObject({ capacity: 4000 });
  expect(await rig.document(untagged!)).toBeUndefined();
  await Promise.all([older, newer].map(({ key }) => closeReading(knex, key)));
});

test('publishing twice is publishing once, also at the same time as another reading', async () => {
  const [one, two] = [await rig.open(), await rig.open()];
  await Promise.all([rig.fetch(one), rig.fetch(two)]);
  await Promise.all([rig.publish(one), rig.publish(two), rig.publish(one), rig.publish(two)]);
  expect(await state()).toMatchObject({ reading: two.reading });
  const published = await rig.published();
  expect(await rig.publish(two)).toMatchObject({ superseded: false });
  expect(await rig.published()).toEqual(published);
  expect(published).toEqual(await rig.truth());
});

test('the same that is read again is only said to be newer', async () => {
  await rig.read();
  const written = (): Promise<string[]> => knex('ixapi_object').orderBy('id').pluck('xmin');
  const [before, told] = [await written(), await state()];
  rig.fake.clock.advance(60_000);
  rig.fake.about.setHealth({ status: 'warn' });
  await rig.read();
  expect(await written()).toEqual(before);
  const now = await state();
  expect(now).toMatchObject({ health: { status: 'warn' }, problems: told['problems'] });
  expect(String(now['fetched_at']) > String(told['fetched_at'])).toBe(true);
});

test('what has changed since it was known is found in the middle of a list, and no page is asked for twice', async () => {
  await rig.read();
  const { production } = rig.fake.state.cases();
  rig.fake.state.update(CONFIGS, production!, { capacity: 4000 });
  rig.fake.log.clear();
  await rig.read();
  const asked = rig.fake.log.requests().map(({ path, query }) => `${path}?${query}`);
  expect(new Set(asked).size).toBe(asked.length);
  expect(await rig.document(production!)).toMatchObject({ capacity: 4000 });
  expect(await rig.published()).toEqual(await rig.truth());
});

test('what another version of ours made of the same answers is made anew, and nothing is asked for again', async () => {
  await rig.read();
  const { production } = rig.fake.state.cases();
  const made = await rig.document(production!);
  await knex('ixapi_object').where({ ix_api: rig.ixApi, id: production }).update({ document: '{}', digest: '' });
  await knex('ixapi_state').where({ ix_api: rig.ixApi }).update({ digest: 'of an older version' });
  rig.fake.log.clear();
  await rig.read();
  const asked = rig.fake.log.requests().map(({ path, query }) => `${path}?${query}`);
  expect(new Set(asked).size).toBe(asked.length);
  expect(await rig.document(production!)).toEqual(made);
});

test('a reading that goes on with another object begins anew', async () => {
  const ref = await rig.open('linked to another one');
  await keepPages(knex, ref.reading, [{ list: 'ips', start: 0, rows: [{ id: 'of the other' }], is_last: true }]);
  const other = await createReadingRig(knex);
  try {
    const reading = await openReading(knex, ref.key, other.ixApi, new Date());
    expect(reading).not.toBe(ref.reading);
    expect(await knex('ixapi_page').where({ reading: ref.reading })).toEqual([]);
    expect(await openReading(knex, ref.key, other.ixApi, new Date())).toBe(reading);
  } finally {
    await closeReading(knex, ref.key);
    await other.close();
  }
});

test('pages that a crash of PostgreSQL emptied are read again', async () => {
  const ref = await rig.open();
  rig.fake.faults.add({ path: '/facilities' }, { kind: 'status', status: 503 });
  await expect(rig.fetch(ref)).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE' });
  expect((await knex('ixapi_page').distinct().pluck('list')).length).toBeGreaterThan(5);
  await knex('ixapi_page').where({ list: 'ips' }).delete();
  rig.fake.faults.add({ path: '/facilities' }, { kind: 'status', status: 503 });
  await expect(rig.fetch(ref)).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE' });
  await knex.raw('TRUNCATE ixapi_page');
  await rig.fetch(ref);
  expect(await rig.publish(ref)).toMatchObject({ superseded: false });
  expect(await rig.published()).toEqual(await rig.truth());
  await closeReading(knex, ref.key);
});

test('an object that gets another address while it is read is not published', async () => {
  const ref = await rig.open();
  await rig.fetch(ref);
  const object = { api_url: 'https://elsewhere.example.net/api/v2', api_key: 'another' };
  await knex.transaction((trx) => forgetShown(trx, rig.ixApi, object));
  await expect(rig.publish(ref)).rejects.toMatchObject({ code: 'IXAPI_CHANGED' });
  expect(await state()).toBeUndefined();
  const next = await rig.open();
  expect(await knex('ixapi_page').pluck('reading')).toEqual([]);
  await closeReading(knex, next.key);
});

test('an object that changes at the very moment of its publication shows nothing of before', async () => {
  const ref = await rig.open();
  await rig.fetch(ref);
  const object = { api_url: 'https://elsewhere.example.net/api/v2', api_key: 'another' };
  const [published] = await Promise.allSettled([
    rig.publish(ref),
    knex.transaction((trx) => forgetShown(trx, rig.ixApi, object)),
  ]);
  if (published.status === 'rejected') expect(published.reason).toMatchObject({ code: 'IXAPI_CHANGED' });
  expect(await state()).toBeUndefined();
  expect(await rig.published()).toMatchObject({ network_services: [], connections: [] });
});

test('pages of two who read at once, each with pages of its own size, are read from where they have a gap', async () => {
  const reading = await openReading(knex, 'two at once', rig.ixApi, new Date());
  const page = { rows: [{ id: 'IP-7' }], is_last: true };
  await keepPages(knex, reading, [{ ...page, list: 'ips', start: 50 }]);
  const ref = { key: 'two at once', ix_api: rig.ixApi, reading };
  await rig.fetch(ref);
  await rig.publish(ref);
  const { production } = rig.fake.state.cases();
  expect(await rig.document(production!)).toMatchObject({ unresolved: [] });
  await closeReading(knex, ref.key);
});

test('whatever an exchange sends in a row, it is read, told of, and takes nothing with it', async () => {
  await rig.read();
  const before = await rig.published();
  const { poison, rows } = rig.fake.state;
  const ids = new Map<string, string[]>();
  for (const { collection } of Object.values(HOSTILE))
    ids.set(
      collection,
      rows(collection).map((row) => row.id),
    );
  for (const [n, [name, { collection }]] of Object.entries(HOSTILE).entries()) {
    const all = ids.get(collection)!;
    poison(name, all[n % all.length]);
  }
  await rig.read();
  const after = await rig.published();
  for (const [name, known] of Object.entries(before)) {
    // One of them has another id now.
    const isRenamed = name === 'network_service_configs';
    const gone = known.filter((id) => !after[name as keyof typeof after].includes(id));
    expect([name, gone.length]).toEqual([name, isRenamed ? 1 : 0]);
  }
  expect(after.network_service_configs).toContain('7');
  const { problems } = (await state()) as { problems: { list: string; id: string; reason: string }[] };
  expect(problems.length).toBeGreaterThan(10);
  for (const problem of problems) expect(Object.keys(problem).sort()).toEqual(['id', 'list', 'reason']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('the document of a row that is spoilt stays as it was, until the row can be read again', async () => {
  await rig.read();
  const { production } = rig.fake.state.cases();
  const before = await rig.document(production!);
  const row = rig.fake.state.row(CONFIGS, production!);
  rig.fake.state.update(CONFIGS, production!, { type: null, capacity: 10 });
  await rig.read();
  expect(await rig.document(production!)).toEqual(before);
  expect(((await state())['problems'] as { id: string }[]).map(({ id }) => id)).toEqual([production]);
  rig.fake.state.update(CONFIGS, production!, { type: row['type'] as string });
  await rig.read();
  expect(await rig.document(production!)).toEqual({ ...before, capacity: 10 });
  expect((await state())['problems']).toEqual([]);
});

test('ids of any length that rows name make no address that is too long', async () => {
  const { production, untagged } = rig.fake.state.cases();
  const ips = Array.from({ length: 300 }, (_, n) => `${'é'.repeat(200)}${n}`);
  rig.fake.state.update(CONFIGS, production!, { ips: ['x'.repeat(100_000), ...ips] });
  rig.fake.state.update(CONFIGS, untagged!, { connection: 'a,b', network_service: '../accounts?id=1&' });
  await rig.read();
  const longest = Math.max(...rig.fake.log.requests().map(({ query }) => query.length));
  expect(longest).toBeGreaterThan(2_000);
  expect(longest).toBeLessThan(4_200);
  expect(await rig.document(production!)).toMatchObject({ ips: [] });
});
