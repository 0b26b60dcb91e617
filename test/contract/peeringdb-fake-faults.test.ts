import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { ask } from '../fakes/peeringdb/ask';
import type { Fault, When } from '../fakes/peeringdb/faults';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';

let fake: FakePeeringdb;
const list = (gzip = false): ReturnType<typeof ask> => ask(`${fake.url}/net`, { gzip });
const inject = (fault: Fault, when: When = {}): unknown => fake.faults.add(when, fault);

beforeAll(async () => {
  fake = await startFakePeeringdb({ seed: 5, scale: 0.002 });
});
afterEach(() => {
  expect(fake.faults.rules.map(({ hits }) => hits > 0)).not.toContain(false);
  fake.faults.clear();
});
afterAll(() => fake.close());

test('throttling comes with seconds, with a date, or with no Retry-After at all', async () => {
  for (const retryAfter of [7200, 'Sun, 01 Nov 2026 02:00:00 GMT', null]) {
    inject({ kind: 'throttled', retryAfter });
    const { status, headers, json } = await list();
    expect([status, headers['retry-after']]).toEqual([429, retryAfter === null ? undefined : String(retryAfter)]);
    expect(json().meta.error).toBe('Too Many Requests');
  }
});

test('a refused key, the firewall and failing servers answer as the real ones do', async () => {
  inject({ kind: 'unauthorized' });
  expect(await list()).toMatchObject({ status: 401, text: '{"meta": {"error": "Invalid API key"}}' });
  inject({ kind: 'firewall' });
  const firewall = await list();
  expect([firewall.status, firewall.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
  for (const status of [500, 502, 503]) {
    inject({ kind: 'status', status, retryAfter: 5 });
    expect(await list()).toMatchObject({ status, headers: { 'retry-after': '5' } });
  }
});

test('a connection is reset before any answer', async () => {
  inject({ kind: 'reset' });
  await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(fake.requests.at(-1)).toMatchObject({ status: 0, fault: 'reset' });
});

test.each([false, true])('a connection is reset within the body after a share of it (gzip: %s)', async (gzip) => {
  inject({ kind: 'reset-in-body', share: 0.5 });
  const headers = { 'accept-encoding': gzip ? 'gzip' : 'identity' };
  const { statusCode, headers: sent, body } = await request(`${fake.url}/net`, { headers });
  let received = 0;
  const read = (async (): Promise<void> => {
    for await (const part of body) received += (part as Buffer).length;
  })();
  await expect(read).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(statusCode).toBe(200);
  expect(received).toBe(Math.floor(Number(sent['content-length']) / 2));
});

test.each([false, true])('truncated JSON has the content length of what is there (gzip: %s)', async (gzip) => {
  inject({ kind: 'truncated-json', share: 0.9 });
  const cut = await list(gzip);
  expect(cut.status).toBe(200);
  expect(Number(cut.headers['content-length'])).toBe(cut.raw.length);
  expect(() => cut.json()).toThrow(SyntaxError);
  expect((await list()).text.startsWith(cut.text)).toBe(true);
});

test('a truncated gzip stream has the content length of what is there', async () => {
  inject({ kind: 'truncated-gzip' });
  const { headers, body } = await request(`${fake.url}/net`, { headers: { 'accept-encoding': 'gzip' } });
  const raw = Buffer.from(await body.arrayBuffer());
  expect(Number(headers['content-length'])).toBe(raw.length);
  expect(() => gunzipSync(raw)).toThrow('unexpected end of file');
});

test('rows are missing from a body that ends properly, some or all of them', async () => {
  const whole = (await list()).json().data;
  inject({ kind: 'missing-rows', share: 0.5 });
  expect((await list()).json().data).toEqual(whole.slice(0, Math.floor(whole.length / 2)));
  inject({ kind: 'missing-rows', share: 0 });
  expect((await list(true)).text).toMatch(/^\{"data": \[\], "meta": \{"generated": [\d.]+\}\}$/);
});

test('garbled bytes are no JSON though length and end are right', async () => {
  const whole = await list();
  inject({ kind: 'garbled' });
  const garbled = await list();
  expect(garbled.raw.length).toBe(whole.raw.length);
  expect(garbled.text.slice(-20)).toBe(whole.text.slice(-20));
  expect(() => garbled.json()).toThrow(SyntaxError);
  expect((await list()).text).toBe(whole.text);
});

test('a page, another content type, an error in meta and a redirect come in place of the rows', async () => {
  inject({ kind: 'html' });
  expect(await list()).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  inject({ kind: 'content-type', type: 'text/plain' });
  const renamed = await list();
  expect(renamed.headers['content-type']).toBe('text/plain');
  expect(renamed.json().data.length).toBeGreaterThan(0);
  inject({ kind: 'meta-error', error: 'try later' });
  expect((await list()).text).toBe('{"data": [], "meta": {"error": "try later"}}');
  inject({ kind: 'redirect', to: 'http://127.0.0.1:9/api/net' });
  expect(await list()).toMatchObject({ status: 301, headers: { location: 'http://127.0.0.1:9/api/net' } });
});

test('a body drips in pieces, and an answer is delayed', async () => {
  const whole = await list();
  inject({ kind: 'drip', pieces: 4, pause: 20 });
  let started = Date.now();
  expect((await list()).text).toBe(whole.text);
  expect(Date.now() - started).toBeGreaterThanOrEqual(55);
  inject({ kind: 'delay', milliseconds: 60 });
  started = Date.now();
  await list();
  expect(Date.now() - started).toBeGreaterThanOrEqual(55);
});

test('a request hangs before the headers or after half of the body', async () => {
  const ask = (): ReturnType<typeof request> => request(`${fake.url}/net`, { headersTimeout: 100, bodyTimeout: 100 });
  inject({ kind: 'hang', after: 'request' });
  await expect(ask()).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
  inject({ kind: 'hang', after: 'half' });
  const { body } = await ask();
  await expect(body.arrayBuffer()).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
});

test('a fault befalls only the requests it is meant for: type, kind, reader, the nth, so many', async () => {
  const status = async (path: string): Promise<number> => (await ask(`${fake.url}/${path}`)).status;
  inject({ kind: 'status', status: 500 }, { tag: 'fac', kind: 'since', nth: 2, count: 2 });
  inject({ kind: 'status', status: 503 }, { tag: 'org', identity: 'anonymous', count: null });
  expect(await Promise.all([status('fac'), status('net?since=1'), status('fac?id=1')])).toEqual([200, 200, 200]);
  const since: number[] = [];
  for (let i = 0; i < 4; i += 1) since.push(await status('fac?since=1'));
  expect(since).toEqual([200, 500, 500, 200]);
  expect([await status('org'), await status('org?since=1'), await status('org/1')]).toEqual([503, 503, 503]);
  expect((await ask(`${fake.url}/org`, { key: 'fake-peeringdb-key' })).status).toBe(200);
});
