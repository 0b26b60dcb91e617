import { createStore } from '../../../store/knex';
import { Secret } from '../../../config/secret';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { about, insertAlert, pagerdutyApi, saidOf, sendWebhook, signed } from '../../helpers/pagerduty-webhook';
import { NO_PAGERDUTY, type TestApi } from '../../helpers/api';
import { startTcpProxy } from '../../helpers/tcp-proxy';
import { BAD_FILTERS } from '../../helpers/hostile';

const LISTS = '/api/plugins/business-application/pagerduty/';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = pagerdutyApi(database.knex);
});
afterAll(() => database.drop());

/** `openssl dgst -sha256 -hmac <secret>` of these bytes. */
const BYTES =
  '{"event":{"id":"01CH754SM17TWPE2V2H4VPBRO7","event_type":"pagey.ping","resource_type":"pagey","occurred_at":"2026-01-31T12:00:00.000Z","agent":null,"client":null,"data":{"message":"Héllo ✓","type":"ping"}}}';
const DIGESTS = {
  'first-secret': '050a3dec1421d2fcb32bea14a61e904df1a89b7fd170bbd19827df98731d130b',
  'second-secret': 'f8b6651d1bc7114d47eb75d189f3d4b021be029e4fbb93150658c19468283283',
};
const [FIRST, SECOND] = Object.values(DIGESTS);

test.each([
  [`v1=${FIRST}`, ['first-secret'], 202],
  [`v1=${FIRST}`, ['second-secret', 'first-secret'], 202],
  [`v1=${SECOND},v1=${FIRST}`, ['first-secret'], 202],
  [`v1=${'0'.repeat(64)}, v1=${SECOND}`, ['first-secret', 'second-secret'], 202],
  [`v2=${FIRST},v1=${FIRST}`, ['first-secret'], 202],
  [`v2=${FIRST}`, ['first-secret'], 403],
  [`v1=${FIRST}`, ['second-secret'], 403],
  [`v1=${FIRST}`, [], 403],
  [`v1=${FIRST?.slice(0, 62)}`, ['first-secret'], 403],
  [`v1=${FIRST}00`, ['first-secret'], 403],
  [FIRST ?? '', ['first-secret'], 403],
  ['v1=', ['first-secret'], 403],
  [`V1=${FIRST}`, ['first-secret'], 403],
  [',,,v1=,=,v1', ['first-secret'], 403],
])('the signature %s with our secrets %j is answered %d', async (signature, secrets, status) => {
  await database.knex('pagerduty_webhook').delete();
  const rotating = pagerdutyApi(database.knex, { webhookSecrets: secrets.map((secret) => new Secret(secret)) });
  const { body } = await sendWebhook(rotating, BYTES, { 'X-PagerDuty-Signature': signature }).expect(status);
  if (status === 403)
    expect(body.detail).toMatch(secrets.length === 0 ? 'PAGERDUTY_WEBHOOK_SECRETS' : /another secret/);
});

test('refusals are counted, and the first one is told of in the log with what PagerDuty does after three', async () => {
  const refusing = pagerdutyApi(database.knex);
  await database.knex('pagerduty_refused').update({ webhooks: 0, last: null });
  for (let i = 0; i < 3; i++) await sendWebhook(refusing, BYTES, { 'X-PagerDuty-Signature': 'v1=00' }).expect(403);
  expect(await database.knex('pagerduty_refused').first('webhooks')).toEqual({ webhooks: 3 });
  const told = refusing.lines.filter((line) => line.includes('disables the subscription'));
  expect(told).toHaveLength(1);
  expect(refusing.lines.join('')).not.toMatch('secret-of-the-subscription');
});

test('a webhook without a signature or a body is a 400, which is not counted as refused', async () => {
  const before = await database.knex('pagerduty_refused').first('webhooks');
  await sendWebhook(api, BYTES, { 'X-PagerDuty-Signature': '' }).expect(400);
  await sendWebhook(api, '').expect(400);
  await sendWebhook(api, '{"event":').expect(400);
  expect(await database.knex('pagerduty_refused').first('webhooks')).toEqual(before);
});

test('a ping, a note and types that PagerDuty may add are taken and ignored, whatever they hold', async () => {
  const ping = await sendWebhook(api, about('pagey.ping')).expect(202);
  expect(ping.body).toEqual({ status: 'accepted', outcome: 'ignored', reason: null });
  await sendWebhook(api, about('incident.annotated', { content: 'a note', id: 'NOTE1' })).expect(202);
  for (const event of [
    { id: 'x1', event_type: 'incident.of.tomorrow' },
    { id: 'x2', event_type: 'service.updated', data: null, occurred_at: 'never' },
    { id: 'x3', event_type: 'constructor', data: [1], agent: 5 },
  ])
    expect((await sendWebhook(api, { event }).expect(202)).body.outcome).toBe('ignored');
});

test.each([
  ...['[]', 'null', '1', '"text"', '{}', '{"event":[]}', '{"event":null}', '{"event":{"event_type":5}}'],
  JSON.stringify(about('incident.resolved', { id: 5 })),
  JSON.stringify(about('incident.resolved', { id: 'a\u0000b' })),
  JSON.stringify(about('incident.resolved', { id: '' })),
  JSON.stringify(about('incident.resolved', { id: 'x'.repeat(300) })),
  JSON.stringify(about('incident.resolved', { incident_key: 7 })),
  JSON.stringify(about('incident.resolved', { incident_key: { a: 1 } })),
  JSON.stringify(about('incident.resolved', { occurred_at: 'yesterday' })),
  JSON.stringify(about('incident.resolved', { occurred_at: 1e308 })),
  JSON.stringify(about('incident.resolved', { occurred_at: '2026-02-31T00:00:00Z' })),
  '{"event":{"id":"\\ud800","event_type":"incident.resolved"}}',
  `{"event":{"data":${'['.repeat(5_000)}${']'.repeat(5_000)},"event_type":"incident.resolved","id":"deep"}}`,
])('of hostile bodies with a good signature, %.60s is a 400 that names what was expected', async (body) => {
  const answer = await sendWebhook(api, body).expect(400);
  expect(answer.body.detail).toMatch(/expected|object/);
});

test.each([
  { incident_key: 'a\u0000b' },
  { incident_key: '\ud800' },
  { incident_key: 'k'.repeat(100_000) },
  { agent: 'x'.repeat(500_000) },
  { agent: '\u0000' },
  { resolve_reason: { type: 'merge_resolve_reason', incident: { id: { a: 1 } } } },
  { resolve_reason: 'text' },
  { occurred_at: '1970-01-01T00:00:00Z' },
  { occurred_at: '9999-12-31T23:59:59Z' },
  JSON.parse('{"__proto__": {"id": "x"}, "constructor": 1}'),
])('what is no incident of ours is taken all the same: %.60j', async (data) => {
  const { body } = await sendWebhook(api, about('incident.resolved', data));
  expect([data, body]).toEqual([data, expect.objectContaining({ status: 'accepted', outcome: 'unmatched' })]);
});

test('a webhook id that is none falls back to the id of the event, and a body of two megabytes is refused', async () => {
  const body = about('pagey.ping');
  await sendWebhook(api, body, { 'X-Webhook-Id': 'w'.repeat(300) }).expect(202);
  expect(await database.knex('pagerduty_webhook').where({ id: body.event['id'] }).first()).toBeDefined();
  await sendWebhook(api, JSON.stringify({ event: 'x'.repeat(2_000_000) })).expect(413);
});

test('a repetition changes nothing, also of two that come at once', async () => {
  const alert = await insertAlert(database.knex, 'repeated');
  const body = about('incident.acknowledged', { incident_key: 'repeated' });
  const send = () => sendWebhook(api, body, { 'X-Webhook-Id': 'repeated-id' });
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202]);
  expect(answers.find(({ status }) => status === 202)?.body.outcome).toBe('handled');
  expect((await send().expect(200)).body).toEqual({ status: 'repeated' });
  expect(await saidOf(database.knex, alert)).toEqual([{ did: 'acknowledged', over: false }]);
});

test('while PostgreSQL is away a webhook is answered 503, and counts when PagerDuty sends it again', async () => {
  const alert = await insertAlert(database.knex, 'away');
  const proxy = await startTcpProxy(Number(new URL(database.url).port));
  const quiet = { warn: () => undefined, error: () => undefined };
  const knex = createStore(proxy.through(database.url), { log: quiet });
  const shaky = pagerdutyApi(knex);
  const send = () => sendWebhook(shaky, body, { 'X-Webhook-Id': 'away-id' });
  const body = about('incident.resolved', { incident_key: 'away' });
  let pieces = 0;
  // It goes away in the middle of the transaction, after the webhook itself was written.
  proxy.judge((piece, from) =>
    from === 'client' && piece.includes('incident_timeline') && ++pieces ? 'reset' : 'pass',
  );
  await send().expect(503);
  expect(pieces).toBeGreaterThan(0);
  expect(await database.knex('pagerduty_webhook').where({ id: 'away-id' })).toEqual([]);
  proxy.judge(() => 'pass');
  expect((await send().expect(202)).body.outcome).toBe('handled');
  await send().expect(200);
  expect(await saidOf(database.knex, alert)).toEqual([{ did: 'resolved', over: false }]);
  await knex.destroy();
  await proxy.close();
});

test('webhooks are listed with what became of them, and the lists take no bad filters', async () => {
  await insertAlert(database.knex, 'listed');
  const body = about('incident.resolved', { incident_key: 'listed', agent: 'Somebody', id: 'PLISTED' });
  await sendWebhook(api, body, { 'X-Webhook-Id': 'listed-id' }).expect(202);
  const list = await api.get(`${LISTS}webhooks/?id=listed-id`).expect(200);
  expect(list.body.results).toEqual([
    expect.objectContaining({
      ...{ id: 'listed-id', event_type: 'incident.resolved', outcome: 'handled', reason: null, agent: 'Somebody' },
      ...{ pagerduty_incident: 'PLISTED', alerts: ['listed'] },
    }),
  ]);
  await api.get(`${LISTS}webhooks/?outcome=unmatched&format=csv`).expect(200);
  await api.get(`${LISTS}differences/`).expect(200);
  // The ids of webhooks are text.
  for (const filter of BAD_FILTERS.filter(
    (text) => !/^id(__regex|__n)?=[a-zA-Z\d]?/.test(text) || text.includes('%00'),
  )) {
    expect([filter, (await api.get(`${LISTS}webhooks/?${filter}`)).status]).toEqual([filter, 400]);
    expect([filter, (await api.get(`${LISTS}differences/?${filter}`)).status]).toEqual([filter, 400]);
  }
});

test('a check without the setting that it needs is a 400 that names it', async () => {
  const answer = await api.post(`${LISTS}check/`).expect(400);
  expect(answer.body.detail).toMatch('PAGERDUTY_API_TOKEN');
  const off = pagerdutyApi(database.knex, { pagerduty: NO_PAGERDUTY.pagerduty });
  expect((await off.post(`${LISTS}check/`).expect(400)).body.detail).toMatch('PAGERDUTY_ENABLED');
});

test('nothing of a secret, a signature or a body is in the log', () => {
  expect(api.lines.join('')).not.toMatch(/secret-of-the-subscription|v1=[0-9a-f]{64}/);
  expect(signed('x')).toMatch(/^v1=[0-9a-f]{64}$/);
});
