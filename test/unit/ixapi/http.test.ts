import { inspect } from 'node:util';
import { createHttp, type HttpOptions, type IxapiHttp } from '../../../activities/ixapi/http/ask';
import { AppError } from '../../../activities/shared/failure';
import { Secret } from '../../../config/secret';
import type { Fault } from '../../fakes/ixapi/faults';
import { startFakeIxapi, type FakeIxapi } from '../../fakes/ixapi/server';

const TOKEN = 'the.token/that+"nobody"=may see';
const SIGNAL = new AbortController().signal;

let fake: FakeIxapi;
let open: IxapiHttp[] = [];

beforeAll(async () => {
  fake = await startFakeIxapi({ data: { configs: 1 } });
});
afterAll(() => fake.close());
afterEach(async () => {
  fake.faults.clear();
  await Promise.all(open.map((http) => http.close()));
  open = [];
});

function client(options: Partial<HttpOptions> = {}): IxapiHttp {
  const http = createHttp({ allowPrivate: true, userAgent: 'crossconnect/test', timeoutMs: 5_000, ...options });
  open.push(http);
  return http;
}

/** What asking fails with while the exchange does this. */
async function failure(fault: Fault, options: Partial<HttpOptions> = {}): Promise<AppError> {
  fake.faults.add({ path: '/health' }, fault);
  const asked = { method: 'GET', url: `${fake.url}/health?page=1`, secrets: [new Secret(TOKEN)] } as const;
  const error: unknown = await client(options)
    .ask(asked, SIGNAL)
    .catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error('expected a failure', { cause: error });
  expect(error.retryable).toBe(false);
  expect(error.message).not.toContain('page=1');
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  return error;
}

test('an answer is its status and its JSON', async () => {
  const answer = await client().ask({ method: 'GET', url: `${fake.url}/health` }, SIGNAL);
  expect(answer).toMatchObject({ status: 200, body: { status: 'pass' }, place: `${fake.url}/health`, said: '' });
});

test.each([401, 403, 400, 404, 422])('a refusal (%i) is an answer with what the exchange says', async (status) => {
  fake.faults.add({ path: '/health' }, { kind: 'status', status, problem: { title: 'No.', detail: 'Not today.' } });
  const answer = await client().ask({ method: 'GET', url: `${fake.url}/health` }, SIGNAL);
  expect([answer.status, answer.said]).toEqual([status, 'No.: Not today.']);
});

test.each<[Fault, string, string]>([
  [{ kind: 'status', status: 500 }, 'IXAPI_UNAVAILABLE', 'answers 500: Error 500'],
  [{ kind: 'status', status: 503, body: '<h1>down</h1>' }, 'IXAPI_UNAVAILABLE', 'answers 503'],
  [{ kind: 'status', status: 408 }, 'IXAPI_UNAVAILABLE', 'answers 408'],
  [{ kind: 'reset' }, 'IXAPI_UNAVAILABLE', 'ECONNRESET'],
  [{ kind: 'truncated' }, 'IXAPI_UNAVAILABLE', '/health: '],
  [{ kind: 'truncated-json' }, 'IXAPI_BAD_ANSWER', 'answers 200 with what is no JSON'],
  [{ kind: 'not-json' }, 'IXAPI_BAD_ANSWER', 'answers 200 with what is no JSON'],
  [{ kind: 'redirect', to: 'http://127.0.0.1:1/x?token=1' }, 'IXAPI_BAD_ADDRESS', 'redirects to http://127.0.0.1:1/x,'],
  [{ kind: 'redirect', to: '/login', status: 307 }, 'IXAPI_BAD_ADDRESS', '/login, which is not followed'],
  [{ kind: 'redirect', to: 'http://[', status: 301 }, 'IXAPI_BAD_ADDRESS', 'redirects to nowhere'],
  [{ kind: 'redirect', to: 'http://a:b@127.0.0.1/?c#d' }, 'IXAPI_BAD_ADDRESS', 'redirects to http://127.0.0.1/,'],
])('%j comes to %s', async (fault, code, words) => {
  const error = await failure(fault);
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)]);
});

test('a server that does not answer is given up after the deadline', async () => {
  const error = await failure({ kind: 'hang' }, { timeoutMs: 100 });
  expect([error.code, error.message]).toEqual(['IXAPI_UNAVAILABLE', `${fake.url}/health did not answer within 0.1 s`]);
});

test('a server that is not there is unavailable, and so is a name that nobody has', async () => {
  const http = client({ lookup: () => Promise.resolve([]) });
  const closed = http.ask({ method: 'GET', url: 'http://127.0.0.1:1/api/v2/health' }, SIGNAL);
  await expect(closed).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE', message: expect.stringContaining('ECONN') });
  const nobody = http.ask({ method: 'GET', url: 'http://api.example.net/health' }, SIGNAL);
  await expect(nobody).rejects.toMatchObject({ code: 'IXAPI_UNAVAILABLE', message: expect.stringContaining('name') });
});

test('more than the largest answer is not read', async () => {
  const error = await failure({ kind: 'delay', milliseconds: 1 }, { largest: 20 });
  expect([error.code, error.message]).toEqual(['IXAPI_BAD_ANSWER', expect.stringContaining('more than is read')]);
});

const NOW = new Date('2026-06-01T00:00:00Z');

test.each<[number, number | string | undefined, number | undefined]>([
  [429, 7, 7],
  [429, 'Mon, 01 Jun 2026 00:00:09 GMT', 9],
  [429, 'Sun, 31 May 2026 00:00:00 GMT', 1],
  [429, 0, 1],
  [429, 86_400, 3600],
  [429, 'soon', undefined],
  [429, undefined, undefined],
  [503, 30, 30],
])('%i with Retry-After %s is a wait of %s seconds', async (status, retryAfter, seconds) => {
  const fault = { kind: 'status', status, ...(retryAfter === undefined ? {} : { retryAfter }) } as const;
  const error = await failure(fault, { clock: () => NOW });
  expect(error.code).toBe('IXAPI_THROTTLED');
  expect(error.details).toEqual(seconds === undefined ? {} : { retry_after_seconds: seconds });
});

test('an address that may not be reached is asked nothing', async () => {
  fake.log.clear();
  const asking = client({ allowPrivate: false }).ask({ method: 'GET', url: `${fake.url}/health` }, SIGNAL);
  await expect(asking).rejects.toMatchObject({ code: 'IXAPI_BAD_ADDRESS' });
  expect(fake.log.requests()).toEqual([]);
});

test('a secret that the exchange repeats is not repeated here, in whatever part of a problem it is', async () => {
  const problem = {
    title: TOKEN,
    detail: { token: [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN)] },
    properties: [{ name: TOKEN, reason: TOKEN }],
  };
  const error = await failure({ kind: 'status', status: 500, problem });
  expect(error.message).toContain('[redacted]');
  const said = await client().ask(
    { method: 'POST', url: `${fake.url}/auth/token`, body: {}, token: new Secret('abc'), secrets: [new Secret(TOKEN)] },
    SIGNAL,
  );
  expect(said.said).toBe(
    'Some fields did not validate.: api_key: This field is required.; api_secret: This field is required.',
  );
});

test('who gives up is told so, and not that the exchange is away', async () => {
  const stopping = new AbortController();
  fake.faults.add({ path: '/health' }, { kind: 'hang' });
  const asking = client().ask({ method: 'GET', url: `${fake.url}/health` }, stopping.signal);
  setTimeout(() => stopping.abort(), 20);
  const error: unknown = await asking.catch((reason: unknown) => reason);
  expect(error).not.toBeInstanceOf(AppError);
});

test('problems are read under either name of their content', async () => {
  const other = await startFakeIxapi({ data: { configs: 1 }, problems: 'application/problem+json' });
  try {
    for (const { url } of [fake, other]) {
      const answer = await client().ask({ method: 'GET', url: `${url}/accounts` }, SIGNAL);
      expect([answer.status, answer.said]).toEqual([
        401,
        'Authentication Credentials Invalid: No access token was given.',
      ]);
    }
  } finally {
    await other.close();
  }
});
