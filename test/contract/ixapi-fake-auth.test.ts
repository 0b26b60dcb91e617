import { ask, askAs, logIn, type Asked } from '../fakes/ixapi/ask';
import { FAKE_IXAPI_KEY, OUR_ACCOUNT } from '../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;

beforeEach(async () => {
  fake = await startFakeIxapi({ lifetimes: { access: 60, refresh: 600 }, data: { configs: 2 } });
});
afterEach(() => fake.close());

const read = (token: string): Promise<Asked> => ask(`${fake.url}/roles`, { authorization: `Bearer ${token}` });
const refresh = (refresh_token: string): Promise<Asked> =>
  ask(`${fake.url}/auth/refresh`, { method: 'POST', body: { refresh_token } });
const claimsOf = (token: string): { sub: string; iat: number; exp: number } =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as never;
const typeOf = ({ json }: Asked): string => String(json().type).replace(/^.*\//, '');

test('both tokens are JSON Web Tokens that say when they expire and whose they are', async () => {
  const pair = await logIn(fake.url);
  const [access, again] = [claimsOf(pair.access_token), claimsOf(pair.refresh_token)];
  expect([access.exp - access.iat, again.exp - again.iat]).toEqual([60, 600]);
  expect([access.sub, again.sub]).toEqual([OUR_ACCOUNT, OUR_ACCOUNT]);
  expect(Math.abs(access.iat * 1000 - Date.now())).toBeLessThan(5000);
  expect((await read(pair.access_token)).status).toBe(200);
});

test('an access token expires, a refresh token gets a new pair, and then that expires too', async () => {
  const pair = await logIn(fake.url);
  fake.clock.advance(61_000);
  const expired = await read(pair.access_token);
  expect([expired.status, typeOf(expired)]).toEqual([401, 'signature-expired.html']);
  const next = await refresh(pair.refresh_token);
  expect(next.status).toBe(201);
  expect((await read(next.json().access_token as string)).status).toBe(200);
  fake.clock.advance(601_000);
  const late = await refresh(next.json().refresh_token as string);
  expect([late.status, typeOf(late)]).toEqual([401, 'signature-expired.html']);
  expect(fake.tokens.grants().map(({ by, account }) => [by, account])).toEqual([
    ['token', OUR_ACCOUNT],
    ['refresh', OUR_ACCOUNT],
  ]);
});

test('tokens are told apart by their use, and what was not signed here is refused', async () => {
  const { access_token, refresh_token } = await logIn(fake.url);
  expect((await read(refresh_token)).status).toBe(401);
  expect((await refresh(access_token)).status).toBe(401);
  const [head, , seal] = access_token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...claimsOf(access_token), exp: 9_999_999_999 })).toString('base64url');
  for (const token of [`${head!}.${forged}.${seal!}`, 'x', 'x.y.z'])
    expect([(await read(token)).status, typeOf(await read(token))]).toEqual([401, 'authentication-error.html']);
});

test('tokens can be taken back before they expire, of one use or of both', async () => {
  const pair = await logIn(fake.url);
  fake.tokens.revoke('access');
  const refused = await read(pair.access_token);
  expect([refused.status, typeOf(refused)]).toEqual([401, 'authentication-error.html']);
  const next = await refresh(pair.refresh_token);
  expect(next.status).toBe(201);
  fake.tokens.revoke();
  expect((await refresh(next.json().refresh_token as string)).status).toBe(401);
  expect((await read((await logIn(fake.url)).access_token)).status).toBe(200);
});

test('a wrong secret, a changed one and a removed key get no tokens', async () => {
  await expect(logIn(fake.url, { ...FAKE_IXAPI_KEY, api_secret: 'wrong' })).rejects.toThrow('401');
  fake.tokens.setKey({ ...FAKE_IXAPI_KEY, api_secret: 'new' });
  await expect(logIn(fake.url)).rejects.toThrow('401');
  const { access_token, refresh_token } = await logIn(fake.url, { ...FAKE_IXAPI_KEY, api_secret: 'new' });
  fake.tokens.removeKey(FAKE_IXAPI_KEY.api_key);
  await expect(logIn(fake.url, { ...FAKE_IXAPI_KEY, api_secret: 'new' })).rejects.toThrow('401');
  expect([(await read(access_token)).status, (await refresh(refresh_token)).status]).toEqual([200, 401]);
});

test('lifetimes change for tokens from then on', async () => {
  fake.tokens.setLifetimes({ access: 1 });
  const { access_token } = await logIn(fake.url);
  fake.clock.advance(1000);
  expect((await read(access_token)).status).toBe(401);
});

test('a key that may only read is refused to write with 403', async () => {
  const reader = { api_key: 'reader', api_secret: 'r', account: OUR_ACCOUNT, read_only: true };
  fake.tokens.setKey(reader);
  const path = `/network-service-configs/${fake.state.cases()['production']!}`;
  expect((await askAs(fake.url, path, {}, reader)).status).toBe(200);
  const refused = await askAs(fake.url, path, { method: 'DELETE' }, reader);
  expect([refused.status, typeOf(refused)]).toEqual([403, 'permission-denied.html']);
  expect(fake.state.row('network-service-configs', 'NSC-1').state).toBe('production');
});

test('what was asked is logged with its answer and account, counted by path, and holds no secret', async () => {
  const { access_token, refresh_token } = await logIn(fake.url);
  await read(access_token);
  await ask(`${fake.url}/ips?version=4`, { authorization: `Bearer ${access_token}` });
  await ask(`${fake.url}/ips`);
  expect(
    fake.log
      .requests()
      .map(({ method, path, query, account, status, rows }) => [method, path, query, account, status, rows]),
  ).toEqual([
    ['POST', '/auth/token', '', null, 201, null],
    ['GET', '/roles', '', OUR_ACCOUNT, 200, 4],
    ['GET', '/ips', '?version=4', OUR_ACCOUNT, 200, 6],
    ['GET', '/ips', '', null, 401, null],
  ]);
  expect(fake.log.counts()).toEqual({ 'POST /auth/token': 1, 'GET /roles': 1, 'GET /ips': 2 });
  const text = JSON.stringify(fake.log.requests());
  for (const secret of [access_token, refresh_token, FAKE_IXAPI_KEY.api_secret]) expect(text).not.toContain(secret);
  fake.log.clear();
  expect(fake.log.counts()).toEqual({});
});
