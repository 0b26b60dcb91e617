import { inspect } from 'node:util';
import { createIxapiClient, type IxapiAnswer, type IxapiClient } from '../../../activities/ixapi/client';
import { readAll, type Get } from '../../../activities/ixapi/reading/lists';
import { AppError } from '../../../activities/shared/failure';
import type { Vault } from '../../../store/secrets';
import { OUR_ACCOUNT } from '../../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi } from '../../fakes/ixapi/server';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addIxApi, ixapiHttp, ixapiVault } from '../../helpers/ixapi-client';

const SIGNAL = new AbortController().signal;

let database: TestDatabase;
let fake: FakeIxapi;
let vault: Vault;
let client: IxapiClient;
let id: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  fake = await startFakeIxapi({ paging: { size: 5 }, lifetimes: { access: 60, refresh: 600 } });
  vault = ixapiVault();
  const clock = (): Date => new Date(fake.clock.now());
  client = createIxapiClient({ knex: database.knex, vault, http: ixapiHttp(), clock });
  id = await addIxApi(database.knex, vault, { api_url: fake.url });
});
afterEach(async () => {
  await client.close();
  await fake.close();
  await database.knex('extras_ix_api').delete();
});
afterAll(() => database.drop());

const ask = (path: string): Promise<IxapiAnswer | undefined> => client.open(id, SIGNAL)(path, []);
const get: Get = (path, parameters) => client.open(id, SIGNAL)(path, parameters);
const grants = (): string[] => fake.tokens.grants().map(({ by }) => by);

async function failure(path: string): Promise<AppError> {
  const error: unknown = await ask(path).catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error('expected a failure', { cause: error });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/eyJ|fakeIxapiSecret/);
  return error;
}

test('what is asked for is answered with its status, as the one whose key it is', async () => {
  expect(await ask('account')).toMatchObject({ status: 200, body: { id: OUR_ACCOUNT } });
  expect((await ask('network-service-configs'))?.status).toBe(206);
  expect(await ask('connections/nobody')).toBeUndefined();
});

test('a list is read to its end over the end of a token, and over its being taken back', async () => {
  const all = await readAll(get, 'network-service-configs');
  const shown = fake.state.rows('network-service-configs').filter((row) => all.some((one) => one.id === row.id));
  expect(shown.length).toBe(all.length);
  expect(all.length).toBeGreaterThan(20);

  fake.faults.add({ path: '/network-service-configs', nth: 3 }, { kind: 'revoke' });
  expect((await readAll(get, 'network-service-configs')).map((row) => row.id)).toEqual(all.map((row) => row.id));
  expect(grants()).toEqual(['token', 'token']);

  const expiring: Get = (path, parameters) => {
    fake.clock.advance(25_000);
    return get(path, parameters);
  };
  expect(await readAll(expiring, 'network-service-configs')).toHaveLength(all.length);
  expect(grants().slice(2)).toContain('refresh');
  expect(fake.log.requests().filter(({ status }) => status === 401)).toHaveLength(1);
});

test('after a 401 there is one sign-in and one repetition, and then it is over', async () => {
  await ask('account');
  fake.log.clear();
  fake.faults.add({ path: '/account', count: null }, { kind: 'revoke' });
  const error = await failure('account');
  expect([error.code, error.message]).toEqual(['IXAPI_FORBIDDEN', expect.stringContaining('answers 401')]);
  expect(fake.log.counts()).toEqual({ 'GET /account': 2, 'POST /auth/token': 1 });
});

test('of several requests that are refused at once one signs in anew for all', async () => {
  await ask('account');
  fake.tokens.revoke('access');
  const answers = await Promise.all(['roles', 'account', 'ports', 'macs', 'ips', 'pops'].map(ask));
  expect(answers.map((answer) => answer?.status)).not.toContain(undefined);
  expect(grants()).toEqual(['token', 'token']);
});

test('what may not be seen is forbidden, and what is wrong with a question is told', async () => {
  fake.faults.add({ path: '/ports' }, { kind: 'status', status: 403, problem: { detail: 'not for this key' } });
  const forbidden = await failure('ports');
  expect([forbidden.code, forbidden.message]).toEqual([
    'IXAPI_FORBIDDEN',
    `${fake.url}/ports answers 403: Error 403: not for this key: look at the api_key and its rights`,
  ]);
  const wrong: unknown = await client
    .open(id, SIGNAL)('ips', [['version', 'x']])
    .catch((error: unknown) => error);
  expect(wrong).toMatchObject({ code: 'IXAPI_BAD_ANSWER', message: expect.stringContaining('version: ') });
});

test('a page that is not found and not from an API says that the address is wrong', async () => {
  await ask('account');
  fake.faults.add({ path: '/ports' }, { kind: 'status', status: 404, body: '<h1>Not Found</h1>' });
  expect((await failure('ports')).code).toBe('IXAPI_BAD_ADDRESS');
});

test('a limit of the exchange reaches the caller with the time to wait', async () => {
  fake.limits.set({ requests: 0, retryAfter: 'date' });
  const error = await failure('account');
  expect(error.code).toBe('IXAPI_THROTTLED');
  expect(error.details['retry_after_seconds']).toBeGreaterThan(50);
  expect(error.details['retry_after_seconds']).toBeLessThanOrEqual(60);
});

test('at most four connections lead to an exchange', async () => {
  await ask('account');
  fake.faults.add({ path: '/roles', count: 12 }, { kind: 'delay', milliseconds: 60 });
  const began = Date.now();
  await Promise.all(Array.from({ length: 12 }, () => ask('roles')));
  expect(Date.now() - began).toBeGreaterThan(150);
});

test('a token is never sent to an address that an object was given meanwhile', async () => {
  const other = await startFakeIxapi({ data: { configs: 1 } });
  try {
    await ask('account');
    await database.knex('extras_ix_api').where({ id }).update({ api_url: other.url });
    expect((await ask('account'))?.status).toBe(200);
    expect(other.log.counts()).toEqual({ 'POST /auth/token': 1, 'GET /account': 1 });
  } finally {
    await other.close();
  }
});

test('a client that is closed asks nothing more', async () => {
  await ask('account');
  await client.close();
  expect((await failure('account')).code).toBe('IXAPI_UNAVAILABLE');
});
