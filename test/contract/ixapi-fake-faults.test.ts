import { request } from 'undici';
import { ask, logIn, type Asked } from '../fakes/ixapi/ask';
import type { Fault } from '../fakes/ixapi/faults';
import { OTHER_IXAPI_KEY } from '../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;
let authorization: string;

beforeEach(async () => {
  fake = await startFakeIxapi({ data: { configs: 2 } });
  authorization = `Bearer ${(await logIn(fake.url)).access_token}`;
});
afterEach(() => fake.close());

const get = (path = '/ips'): Promise<Asked> => ask(`${fake.url}${path}`, { authorization });

test('faults befall the requests that are meant: by path, parameters, method and number', async () => {
  const fault: Fault = { kind: 'status', status: 503 };
  fake.faults.add({ path: '/ips' }, fault);
  fake.faults.add({ path: '/macs*', nth: 2, count: 2 }, fault);
  fake.faults.add({ query: 'type=p2p_vc' }, fault);
  fake.faults.add({ method: 'POST' }, fault);
  const statuses: number[] = [];
  for (const path of ['/ips/IP-1', '/ips', '/ips', '/macs', '/macs/MAC-1', '/macs', '/macs'])
    statuses.push((await get(path)).status);
  expect(statuses).toEqual([200, 503, 200, 200, 503, 503, 200]);
  expect((await get('/network-services?type=p2p_vc')).status).toBe(503);
  await expect(logIn(fake.url)).rejects.toThrow('503');
  expect(fake.faults.rules().map(({ hits }) => hits)).toEqual([1, 2, 1, 1]);
  fake.faults.add({ count: null }, fault);
  expect((await get()).status).toBe(503);
  fake.faults.clear();
  expect((await get()).status).toBe(200);
});

test('a status is a problem document, with members and a type as they are given, or a page', async () => {
  fake.faults.add({}, { kind: 'status', status: 401 });
  const refused = await get();
  expect([refused.status, refused.headers['content-type'], refused.json().type]).toEqual([
    401,
    'application/json',
    'https://errors.ix-api.net/v2/authentication-error.html',
  ]);
  const details = { detail: ['not', { a: 'text' }], title: null };
  fake.faults.add({}, { kind: 'status', status: 500, problem: details, type: 'application/problem+json' });
  const odd = await get();
  expect([odd.headers['content-type'], odd.json()]).toMatchObject(['application/problem+json', details]);
  fake.faults.add({}, { kind: 'status', status: 502, body: '<html>Bad Gateway</html>', retryAfter: 7 });
  const page = await get();
  expect([page.status, page.text, page.headers['content-type'], page.headers['retry-after']]).toEqual([
    502,
    '<html>Bad Gateway</html>',
    'text/html',
    '7',
  ]);
});

test('an answer is cut in its body, with the connection or with a length that says it is all', async () => {
  const whole = (await get()).text;
  fake.faults.add({}, { kind: 'truncated', share: 0.3 });
  await expect(get()).rejects.toThrow(/closed|terminated/);
  fake.faults.add({}, { kind: 'truncated-json', share: 0.3 });
  const cut = await get();
  expect([cut.status, cut.text]).toEqual([200, whole.slice(0, Math.floor(whole.length * 0.3))]);
  expect(() => cut.json()).toThrow();
});

test('an answer is a page for people, misnamed or somewhere else', async () => {
  fake.faults.add({ nth: 1 }, { kind: 'not-json' });
  fake.faults.add({ nth: 2 }, { kind: 'content-type', type: 'text/plain' });
  fake.faults.add({ nth: 3 }, { kind: 'redirect', to: 'http://127.0.0.1:1/' });
  const page = await get();
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(() => page.json()).toThrow();
  const misnamed = await get();
  expect([misnamed.headers['content-type'], Array.isArray(misnamed.json())]).toEqual(['text/plain', true]);
  const moved = await get();
  expect([moved.status, moved.headers['location']]).toEqual([302, 'http://127.0.0.1:1/']);
});

test('a connection is reset, hangs, or is lost after the work was done', async () => {
  fake.faults.add({}, { kind: 'reset' });
  await expect(get()).rejects.toThrow(/closed|ECONNRESET/);
  fake.faults.add({}, { kind: 'hang' });
  const signal = AbortSignal.timeout(80);
  await expect(request(`${fake.url}/ips`, { headers: { authorization }, signal })).rejects.toThrow('timeout');
  fake.faults.add({}, { kind: 'lose-answer' });
  const path = `/network-service-configs/${fake.state.cases()['untagged']!}`;
  await expect(ask(`${fake.url}${path}`, { method: 'DELETE', authorization })).rejects.toThrow(/closed|ECONNRESET/);
  expect(fake.state.row('network-service-configs', 'NSC-2').state).not.toBe('production');
  expect(
    fake.log
      .requests()
      .slice(1)
      .map(({ status, fault }) => [status, fault]),
  ).toEqual([
    [0, 'reset'],
    [0, 'hang'],
    [0, 'lose-answer'],
  ]);
});

test('an answer comes late', async () => {
  fake.faults.add({}, { kind: 'delay', milliseconds: 120 });
  const started = performance.now();
  expect((await get()).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThanOrEqual(115);
});

test('so many requests are let through for each account, and 429 says when to come back', async () => {
  fake.limits.set({ requests: 2, windowMs: 300 });
  expect([(await get()).status, (await get()).status]).toEqual([200, 200]);
  const refused = await get();
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
  const other = `Bearer ${(await logIn(fake.url, OTHER_IXAPI_KEY)).access_token}`;
  expect((await ask(`${fake.url}/ips`, { authorization: other })).status).toBe(200);
  fake.limits.set({ requests: 0, retryAfter: 'date' });
  expect(Date.parse((await get()).headers['retry-after'] as string)).toBeGreaterThan(Date.now());
  fake.limits.set({ requests: 0, retryAfter: 'none' });
  expect((await get()).headers['retry-after']).toBeUndefined();
  fake.limits.set('off');
  expect((await get()).status).toBe(200);
});

test('every hostile value is sent as it is, and the list is still answered', async () => {
  for (const [name, { collection, changes }] of Object.entries(fake.state.hostile())) {
    const { id } = fake.state.rows(collection)[0]!;
    const before = fake.state.row(collection, id);
    fake.state.poison(name, id);
    const list = await get(`/${collection}`);
    const sent = (list.json() as Record<string, unknown>[])[0]!;
    const expected = JSON.parse(JSON.stringify(changes)) as Record<string, unknown>;
    expect([name, list.status, { ...sent, ...expected }]).toEqual([name, 200, sent]);
    expect((await get('/ips?network_service=NS-1')).status).toBe(200);
    fake.state.put(collection, before);
  }
  expect(() => fake.state.poison('nothing')).toThrow('nothing: there are script-in-name');
});
