import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { linkExchange } from '../../helpers/ixapi-documents';

const DRIFT = '/api/extras/drift/';
const temporal = noTemporal();

let database: TestDatabase;
let api: TestApi;
let exchange: number;

/** A difference of a config at an exchange. */
const difference = (network_service_config: string, kind: string, severity: string, message: string) => ({
  ...{ internet_exchange: exchange, network_service_config, kind, severity, message },
  ...{ ixapi: JSON.stringify(['02:01:00:00:00:01']), is_reported: false, first_seen: '2026-01-02T03:04:05Z' },
});

beforeAll(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  ({ exchange } = await linkExchange(database.knex));
  api = createTestApi(database.knex, temporal);
  await database
    .knex('ixapi_drift')
    .insert([
      difference('NSC-1', 'unresolved', 'info', 'i'),
      difference('NSC-1', 'mac_address', 'critical', 'c'),
      difference('NSC-2', 'speed', 'warning', '=1+1, "quoted"'),
    ]);
});
afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const kindsOf = async (query: string): Promise<string[]> => {
  const { body } = await api.get(`${DRIFT}?${query}`).expect(200);
  return (body.results as { kind: string }[]).map(({ kind }) => kind);
};

test.each([
  ['', ['mac_address', 'speed', 'unresolved']],
  ['ordering=-severity', ['unresolved', 'speed', 'mac_address']],
  ['ordering=kind', ['mac_address', 'speed', 'unresolved']],
  ['severity=critical&severity=info', ['mac_address', 'unresolved']],
  ['kind=speed', ['speed']],
  ['network_service_config=NSC-1&severity__n=info', ['mac_address']],
  ['q=quoted', ['speed']],
])('drift that is asked for by "%s" is what was meant, in its order', async (query, kinds) => {
  expect(await kindsOf(query)).toEqual(kinds);
});

test('drift is listed by the exchange that it is at', async () => {
  expect(await kindsOf(`internet_exchange=${exchange}`)).toHaveLength(3);
  expect(await kindsOf(`internet_exchange=${exchange + 1}`)).toEqual([]);
});

test('a filter of drift that there is not, or a value that is none, is refused by its name', async () => {
  for (const query of ['colour=red', 'internet_exchange=abc', 'ordering=colour']) {
    const { body } = await api.get(`${DRIFT}?${query}`).expect(400);
    expect(body.detail).toContain(query.split('=')[query.startsWith('ordering') ? 1 : 0]);
  }
});

test('drift comes as CSV, in which nothing is a formula', async () => {
  const fields = 'kind,severity,message,ixapi,netbox';
  const { text, headers } = await api.get(`${DRIFT}?format=csv&fields=${fields}&kind=speed`).expect(200);
  expect(headers['content-type']).toContain('text/csv');
  const [head, row] = text.trim().split(/\r?\n/);
  expect(head).toBe(fields);
  expect(row).toBe(`speed,warning,"'=1+1, ""quoted""",02:01:00:00:00:01,`);
});

test('drift is for those who may read, and cannot be written', async () => {
  await api.get(DRIFT, 'no token of anybody').expect(401);
  await api.post(DRIFT, { kind: 'speed' }).expect(405);
});
