import type { IxapiHttp } from '../../../activities/ixapi/http/ask';
import { createHttp } from '../../../activities/ixapi/http/ask';
import { probe } from '../../../activities/ixapi/probe/probe';
import { Secret } from '../../../config/secret';
import { dropProbe, keepProbe, probeAnswer, type Access, type ProbeAnswer } from '../../../store/ixapi/object/probes';
import { createVault } from '../../../store/secrets';
import { FAKE_IXAPI_KEY, OTHER_ACCOUNT, OTHER_IXAPI_KEY, OUR_ACCOUNT } from '../../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi, type FakeIxapiOptions } from '../../fakes/ixapi/server';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { ixapiHttp, ixapiVault } from '../../helpers/ixapi-client';
import { placesWith, tablesOf } from '../../helpers/secret-search';

const SIGNAL = new AbortController().signal;
const NOW = new Date('2026-06-01T00:00:00Z');

const vault = ixapiVault();
let database: TestDatabase;
let fake: FakeIxapi;
let http: IxapiHttp;

beforeAll(async () => {
  database = await createTestDatabase();
  http = ixapiHttp();
});
beforeEach(() => start({}));
afterEach(() => fake.close());
afterAll(async () => {
  await http.close();
  await database.drop();
});

async function start(options: FakeIxapiOptions): Promise<void> {
  fake = await startFakeIxapi({ data: { configs: 4 }, ...options });
}

/** The fake as it starts with these, in the place of the one there is. */
async function restart(options: FakeIxapiOptions): Promise<void> {
  await fake.close();
  await start(options);
}

/** What comes of trying the key of our account, or what is given besides. */
async function answerTo(access: Partial<Access> = {}, through = http, timeoutMs = 10_000): Promise<ProbeAnswer> {
  const { api_key, api_secret } = FAKE_IXAPI_KEY;
  const id = await keepProbe(database.knex, vault, { api_url: fake.url, api_key, api_secret, ...access }, NOW);
  await probe({ knex: database.knex, vault, http: through, timeoutMs }, id, SIGNAL);
  const answer = await probeAnswer(database.knex, id);
  if (answer === undefined) throw new Error('expected an answer');
  const text = JSON.stringify(answer);
  expect(text).not.toContain(FAKE_IXAPI_KEY.api_secret);
  expect(text).not.toContain('eyJ');
  return answer;
}

async function refusal(...given: Parameters<typeof answerTo>): Promise<[string, string]> {
  const answer = await answerTo(...given);
  if (answer.ok) throw new Error('expected a refusal');
  return [answer.field, answer.reason];
}

async function found(...given: Parameters<typeof answerTo>): Promise<Extract<ProbeAnswer, { ok: true }>> {
  const answer = await answerTo(...given);
  if (!answer.ok) throw new Error(`${answer.field}: ${answer.reason}`);
  return answer;
}

const idsOf = ({ identities }: Extract<ProbeAnswer, { ok: true }>): [string, string][] =>
  identities.map(({ id, how }) => [id, how]);

const OURS = [
  [OUR_ACCOUNT, 'account'],
  ['ACC-200', 'managed'],
  ['ACC-210', 'managed'],
];

test.each(['', '/', '/api', '/api/v2', '/api/v2/', '/portal/', '/api/v2?x=1#y'])(
  'the API of an exchange is found from its address with %j behind it',
  async (path) => {
    const answer = await found({ api_url: `${fake.origin}${path}` });
    expect(answer).toMatchObject({ api_url: fake.url, version: '2.7.1', health: { status: 'pass' } });
    expect(idsOf(answer)).toEqual(OURS);
  },
);

test('an API at another path is found where it was given', async () => {
  await restart({ basePath: '/members/ix/api/v2' });
  expect((await found({ api_url: `${fake.origin}/members/ix` })).api_url).toBe(fake.url);
  expect((await found({ api_url: fake.url })).api_url).toBe(fake.url);
  expect((await refusal({ api_url: fake.origin }))[1]).toBe(
    `no IX-API answers at ${fake.origin}, nor at ${fake.origin}/api/v2`,
  );
});

test('the accounts that are offered are ours and those below, and no stranger that can be found', async () => {
  const { identities } = await found();
  expect(identities[0]).toEqual({ id: OUR_ACCOUNT, name: 'Our Network', managing_account: null, how: 'account' });
  const { api_key, api_secret } = OTHER_IXAPI_KEY;
  expect(idsOf(await found({ api_key, api_secret }))).toEqual([[OTHER_ACCOUNT, 'account']]);
});

test('version 2.1.0 is told by its token whose the key is', async () => {
  await restart({ version: '2.1.0' });
  const answer = await found();
  expect(answer.version).toBe('2.1.0');
  expect(idsOf(answer)).toEqual([[OUR_ACCOUNT, 'token'], ...OURS.slice(1)]);
});

test('where 2.1.0 gives opaque tokens, what is shown to us says which accounts are ours', async () => {
  await restart({ version: '2.1.0' });
  fake.state.update('accounts', OUR_ACCOUNT, { discoverable: true });
  fake.state.update('accounts', 'ACC-200', { discoverable: true });
  expect(idsOf(await found({}, opaqueTokens(http))).sort()).toEqual([
    [OUR_ACCOUNT, 'consumes'],
    ['ACC-200', 'managed'],
    ['ACC-210', 'not_discoverable'],
  ]);
});

/** An exchange whose tokens say nothing: here they are turned into such and back. */
function opaqueTokens(inner: IxapiHttp): IxapiHttp {
  let real = new Secret('');
  return {
    close: () => inner.close(),
    ask: async (asked, signal) => {
      const answer = await inner.ask({ ...asked, ...(asked.token && { token: real }) }, signal);
      if (!asked.url.endsWith('/auth/token')) return answer;
      real = new Secret((answer.body as { access_token: string }).access_token);
      return { ...answer, body: { access_token: 'opaque', refresh_token: 'opaque' } };
    },
  };
}

test('version 1 is refused with a sentence, by its path and by what is there', async () => {
  const sentence = expect.stringContaining('IX-API version 1 ended on 2026-07-01: expected the address of version 2');
  expect(await refusal({ api_url: `${fake.origin}/api/v1/` })).toEqual(['api_url', sentence]);
  fake.about.setImplementation({ schema_version: '1.0.3' });
  expect(await refusal()).toEqual(['api_url', sentence]);
  await restart({ version: '1' });
  expect(await refusal({ api_url: fake.origin })).toEqual(['api_url', sentence]);
  expect(await refusal({ api_url: `${fake.origin}/api/v2` })).toEqual(['api_url', sentence]);
  expect(fake.tokens.grants()).toEqual([]);
});

test('a version to come is refused, and one that is not told is taken as 2', async () => {
  fake.about.setImplementation({ schema_version: '3.0.0' });
  expect((await refusal())[1]).toBe('the exchange speaks IX-API version 3.0.0: expected version 2');
  fake.about.setImplementation({ schema_version: null });
  expect((await found()).version).toBe('2.7.1');
  fake.about.setHealth({ version: null, releaseId: null });
  expect((await found()).version).toBe('unknown');
});

test.each([500, 502, 503])(
  'a server that answers %i is one that cannot be reached, not an old version',
  async (status) => {
    fake.faults.add({ path: '*', count: null }, { kind: 'status', status });
    const [field, reason] = await refusal();
    expect([field, reason]).toEqual(['api_url', expect.stringMatching(/^it cannot be reached: .* answers 50\d/)]);
  },
);

test('an error of the server in the middle does not make another version, or other accounts, of it', async () => {
  fake.faults.add({ path: '/implementation', count: null }, { kind: 'status', status: 500 });
  expect((await refusal())[1]).toMatch(/^it cannot be reached: .*\/implementation answers 500/);
  fake.faults.clear();
  fake.faults.add({ path: '/account', count: null }, { kind: 'status', status: 500 });
  expect((await refusal())[1]).toMatch(/^it cannot be reached: .*\/account answers 500/);
});

test('an exchange that is not well is an exchange', async () => {
  fake.faults.add({ path: '/health', count: null }, { kind: 'status', status: 503 });
  expect(await found()).toMatchObject({ version: '2.7.1', health: null });
});

test('what wants a token before it says anything is asked again with one', async () => {
  fake.faults.add({ path: '/implementation' }, { kind: 'status', status: 401 });
  fake.faults.add({ path: '/health' }, { kind: 'status', status: 401 });
  expect(await found()).toMatchObject({ version: '2.7.1', health: { status: 'pass' } });
});

test('a server that does not answer is given up at once, and the whole after a while', async () => {
  const impatient = ixapiHttp({ timeoutMs: 50 });
  fake.faults.add({ path: '*', count: null }, { kind: 'hang' });
  expect((await refusal({}, impatient))[1]).toBe(
    `it cannot be reached: ${fake.url}/implementation did not answer within 0.05 s`,
  );
  expect(fake.log.requests()).toHaveLength(1);
  expect((await refusal({}, http, 50))[1]).toBe('it cannot be reached: it had not told all after 0.05 s');
  expect((await refusal({ api_url: 'http://127.0.0.1:1/' }))[1]).toMatch(/^it cannot be reached: .*ECONNREFUSED/);
  await impatient.close();
});

test('a redirect is not followed, and the place that it names is told', async () => {
  fake.faults.add({ path: '*', count: null }, { kind: 'redirect', to: 'https://members.example.net/login?next=1' });
  const [field, reason] = await refusal();
  expect(field).toBe('api_url');
  expect(reason).toContain('redirects to https://members.example.net/login, which is not followed');
});

test('an address that is none of an IX-API, or none at all, is refused at the api_url', async () => {
  fake.faults.add({ path: '*', count: null }, { kind: 'not-json' });
  expect(await refusal()).toEqual(['api_url', `no IX-API answers at ${fake.url}`]);
  for (const api_url of ['', 'nonsense', 'ftp://127.0.0.1/', 'http://a:b@127.0.0.1/', 'http://[', '//x'])
    expect(await refusal({ api_url })).toEqual(['api_url', expect.stringMatching(/^expected an /)]);
});

test('without IXAPI_ALLOW_PRIVATE a private address is refused and not asked, by number and by name', async () => {
  const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const guarded = createHttp({ allowPrivate: false, userAgent: 'crossconnect/test', lookup });
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', 'localhost', 'api.example.net']) {
    const [field, reason] = await refusal({ api_url: `http://${host}:${fake.port}` }, guarded);
    expect([field, reason]).toEqual(['api_url', expect.stringContaining('the setting IXAPI_ALLOW_PRIVATE')]);
  }
  expect(fake.log.requests()).toEqual([]);
  await guarded.close();
});

test('a wrong secret is refused at the api_secret, what the key may not do at the api_key', async () => {
  expect(await refusal({ api_secret: 'wrong' })).toEqual([
    'api_secret',
    expect.stringContaining('look at the api_key and the api_secret'),
  ]);
  fake.faults.add({ path: '/accounts' }, { kind: 'status', status: 403 });
  expect(await refusal()).toEqual(['api_key', expect.stringContaining('/accounts answers 403')]);
});

test('a limit of the exchange is told as it says it', async () => {
  fake.faults.add({ path: '/implementation' }, { kind: 'status', status: 429, retryAfter: 60 });
  expect(await refusal()).toEqual(['api_url', expect.stringContaining('answers 429')]);
});

test('a list of accounts that does not end is no answer', async () => {
  fake.faults.add({ path: '/accounts', count: null }, { kind: 'endless' });
  expect(await refusal()).toEqual(['api_url', expect.stringContaining('the list accounts does not get on')]);
});

test('names that PostgreSQL does not take are kept without what it refuses', async () => {
  fake.state.update('accounts', OUR_ACCOUNT, { name: 'We\u0000 \ud800 are' });
  expect((await found()).identities[0]?.name).toBe('We\ufffd \ufffd are');
});

test('a secret that is kept already is named by its row, and one that does not open is told', async () => {
  const secretId = await vault.keep(database.knex, 'ixapi_secret', FAKE_IXAPI_KEY.api_secret, NOW);
  expect(idsOf(await found({ api_secret: { secretId } }))).toEqual(OURS);
  const other = createVault(new Secret('the key that came later'));
  const later = await other.keep(database.knex, 'ixapi_secret', FAKE_IXAPI_KEY.api_secret, NOW);
  expect(await refusal({ api_secret: { secretId: later } })).toEqual([
    'api_secret',
    expect.stringContaining('SECRET_KEY'),
  ]);
  expect(await refusal({ api_secret: { secretId: 0 } })).toEqual([
    'api_secret',
    expect.stringContaining('give it again'),
  ]);
});

test('what is tried stands sealed in the database, for an hour at most', async () => {
  const { api_key, api_secret } = FAKE_IXAPI_KEY;
  const access = { api_url: fake.url, api_key, api_secret };
  await database.knex('ixapi_probe').delete();
  const old = await keepProbe(database.knex, vault, access, new Date(NOW.getTime() - 3_600_001));
  const young = await keepProbe(database.knex, vault, access, new Date(NOW.getTime() - 3_599_000));
  expect(placesWith(await tablesOf(database.knex), [api_secret])).toEqual([]);
  await keepProbe(database.knex, vault, access, NOW);
  const left = await database.knex('ixapi_probe').pluck<string[]>('id');
  expect([left.length, left.includes(young), left.includes(old)]).toEqual([2, true, false]);
  expect(await probeAnswer(database.knex, young)).toBeUndefined();
  await dropProbe(database.knex, young);
  await probe({ knex: database.knex, vault, http }, young, SIGNAL);
  expect(await probeAnswer(database.knex, young)).toBeUndefined();
  expect(fake.log.requests()).toEqual([]);
});

test('a probe that is cancelled says nothing', async () => {
  const { api_key, api_secret } = FAKE_IXAPI_KEY;
  const id = await keepProbe(database.knex, vault, { api_url: fake.url, api_key, api_secret }, NOW);
  const stopping = new AbortController();
  fake.faults.add({ path: '/implementation' }, { kind: 'hang' });
  const trying = probe({ knex: database.knex, vault, http }, id, stopping.signal);
  setTimeout(() => stopping.abort(new Error('cancelled')), 30);
  await expect(trying).rejects.toThrow();
  expect(await probeAnswer(database.knex, id)).toBeUndefined();
});
