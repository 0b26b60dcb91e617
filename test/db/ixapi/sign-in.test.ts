import { inspect } from 'node:util';
import type { Knex } from 'knex';
import type { IxapiHttp } from '../../../activities/ixapi/http/ask';
import { createSignIn, type IxapiAccess, type SignIn } from '../../../activities/ixapi/sign-in/sign-in';
import { AppError } from '../../../activities/shared/failure';
import { Secret } from '../../../config/secret';
import { createStore } from '../../../store/knex';
import { createVault, type Vault } from '../../../store/secrets';
import { FAKE_IXAPI_KEY } from '../../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi } from '../../fakes/ixapi/server';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addIxApi, ixapiHttp, ixapiVault } from '../../helpers/ixapi-client';
import { placesWith, tablesOf } from '../../helpers/secret-search';

const SIGNAL = new AbortController().signal;

let database: TestDatabase;
let fake: FakeIxapi;
let vault: Vault;
let http: IxapiHttp;
let id: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  fake = await startFakeIxapi({ lifetimes: { access: 60, refresh: 600 }, data: { configs: 1 } });
  http = ixapiHttp();
  vault = ixapiVault();
  id = await addIxApi(database.knex, vault, { api_url: fake.url });
});
afterEach(async () => {
  await http.close();
  await fake.close();
  await database.knex('extras_ix_api').delete();
});
afterAll(() => database.drop());

const signIn = (knex: Knex = database.knex): SignIn =>
  createSignIn({ knex, vault, http, clock: () => new Date(fake.clock.now()) });
const access = (rejected?: number): Promise<IxapiAccess> => signIn().accessFor(id, SIGNAL, rejected);
const grants = (): string[] => fake.tokens.grants().map(({ by }) => by);
const kept = (): Promise<{ access_until: string | null } | undefined> =>
  database.knex<{ ix_api: number; access_until: string | null }>('ixapi_token').where({ ix_api: id }).first();

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error('expected a failure', { cause: error });
  const shown = inspect(error, { depth: 9, showHidden: true });
  expect(shown).not.toContain(FAKE_IXAPI_KEY.api_secret);
  expect(shown).not.toMatch(/eyJ/);
  return error;
}

test('a pair of tokens is asked for once and used by all who come later', async () => {
  const first = await access();
  expect(first).toMatchObject({ api_url: fake.url, generation: 1 });
  expect((await access()).token.reveal()).toBe(first.token.reveal());
  expect(grants()).toEqual(['token']);
});

test('a token is renewed before it ends, with the refresh token while that is good, else with key and secret', async () => {
  await access();
  fake.clock.advance(53_000);
  await access();
  expect(grants()).toEqual(['token']);
  fake.clock.advance(2_000);
  expect((await access()).generation).toBe(2);
  fake.clock.advance(100_000);
  expect((await access()).generation).toBe(3);
  fake.clock.advance(601_000);
  expect((await access()).generation).toBe(4);
  expect(grants()).toEqual(['token', 'refresh', 'refresh', 'token']);
});

test('where the refresh token is refused, key and secret sign in', async () => {
  await access();
  fake.tokens.revoke();
  fake.clock.advance(55_000);
  expect((await access()).generation).toBe(2);
  expect(grants()).toEqual(['token', 'token']);
});

test.each([429, 500])('where the refresh is answered %i nobody signs in', async (status) => {
  await access();
  fake.clock.advance(55_000);
  fake.faults.add({ path: '/auth/refresh' }, { kind: 'status', status, retryAfter: 5 });
  const error = await failure(access());
  expect(error.code).toBe(status === 429 ? 'IXAPI_THROTTLED' : 'IXAPI_UNAVAILABLE');
  expect(grants()).toEqual(['token']);
});

test('a clock that differs from that of the exchange by a day makes no difference', async () => {
  const clock = (): Date => new Date(fake.clock.now() + 86_400_000);
  const ahead = createSignIn({ knex: database.knex, vault, http, clock });
  await ahead.accessFor(id, SIGNAL);
  await ahead.accessFor(id, SIGNAL);
  fake.clock.advance(55_000);
  await ahead.accessFor(id, SIGNAL);
  expect(grants()).toEqual(['token', 'refresh']);
});

test('an opaque token is used until it is refused', async () => {
  const body = JSON.stringify({ access_token: 'opaque-access', refresh_token: 'opaque-refresh' });
  fake.faults.add({ path: '/auth/token' }, { kind: 'status', status: 201, body });
  expect((await access()).token.reveal()).toBe('opaque-access');
  fake.clock.advance(10 * 86_400_000);
  expect((await access()).token.reveal()).toBe('opaque-access');
  expect((await kept())?.access_until).toBeNull();
  expect((await access(1)).generation).toBe(2);
});

test.each<[string, object | string]>([
  ['no pair', {}],
  ['an empty token', { access_token: '' }],
  ['a token with a line break', { access_token: 'a\r\nx-evil: 1' }],
  ['a token that is a number', { access_token: 7 }],
  ['an endless token', { access_token: 'x'.repeat(20_000) }],
  ['a list', []],
  ['a text', '"hello"'],
  ['nothing that is JSON', '{"access_token": "eyJhbGci'],
])('an answer with %s to a sign-in is a bad one', async (_, answer) => {
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
  fake.faults.add({ path: '/auth/token' }, { kind: 'status', status: 201, body });
  expect((await failure(access())).code).toBe('IXAPI_BAD_ANSWER');
  expect(await kept()).toBeUndefined();
});

test('a token that was refused is replaced with key and secret, once for all who were refused with it', async () => {
  const { generation } = await access();
  const one = signIn();
  const anew = await Promise.all([1, 2, 3, 4].map(() => one.accessFor(id, SIGNAL, generation)));
  expect(anew.map((found) => found.generation)).toEqual([2, 2, 2, 2]);
  expect((await access(generation)).generation).toBe(2);
  expect(grants()).toEqual(['token', 'token']);
});

test('of two processes that want a token at once one signs in, and the other has its token', async () => {
  const other = createStore(database.url);
  fake.faults.add({ path: '/auth/token' }, { kind: 'delay', milliseconds: 100 });
  try {
    const both = await Promise.all([signIn(), signIn(other)].map((each) => each.accessFor(id, SIGNAL)));
    expect(both.map(({ generation }) => generation)).toEqual([1, 1]);
    expect(both[0]?.token.reveal()).toBe(both[1]?.token.reveal());
    expect(grants()).toEqual(['token']);
    const anew = await Promise.all([signIn(), signIn(other)].map((each) => each.accessFor(id, SIGNAL, 1)));
    expect(anew.map(({ generation }) => generation)).toEqual([2, 2]);
    expect(grants()).toEqual(['token', 'token']);
  } finally {
    await other.destroy();
  }
});

test('however many want a token while the exchange is slow, they use up no connections to the database', async () => {
  const small = createStore(database.url, { max: 2 });
  fake.faults.add({ path: '/auth/token' }, { kind: 'delay', milliseconds: 200 });
  const one = signIn(small);
  try {
    const waiting = Promise.all(Array.from({ length: 50 }, () => one.accessFor(id, new AbortController().signal)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await small.raw('SELECT 1');
    expect(fake.tokens.grants()).toEqual([]);
    expect(new Set((await waiting).map(({ generation }) => generation))).toEqual(new Set([1]));
    expect(grants()).toEqual(['token']);
  } finally {
    await small.destroy();
  }
});

test('who gives up waits no longer, and spoils nothing for those who wait as well', async () => {
  const stopping = new AbortController();
  fake.faults.add({ path: '/auth/token' }, { kind: 'delay', milliseconds: 150 });
  const one = signIn();
  const first = one.accessFor(id, stopping.signal);
  const second = one.accessFor(id, SIGNAL);
  setTimeout(() => stopping.abort(new Error('given up')), 50);
  await expect(first).rejects.toThrow('given up');
  expect((await second).generation).toBe(1);
  await expect(one.accessFor(id, stopping.signal, 1)).rejects.toThrow('given up');
  await one.settle();
  expect(grants()).toEqual(['token']);
});

test('an object that is given another key, secret or address never uses the pair of the old one', async () => {
  const { token } = await access();
  const other = await vault.keep(database.knex, 'ixapi_secret', 'another secret', new Date());
  for (const change of [{ api_secret: other }, { api_key: 'another' }, { api_url: `${fake.url}/` }]) {
    const field = Object.keys(change).join();
    const before = await database.knex('extras_ix_api').where({ id }).first(field);
    await database.knex('extras_ix_api').where({ id }).update(change);
    fake.log.clear();
    await access().catch(() => undefined);
    expect(fake.log.counts()).toEqual({ 'POST /auth/token': 1 });
    await database.knex('extras_ix_api').where({ id }).update(before);
  }
  expect((await access()).token.reveal()).not.toBe(token.reveal());
});

test('a pair that was sealed with another SECRET_KEY counts as none', async () => {
  await access();
  await database.knex('ixapi_token').update({ sealed: Buffer.from('something else altogether') });
  expect((await access()).generation).toBe(2);
  expect(grants()).toEqual(['token', 'token']);
});

test('a secret that does not open is told as such, and nothing is asked', async () => {
  vault = createVault(new Secret('the key that came later'));
  fake.log.clear();
  const error = await failure(access());
  expect([error.code, error.message]).toEqual(['IXAPI_SEALED', expect.stringContaining('SECRET_KEY')]);
  expect(fake.log.requests()).toEqual([]);
});

test('an object that is gone has no token', async () => {
  expect((await failure(signIn().accessFor(id + 1, SIGNAL))).code).toBe('IXAPI_NOT_LINKED');
});

test('key and secret that the exchange refuses are forbidden, in words that do not repeat them', async () => {
  fake.tokens.setKey({ ...FAKE_IXAPI_KEY, api_secret: 'changed there' });
  const error = await failure(access());
  expect(error.code).toBe('IXAPI_FORBIDDEN');
  expect(error.message).toContain('The API key or its secret is wrong.');
  expect(error.message).toContain('look at the api_key and the api_secret');
  const detail = `not ${FAKE_IXAPI_KEY.api_secret}`;
  fake.faults.add({ path: '/auth/token' }, { kind: 'status', status: 400, problem: { detail } });
  expect((await failure(access())).message).toContain('not [redacted]');
});

test('a place where nobody signs in is no IX-API', async () => {
  await database.knex('extras_ix_api').where({ id }).update({ api_url: fake.origin });
  expect((await failure(access())).code).toBe('IXAPI_BAD_ADDRESS');
});

test('neither tokens nor secrets are readable in the database', async () => {
  const { token } = await access();
  const secrets = [token.reveal(), FAKE_IXAPI_KEY.api_secret];
  expect(placesWith(await tablesOf(database.knex), secrets)).toEqual([]);
});
