import { checkIxapi } from '../../../api/cli/doctor/ixapi';
import { isPrivate } from '../../../api/cli/doctor/ixapi-ask';
import { loadConfig } from '../../../config/load';
import { startFakeProduct, type Answer, type Asked, type FakeProduct } from '../../helpers/fake-product';

/** An address that is public, and that is never asked here. */
const PUBLIC = 'https://1.1.1.1/api/v2';
const EXCHANGES = '/api/peering/internet-exchanges/';
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

const OBJECT = { id: 1, name: 'Example', api_url: PUBLIC, identity: 'ACC-100', fetched_at: ago(60) as string | null };
const service = (matched: boolean, type = 'exchange_lan'): object => ({
  ...{ id: 'NS-1', type, match: { matched, reason: 'the service is 21, our exchange is 20' } },
});

interface World {
  readonly objects: readonly object[];
  readonly linked: boolean;
  readonly services: readonly object[];
  readonly problems: readonly object[];
  readonly failed: readonly object[];
  readonly tried: Answer;
}

const GOOD: World = {
  ...{ objects: [OBJECT], linked: true, services: [service(true)], problems: [], failed: [] },
  tried: { body: { api_url: PUBLIC, version: '2.7.1', identities: [{ id: 'ACC-100' }] } },
};

let world: World;
let product: FakeProduct;

function answer({ path }: Asked): Answer {
  const page = (results: readonly object[]): Answer => ({ body: { count: results.length, results } });
  if (path === '/api/extras/ix-api/') return page(world.objects);
  if (path === '/api/extras/ix-api/accounts/') return world.tried;
  if (path === EXCHANGES) return page([{ id: 3, name: 'Example IX', ixapi_endpoint: world.linked ? 1 : null }]);
  if (path === '/api/core/jobs/') return page(world.failed);
  return { body: { problems: world.problems, network_services: world.services } };
}

beforeEach(async () => {
  world = GOOD;
  product = await startFakeProduct(answer);
});
afterEach(() => product.close());

/** What is found, a line each: how bad it is, what, and what to do. */
async function findings(more: Partial<World> = {}, settings: Readonly<Record<string, string>> = {}): Promise<string[]> {
  world = { ...GOOD, ...more };
  const env = { CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: '/nonexistent', ...settings };
  const all = await checkIxapi(loadConfig(env), env);
  return all.map(({ level, detail, hint }) => `${level} ${detail}${hint === undefined ? '' : `: ${hint}`}`);
}

/** Those that are not good. */
const wrong = async (...asked: Parameters<typeof findings>): Promise<string[]> =>
  (await findings(...asked)).filter((line) => !line.startsWith('ok '));

test('an IX-API object that has everything is found good, line by line, and is tried as it is kept', async () => {
  expect(await findings()).toEqual([
    `ok Example: ${PUBLIC} is IX-API 2.7.1, and takes the key; ACC-100 is ours`,
    `ok Example: it was last read at ${OBJECT.fetched_at ?? ''}`,
  ]);
  const posted = product.asked.filter(({ method }) => method !== 'GET');
  expect(posted.map(({ path, body }) => [path, body])).toEqual([['/api/extras/ix-api/accounts/', { ix_api: 1 }]]);
});

test('without objects, or without a product, the doctor says that it looked at none', async () => {
  expect(await findings({ objects: [] })).toEqual(['ok off: there is no IX-API object']);
  const env = { DATA_DIR: '/nonexistent' };
  expect(await checkIxapi(loadConfig(env), env)).toEqual([
    { level: 'ok', detail: 'IX-API objects are seen only while the product runs' },
  ]);
  expect(await findings({}, { CROSSCONNECT_URL: 'http://127.0.0.1:9' })).toEqual([
    expect.stringMatching(/^warn IX-API objects cannot be seen: .*does not answer/),
  ]);
});

test('what the exchange refuses fails with its reason, and what nobody could try is a warning', async () => {
  const detail = 'api_secret: https://1.1.1.1/api/v2/auth/token answers 401';
  const refusal = { title: 'Invalid request', detail, errors: { api_secret: [detail.slice(12)] } };
  expect(await wrong({ tried: { status: 400, body: refusal } })).toEqual([
    `fail Example: ${detail} (request req-1): give it what has changed: PATCH /api/extras/ix-api/1/`,
  ]);
  const late = { status: 502, body: { detail: 'the exchange could not be tried in time' } };
  expect(await wrong({ tried: late })).toEqual([
    `warn Example: ${PUBLIC} could not be tried: the exchange could not be tried in time (request req-1)`,
  ]);
});

test('an identity that is not ours any more fails, and the others are named', async () => {
  const identities = [{ id: 'ACC-200' }, { id: 'ACC-300' }];
  expect(await wrong({ tried: { body: { version: '2.7.1', identities } } })).toEqual([
    expect.stringMatching(/^fail Example: .* does not show ACC-100 as ours any more, but ACC-200, ACC-300: give it/),
  ]);
});

test('an object that was not read within twice the longest pause of the schedule is a warning, and says how to read it', async () => {
  const read = (seconds: number): Partial<World> => ({ objects: [{ ...OBJECT, fetched_at: ago(seconds) }] });
  const hint = /: 'crossconnect ixapi refresh 3' reads it; 'crossconnect schedule list' shows whether/;
  expect(await wrong(read(7_100))).toEqual([]);
  expect(await wrong(read(7_300))).toEqual([expect.stringMatching(hint)]);
  // From Friday's to Monday's three days.
  const weekdays = { IXAPI_SCHEDULE: '0 6 * * 1-5' };
  expect(await wrong(read(5 * 86_400), weekdays)).toEqual([]);
  expect(await wrong(read(7 * 86_400), weekdays)).toEqual([
    expect.stringMatching(/^warn Example: it was last read at .*, although IXAPI_SCHEDULE is 0 6 \* \* 1-5: /),
  ]);
  expect(await wrong({ objects: [{ ...OBJECT, fetched_at: null }] })).toEqual([
    expect.stringMatching(/^warn Example: it was never read to the end: 'crossconnect ixapi refresh 3'/),
  ]);
});

test('an object that no exchange is linked to is not read, which is no fault', async () => {
  const unlinked = { linked: false, objects: [{ ...OBJECT, fetched_at: null }] };
  expect(await findings(unlinked)).toContain(
    "ok Example: no internet exchange is linked to it: it is not read: 'crossconnect ixapi link' links one",
  );
});

test('a refresh that failed is told unless the exchange was read since', async () => {
  const failed = (seconds: number): object => ({ finished: ago(seconds), error: { message: 'it answers 503' } });
  expect(await wrong({ failed: [failed(30)] })).toEqual([
    expect.stringMatching(/^warn Example: the last refresh failed at .*Z: it answers 503$/),
  ]);
  expect(await wrong({ failed: [failed(90)] })).toEqual([]);
  expect(product.asked.find(({ path }) => path === '/api/core/jobs/')?.query).toEqual({
    ...{ workflow_id: 'ixapi-refresh-3', status: 'failed', limit: '1' },
  });
});

test('rows that could not be read, and exchanges that are none of the services, are warnings with the reason', async () => {
  const problems = [
    { list: 'ips', id: 'IP-9', reason: 'its address is none' },
    { list: 'macs', id: 'M-1', reason: 'r' },
  ];
  expect(await wrong({ problems })).toEqual([
    expect.stringMatching(/^warn Example: 2 rows could not be read, such as ips IP-9: its address is none: /),
  ]);
  expect(await wrong({ services: [service(false), { ...service(false, 'p2p_vc'), id: 'NS-2' }] })).toEqual([
    expect.stringMatching(
      /^warn Example: no service is the LAN of internet exchange 3 \(Example IX\): NS-1: the service is 21, our exchange is 20: look/,
    ),
  ]);
  expect(await wrong({ services: [service(false, 'p2p_vc')] })).toEqual([
    expect.stringContaining('no service of type exchange_lan is shown'),
  ]);
  // Before the first reading nothing can match.
  const unread = { objects: [{ ...OBJECT, fetched_at: null }], services: [] };
  expect((await wrong(unread)).join()).not.toContain('LAN');
});

test('an address in this network needs IXAPI_ALLOW_PRIVATE, and that is not left on for nothing', async () => {
  const here = { objects: [{ ...OBJECT, api_url: 'http://127.0.0.1:8000/api/v2' }] };
  expect(await wrong(here)).toEqual([
    'fail Example: http://127.0.0.1:8000/api/v2 is no public address, and is not asked: set IXAPI_ALLOW_PRIVATE for the workers, if it is meant to be',
  ]);
  expect(product.asked.map(({ method }) => method)).not.toContain('POST');
  expect(await wrong(here, { IXAPI_ALLOW_PRIVATE: 'true' })).toEqual([]);
  expect(await wrong({}, { IXAPI_ALLOW_PRIVATE: 'true' })).toEqual([
    'warn IXAPI_ALLOW_PRIVATE is true, and no object needs it: leave it out',
  ]);
});

test.each([
  ['https://1.1.1.1/api/v2', false],
  ['https://[2606:4700:4700::1111]/api/v2', false],
  ['https://[::1]/api/v2', true],
  ['https://10.0.0.1/api/v2', true],
  ['https://localhost:8000/api/v2', true],
])('whether %s is an address of this network: %j', async (url, expected) => {
  expect(await isPrivate(url)).toBe(expected);
});
