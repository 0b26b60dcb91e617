import { Writable } from 'node:stream';
import type { Response, Test } from 'supertest';
import { createLogger } from '../../../config/log';
import type { Fault, When } from '../../fakes/ixapi/faults';
import { ixapiFollowWorkflowId } from '../../../workflows/ixapi/messages';
import { FAKE_IXAPI_KEY } from '../../fakes/ixapi/keys';
import { senderOf } from '../../helpers/incident-records';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';
import { until } from '../../helpers/processes';
import { historiesOf, placesWith, tablesOf, type Places } from '../../helpers/secret-search';
import { fromGlobalSetup } from '../../helpers/database';
import { testNamespace } from '../../helpers/temporal';

const { api_key, api_secret: OLD, account } = FAKE_IXAPI_KEY;
const [WRONG, NEW] = ['aSecretThatIsWrong', 'theSecretThatIsNew'];
/** Of sessions with route servers, and of a routing function. */
const [PASSWORD, BGP_PASSWORD] = ['passwordOfASession', 'passwordOfARouter'];
const OBJECTS = '/api/extras/ix-api/';

jest.setTimeout(120_000);

let site: IxapiSite;
const began = new Date().toISOString();
/** What the API answered, by the request. */
const answers: Record<string, string> = {};
/** What PostgreSQL had while an exchange was read. */
let meanwhile: Places = {};
const workerLines: string[] = [];
const log = createLogger(
  { LOG_LEVEL: 'trace', LOG_LEVELS: {} },
  new Writable({
    write: (chunk, _encoding, done) => {
      workerLines.push(String(chunk));
      done();
    },
  }),
);

async function keep(asked: Test): Promise<Response> {
  const { method, url } = asked;
  const answer = await asked;
  const { status, headers, text } = answer;
  answers[`${Object.keys(answers).length} ${method} ${new URL(url).pathname}`] = JSON.stringify([
    ...[status, headers, text],
  ]).replaceAll('\\', '');
  return answer;
}

const get = (path: string) => keep(site.api.get(path));
const post = (path: string, body: object = {}) => keep(site.api.post(path, body));
const patch = (path: string, body: object) => keep(senderOf(site.api)('patch', path, body));
const own = () => `/api/peering/internet-exchanges/${site.exchange}/`;
const refresh = () => post(`${own()}ix-api/refresh/?wait=30`);
const newest = (use: 'access' | 'refresh'): string => site.fake.tokens.issued(use).at(-1)!;
const access = () => ({ name: 'Another', api_url: site.fake.url, api_key, api_secret: WRONG });

/** A problem that says back what the exchange knows then, as careless proxies and frameworks in debug mode do. */
const careless = (status: number): Fault => ({
  ...{ kind: 'status', status },
  problem: {
    get title() {
      return `Error at Authorization: Bearer ${newest('access')}`;
    },
    get detail() {
      const body = JSON.stringify({ api_key, api_secret: NEW });
      return { escaped: encodeURIComponent(NEW), body, tokens: [newest('access'), newest('refresh')] };
    },
    properties: [{ name: 'api_secret', reason: [`${NEW} is no secret`] }],
  },
});

/** Does something while that befalls the exchange. */
async function during(when: When, fault: Fault, work: () => Promise<Response>): Promise<Response> {
  site.fake.faults.add(when, fault);
  const answer = await work();
  site.fake.faults.clear();
  return answer;
}

/** Gives rows the passwords that exchanges may show. */
function addPasswords(): void {
  const { state } = site.fake;
  for (const { id } of state.rows('network-feature-configs'))
    state.update('network-feature-configs', id, { password: PASSWORD });
  const l3_config = { local_asn: 64500, bgp_password: BGP_PASSWORD };
  state.update('network-service-configs', state.cases()['routing-function']!, { l3_config });
}

async function link(): Promise<void> {
  await post(OBJECTS, access());
  await post(`${OBJECTS}accounts/`, { api_url: site.fake.url, api_key, api_secret: WRONG });
  await post(OBJECTS, { ...access(), api_secret: [WRONG] });
  const problem = { detail: `${WRONG} is not the secret of ${api_key}` };
  await during({ path: '/auth/token' }, { kind: 'status', status: 401, problem }, () => post(OBJECTS, access()));
  await patch(`${OBJECTS}${site.ixApi}/`, { api_secret: WRONG });
  site.fake.tokens.setKey({ api_key, api_secret: NEW, account });
  for (const path of ['/account', '/accounts'])
    for (const status of [400, 403, 500])
      await during({ path }, careless(status), () => patch(`${OBJECTS}${site.ixApi}/`, { api_secret: NEW }));
  expect((await patch(`${OBJECTS}${site.ixApi}/`, { api_secret: NEW })).status).toBe(200);
}

async function befallReading(): Promise<void> {
  for (const status of [400, 401, 403, 422, 500, 503])
    await during({ path: '/ips', count: status === 401 ? 2 : 1 }, careless(status), refresh);
  await during({ path: '/health' }, careless(503), refresh);
  const body = `<pre>${newest('access')} ${NEW}</pre>`;
  await during({ path: '/ips' }, { kind: 'status', status: 502, body }, refresh);
  const to = `http://127.0.0.1:1/${newest('access')}/${NEW}?token=${newest('access')}`;
  await during({ path: '/ips' }, { kind: 'redirect', to }, refresh);
  await during({ path: '/ips' }, { kind: 'truncated' }, refresh);
}

/** The access token is past its time by our clock, so that the refresh token is used. */
const expire = () => site.knex('ixapi_token').update({ access_until: '2026-01-01Z' });

async function befallSigningIn(): Promise<void> {
  const { tokens } = site.fake;
  for (const status of [400, 500]) {
    await expire();
    await during({ path: '/auth/refresh' }, careless(status), refresh);
  }
  await expire();
  await refresh();
  tokens.revoke();
  await during({ path: '/auth/*', count: 2 }, careless(401), refresh);
  const to = `http://127.0.0.1:1/${NEW}/?api_secret=${NEW}&token=${newest('refresh')}`;
  await during({ path: '/auth/token', count: null }, { kind: 'redirect', to }, refresh);
  await during({ path: '/ips' }, { kind: 'revoke' }, refresh);
}

/** Looks into the tables while what was read of all lists but the last one waits for that. */
async function lookMeanwhile(): Promise<void> {
  site.fake.faults.add({ path: '/facilities' }, { kind: 'status', status: 503, retryAfter: 1 });
  const answer = refresh();
  await until(async () => (await site.knex('ixapi_page').where({ list: 'pops' })).length > 0);
  const tables = Object.entries(await tablesOf(site.knex));
  meanwhile = Object.fromEntries(tables.map(([place, text]) => [`${place} meanwhile`, text]));
  await answer;
  site.fake.faults.clear();
}

async function importAndFollow(): Promise<void> {
  const { production, requested } = site.fake.state.cases();
  for (const network_service_config of [production, requested])
    await post(`${own()}ix-api/import/?wait=30`, { network_service_config });
  site.fake.faults.add({ path: '/macs', nth: 2 }, careless(500));
  await until(() => site.fake.faults.rules().some(({ hits }) => hits > 0));
  site.fake.state.allocate(requested!);
  // Until it has ended, it would have the faults that are meant for others.
  await site.temporal.client.workflow.getHandle(ixapiFollowWorkflowId(site.exchange)).result();
  site.fake.faults.clear();
}

async function readEverything(): Promise<void> {
  const lists = [OBJECTS, '/api/extras/drift/', '/api/core/jobs/', '/api/net/connections/'];
  for (const list of lists) for (const format of ['json', 'csv']) await get(`${list}?limit=0&format=${format}`);
  for (const path of [`${OBJECTS}${site.ixApi}/`, own(), `${own()}ix-api/`, `${OBJECTS}?q=Secret&ordering=-name`])
    await get(path);
  const events = '/api/plugins/business-application/events/';
  for (const path of ['/metrics', '/api/status/', '/api/schema/', events, '/api/core/schedules/']) await get(path);
  for (const { id } of await site.knex<{ id: string }>('core_job').select('id')) await get(`/api/core/jobs/${id}/`);
}

const histories = (): Promise<Places> =>
  historiesOf(fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL'), testNamespace(), `StartTime >= "${began}"`);

const everywhere = async (): Promise<Places> => ({
  ...{ ...answers, ...meanwhile, ...(await histories()), ...(await tablesOf(site.knex)) },
  ...{ 'log of the API': site.api.lines.join(''), 'log of the worker': workerLines.join('') },
});

const secrets = (): string[] => [OLD, NEW, WRONG, PASSWORD, BGP_PASSWORD, ...site.fake.tokens.issued()];

beforeAll(async () => {
  site = await createIxapiSite({
    ...{ driftEvents: true, log, data: { configs: 10 } },
    durations: { backoff_seconds: 0.05, patience_seconds: 2, follow_seconds: 0.1, follow_at_most_seconds: 0.2 },
  });
  addPasswords();
  await link();
  await refresh();
  await importAndFollow();
  await befallReading();
  await befallSigningIn();
  await lookMeanwhile();
  await readEverything();
});
afterAll(() => site.close());

test('what could have told a secret of an exchange did happen', async () => {
  const { tokens, url } = site.fake;
  expect(tokens.issued('access').length).toBeGreaterThan(5);
  const asked = await fetch(`${url}/network-feature-configs`, {
    headers: { authorization: `Bearer ${newest('access')}` },
  });
  expect(await asked.text()).toContain(PASSWORD);
  const said = [...Object.values(answers), ...workerLines].join('\n');
  for (const status of [400, 401, 403, 422, 500, 502, 503])
    expect([status, said.includes(`answers ${status}`)]).toEqual([status, true]);
  for (const place of ['/auth/token', '/auth/refresh', '/ips', '/account', '/accounts'])
    expect([place, new RegExp(`${place} (answers|redirects)`).test(said)]).toEqual([place, true]);
  expect(said.includes('redirects to http://127.0.0.1:1/[redacted]')).toBe(true);
  for (const field of ['bgp_session_type', 'l3_config'])
    expect(meanwhile['ixapi_page.body meanwhile']?.includes(field)).toBe(true);
  const run = Object.keys(await histories()).map((place) => place.replace(/history of ([a-zA-Z]+-[a-z]+).*/, '$1'));
  for (const name of ['ixapi-probe', 'ixapi-refresh', 'ixapi-import', 'ixapi-follow']) expect(run).toContain(name);
  for (const word of ['[redacted]', 'IXAPI_FORBIDDEN']) expect(workerLines.join('').includes(word)).toBe(true);
});

test('no secret, token or password of an exchange is in any answer, log, history or table', async () => {
  expect(placesWith(await everywhere(), secrets())).toEqual([]);
});

test('the search finds a secret of an exchange wherever one is planted', async () => {
  const { knex, temporal } = site;
  await knex('ixapi_state').update({ health: JSON.stringify({ output: newest('access') }) });
  await knex('ixapi_token').update({ sealed: knex.raw('sealed || ?::bytea', [Buffer.from(newest('refresh'))]) });
  const options = { workflowId: 'ixapi-planted', taskQueue: 'nobody', args: [{}], memo: { secret: NEW } };
  const handle = await temporal.client.workflow.start('planted', options);
  await until(async () => Object.keys(await histories()).some((place) => place.includes('planted')));
  await handle.terminate();
  log.warn({ reason: `the password is ${PASSWORD}` }, 'planted');
  answers['planted answer'] = encodeURIComponent(OLD);
  const found = placesWith(await everywhere(), secrets());
  const places = new Set(found.map((place) => place.replace(/: secret \d+$/, '').replace(/ [0-9a-f-]{36}$/, '')));
  expect([...places].sort()).toEqual([
    'history of ixapi-planted',
    'ixapi_state.health',
    'ixapi_token.sealed',
    'log of the worker',
    'planted answer',
  ]);
});
