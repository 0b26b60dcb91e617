import { problemOf } from '../../api/http/problem-of';
import { CACHE_LISTS } from '../../store/peeringdb/lists';
import { LOOKUPS } from '../../store/query/columns';
import { listPage } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import { fillCache } from '../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
});

afterAll(() => database.drop());

test('a regular expression that runs for ever is cut off, and is no fault of ours', async () => {
  const name = `${'a'.repeat(100)}b${'a'.repeat(99)}c`;
  await database.knex('peeringdb_org').insert({ id: 2, name, created: '2026-01-01Z', updated: '2026-01-01Z' });
  const slow = new URLSearchParams({ name__regex: String.raw`^(a*)(a*)(a*)(a*)(a*)b\1\2\3\4\5c$` });
  const request = parseListRequest(CACHE_LISTS.org, slow);
  const started = performance.now();
  const page = database.knex.transaction((trx) => listPage(trx, CACHE_LISTS.org, request, 200));
  await expect(page).rejects.toMatchObject({ code: '57014' });
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(problemOf(await page.catch((error: unknown) => error))).toMatchObject({ code: 'query-too-slow', status: 503 });
});

test('a page and its count are of one moment', async () => {
  const request = parseListRequest(CACHE_LISTS.net, new URLSearchParams('limit=1'));
  const page = await database.knex.transaction(
    async (trx) => {
      await trx.raw('SELECT 1');
      await database.knex('peeringdb_net').where({ id: 10 }).delete();
      return listPage(trx, CACHE_LISTS.net, request);
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  expect([page.count, page.rows[0]?.['id']]).toEqual([3, 10]);
});

test('every filter that the columns of the 13 types have is understood by PostgreSQL', async () => {
  const values: Readonly<Partial<Record<string, string>>> = {
    ...{ integer: '1', asn: 'AS1', double: '1.5', boolean: 'true', timestamp: '2026-01-01', cidr: '192.0.2.0/24' },
    ...{ inet4: '192.0.2.1', inet6: '2001:db8::1' },
  };
  for (const source of Object.values(CACHE_LISTS)) {
    const filters = source.columns.flatMap(({ name, kind }) =>
      LOOKUPS[kind].map((lookup): [string, string] => {
        return [lookup === '' ? name : `${name}__${lookup}`, lookup === 'empty' ? 'true' : (values[kind] ?? 'x')];
      }),
    );
    const request = parseListRequest(source, new URLSearchParams(filters));
    const ordering = source.columns.map(({ name }) => `-${name}`).join(',');
    const ordered = parseListRequest(source, new URLSearchParams({ ordering }));
    await database.knex.transaction(async (trx) => {
      expect((await listPage(trx, source, request)).rows).toEqual([]);
      await listPage(trx, source, ordered);
    });
  }
});
