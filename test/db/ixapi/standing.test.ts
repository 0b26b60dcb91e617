import { randomUUID } from 'node:crypto';
import { checkIxapi } from '../../../api/cli/doctor/ixapi';
import { loadConfig } from '../../../config/load';
import { Secret } from '../../../config/secret';
import { ixapiStanding } from '../../../store/ixapi/standing';
import { createVault } from '../../../store/secrets';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { linkExchange, networkService, putDocuments, PAST, type LinkedIds } from '../../helpers/ixapi-documents';

const SECRET_KEY = 'the secret key of the tests';
const NOW = new Date('2026-07-01T12:00:00.000Z');
const vault = createVault(new Secret(SECRET_KEY));

let database: TestDatabase;
let ids: LinkedIds;

beforeEach(async () => {
  database = await createTestDatabase();
  const { knex } = database;
  await fillCache(knex);
  ids = await linkExchange(knex);
  const api_secret = await vault.keep(knex, 'ixapi_secret', 'the secret of the exchange', NOW);
  await knex('extras_ix_api').update({ api_secret });
});
afterEach(() => database.drop());

const standing = async (own = vault): Promise<Awaited<ReturnType<typeof ixapiStanding>>[number]> => {
  const [first, ...others] = await ixapiStanding(database.knex, own, (exchange) => `refresh-${exchange}`);
  expect(others).toEqual([]);
  return first!;
};

const addJob = (status: string, finished: string): Promise<unknown> =>
  database.knex('core_job').insert({
    ...{
      id: randomUUID(),
      type: 'ixapi-refresh',
      workflow_id: `refresh-${ids.exchange}`,
      input: '{}',
      status,
      finished,
    },
    error: status === 'failed' ? JSON.stringify({ type: 'IXAPI_UNAVAILABLE', message: `failed at ${finished}` }) : null,
  });

test('an object that was read and shows its exchange stands well', async () => {
  await putDocuments(database.knex, ids.ix_api, { network_services: [networkService()] });
  expect(await standing()).toEqual({
    ...{ id: ids.ix_api, name: 'Example', api_url: 'https://ixapi.example.net/api/v2/', identity: 'ACC-100' },
    ...{ fetched_at: '2026-01-01T00:00:00Z', sealed: false, problems: [], failure: null },
    exchanges: [{ id: ids.exchange, name: 'Example IX', mismatch: null }],
  });
});

test('an exchange that is none of the services says why, once something was read', async () => {
  expect((await standing()).exchanges).toEqual([{ id: ids.exchange, name: 'Example IX', mismatch: null }]);
  const services = [networkService({ peeringdb_ixid: 21 }), networkService({ id: 'NS-2', type: 'p2p_vc' })];
  await putDocuments(database.knex, ids.ix_api, { network_services: services });
  expect((await standing()).exchanges[0]?.mismatch).toMatch(
    /^NS-1: the service is PeeringDB's exchange 21, ours? .*20/,
  );
});

test('a failed refresh is told until the object was read again, by whichever job', async () => {
  await addJob('failed', '2025-12-30T00:00:00Z');
  await addJob('completed', '2026-01-03T00:00:00Z');
  expect((await standing()).failure).toMatchObject({ message: 'failed at 2025-12-30T00:00:00Z' });
  await putDocuments(database.knex, ids.ix_api, {});
  expect(PAST).toBe('2026-01-01T00:00:00.000Z');
  expect((await standing()).failure).toBeNull();
  await addJob('failed', '2026-01-02T00:00:00Z');
  expect((await standing()).failure).toEqual({
    ...{ message: 'failed at 2026-01-02T00:00:00Z', finished: '2026-01-02T00:00:00Z' },
  });
});

test('a secret that another SECRET_KEY sealed does not open', async () => {
  expect((await standing(createVault(new Secret('the secret key of somebody else')))).sealed).toBe(true);
});

test('the doctor looks at IX-API objects in the database of DATABASE_URL, with the SECRET_KEY of the settings', async () => {
  await database.knex('extras_ix_api').update({ api_url: 'https://1.1.1.1/api/v2' });
  const env = { DATABASE_URL: database.url, DATA_DIR: '/nonexistent', SECRET_KEY: 'the secret key of somebody else' };
  const lines = (await checkIxapi(loadConfig(env), env)).map(({ level, detail }) => `${level} ${detail}`);
  expect(lines).toEqual([
    'fail Example: SECRET_KEY does not open its secret',
    'warn Example: it was never read to the end',
  ]);
  const good = { ...env, SECRET_KEY };
  const found = await checkIxapi(loadConfig(good), good);
  expect(found.map(({ level, detail }) => `${level} ${detail}`)).toEqual([
    'warn Example: it was never read to the end',
  ]);
});
