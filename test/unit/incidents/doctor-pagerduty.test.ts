import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkPagerduty } from '../../../api/cli/doctor/pagerduty';
import { loadConfig } from '../../../config/load';
import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../../fakes/pagerduty/server';
import { startFakeProduct } from '../../helpers/fake-product';
import { runCli } from '../../helpers/run-cli';

let pagerduty: FakePagerduty;
let closings: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  pagerduty = await startFakePagerduty();
  closings = [() => pagerduty.close()];
});
afterEach(async () => {
  for (const close of closings) await close();
});

type Settings = Readonly<Record<string, string>>;

/** Settings with which everything is good. */
const good = (): Settings => ({
  ...{ PAGERDUTY_ENABLED: 'true', PAGERDUTY_ROUTING_KEY: FAKE_ROUTING_KEY, DATA_DIR: '/nonexistent' },
  ...{ PAGERDUTY_EVENTS_API_URL: `${pagerduty.url}/v2/enqueue`, PAGERDUTY_WEBHOOK_SECRETS: 'one-secret,another' },
  ...{ PAGERDUTY_API_URL: pagerduty.url, PAGERDUTY_API_TOKEN: FAKE_PAGERDUTY_TOKEN },
  ...{ PUBLIC_URL: 'http://127.0.0.1:9', BASE_URL: 'https://netbox.example.net', API_TOKEN: 'token-of-the-product' },
});

const CALM = {
  ...{ configured: true, dead: 0, sealed_keys: [] as string[] },
  webhooks: { refused_signatures: 0, last_refused: null as string | null },
};

/** What is found while the product answers with this status, a line each. */
async function findings(more: Settings = {}, status: object = CALM): Promise<string[]> {
  const product = await startFakeProduct(() => ({ body: status }));
  closings.push(() => product.close());
  const env = { ...good(), CROSSCONNECT_URL: product.url, ...more };
  const found = await checkPagerduty(loadConfig(env), env);
  return found.map(({ level, detail, hint }) => `${level} ${detail}${hint === undefined ? '' : `: ${hint}`}`);
}

/** Those that are not good. */
const wrong = async (...asked: Parameters<typeof findings>): Promise<string[]> =>
  (await findings(...asked)).filter((line) => !line.startsWith('ok '));

/** Something that stands where PagerDuty should. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).on('request', (_, response) => response.end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closings.push(() => new Promise((done) => server.close(done)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a PagerDuty that has everything is found good, line by line, and no event reaches it', async () => {
  expect(await findings()).toEqual([
    'ok PAGERDUTY_ROUTING_KEY is set',
    `ok ${pagerduty.url}/v2/enqueue is the Events API`,
    `ok ${pagerduty.url} takes the token, and it may read incidents`,
    'ok webhooks have to be signed; secrets: 2',
  ]);
  expect(pagerduty.log.events().filter(({ status }) => status === 202)).toEqual([]);
});

test('the doctor asks nobody while PagerDuty is off', async () => {
  expect(await findings({ PAGERDUTY_ENABLED: 'false' })).toEqual(['ok off: PAGERDUTY_ENABLED is false']);
  expect([...pagerduty.log.events(), ...pagerduty.requests]).toEqual([]);
});

test('being enabled without any routing key fails; keys of services, or a product that cannot be asked, are no failure', async () => {
  const none = { PAGERDUTY_ROUTING_KEY: '' };
  expect(await wrong(none, { ...CALM, configured: false })).toEqual([
    expect.stringMatching(/^fail there is no routing key: nothing can be sent: set PAGERDUTY_ROUTING_KEY, or give /),
  ]);
  expect(await findings(none)).toContain(
    'ok PAGERDUTY_ROUTING_KEY is not set: only what has a routing key of its own is sent',
  );
  expect(await wrong({ ...none, CROSSCONNECT_URL: 'http://127.0.0.1:9' })).toEqual([
    expect.stringMatching(/^warn PAGERDUTY_ROUTING_KEY is not set, and whether technical services have keys/),
    expect.stringMatching(/^warn dead letters, .* cannot be seen: .*does not answer/),
  ]);
});

test('without a running product the doctor says what it did not look at', async () => {
  const env: NodeJS.ProcessEnv = { ...good(), PUBLIC_URL: '' };
  const found = await checkPagerduty(loadConfig(env), env);
  expect(found).toContainEqual({
    ...{ level: 'ok', detail: 'dead letters, refused webhooks and stored keys are seen only while the product runs' },
  });
});

test.each([
  ['a page for people', 400, '<html></html>', 'answers 400, and is no Events API of PagerDuty'],
  ['JSON of something else', 400, '{"error": "bad"}', 'answers 400, and is no Events API of PagerDuty'],
  ['whatever takes everything', 202, '{}', 'answers 202, and is no Events API of PagerDuty'],
  ['no such address', 404, '', 'answers 404, and is no Events API of PagerDuty'],
  ['an outage', 503, '', 'answers 503: look at the status page'],
])('%s where the Events API should be fails', async (_what, status, body, said) => {
  const url = await serve((_, response) => response.writeHead(status).write(body));
  const lines = await wrong({ PAGERDUTY_EVENTS_API_URL: `${url}/v2/enqueue` });
  expect(lines).toEqual([expect.stringContaining(`fail ${url}/v2/enqueue ${said}`)]);
});

test('an address of events that redirects, or that nobody listens at, says which setting to look at', async () => {
  const url = await serve((_, response) => response.writeHead(302, { location: 'https://login.example.net/' }));
  expect(await wrong({ PAGERDUTY_EVENTS_API_URL: url })).toEqual([
    expect.stringMatching(/^fail .* redirects, to https:\/\/login.*: PAGERDUTY_EVENTS_API_URL must name the final/),
  ]);
  expect(await wrong({ PAGERDUTY_EVENTS_API_URL: 'http://127.0.0.1:9/v2/enqueue' })).toEqual([
    expect.stringMatching(/^fail .*ECONNREFUSED.*: look at PAGERDUTY_EVENTS_API_URL and the network$/),
  ]);
});

test('a throttled Events API is a warning', async () => {
  pagerduty.faults.add({ path: '/v2/enqueue' }, { kind: 'status', status: 429 });
  expect(await wrong()).toEqual([expect.stringMatching(/^warn .* answers 429: too many requests/)]);
});

test('a token that the REST API refuses fails, and is not shown; without one there is a hint', async () => {
  const token = 'a-token-of-somebody-else';
  expect(await wrong({ PAGERDUTY_API_TOKEN: token })).toEqual([
    `fail ${pagerduty.url} refuses the token: look at PAGERDUTY_API_TOKEN: it is wrong, or of another region`,
  ]);
  pagerduty.faults.add({ path: '/incidents' }, { kind: 'status', status: 403 });
  expect(await wrong()).toEqual([expect.stringMatching(/^fail the token may not read incidents: /)]);
  const echo = await serve(({ headers }, response) =>
    response.writeHead(307, { location: `http://elsewhere/?${headers.authorization}` }),
  );
  const [line] = await wrong({ PAGERDUTY_API_URL: echo, PAGERDUTY_API_TOKEN: token });
  expect(line).toMatch(/^fail .* redirects, to http:\/\/elsewhere\/\?Token token=\[redacted\]: PAGERDUTY_API_URL must/);
  expect(await findings({ PAGERDUTY_API_TOKEN: '' })).toContainEqual(
    expect.stringMatching(/^ok PAGERDUTY_API_TOKEN is not set: with it, both sides are compared/),
  );
});

test('missing secrets of webhooks are a warning, missing addresses for links are hints', async () => {
  expect(await wrong({ PAGERDUTY_WEBHOOK_SECRETS: '' })).toEqual([
    expect.stringMatching(/^warn webhooks are refused: .*: set PAGERDUTY_WEBHOOK_SECRETS/),
  ]);
  const lines = await findings({ PUBLIC_URL: '', BASE_URL: '' });
  expect(lines).toContain('ok PUBLIC_URL is not set: alerts about records of our own have no link to them');
  expect(lines).toContain("ok BASE_URL is not set: alerts about NetBox's records have no link to them");
});

test('dead letters, refused webhooks and keys that do not open are found, each with what to do', async () => {
  const last_refused = new Date(Date.now() - 60_000).toISOString();
  const webhooks = { refused_signatures: 4, last_refused };
  expect(
    await wrong({}, { ...CALM, dead: 3, sealed_keys: ['technical service transit', '2 open alerts'], webhooks }),
  ).toEqual([
    expect.stringMatching(
      /^fail SECRET_KEY does not open the routing keys of technical service transit, 2 open alerts: restore the SECRET_KEY/,
    ),
    expect.stringMatching(
      `^warn webhooks were refused, 4 of them, the last at ${last_refused}: .*PAGERDUTY_WEBHOOK_SECRETS`,
    ),
    expect.stringMatching(/^warn 3 dead letters: 'crossconnect pagerduty dead-letters' says why/),
  ]);
  const longAgo = new Date(Date.now() - 30 * 24 * 3600_000).toISOString();
  expect(await wrong({}, { ...CALM, webhooks: { refused_signatures: 4, last_refused: longAgo } })).toEqual([]);
});

test('the command has a line for each finding about PagerDuty, and none shows a key', async () => {
  const env = { ...good(), PORT: '0', TEMPORAL_UI_PORT: '0', PEERINGDB_API: 'http://127.0.0.1:9' };
  const { code, stdout } = await runCli(env, 'doctor');
  const lines = stdout.split('\n').filter((line) => /^\w+ +pagerduty /.test(line));
  expect(lines.map((line) => line.slice(0, 4).trim())).toEqual(['ok', 'ok', 'ok', 'ok', 'warn']);
  expect(code).toBe(1);
  expect(stdout).not.toMatch(new RegExp(`${FAKE_ROUTING_KEY}|${FAKE_PAGERDUTY_TOKEN}|one-secret`));
});
