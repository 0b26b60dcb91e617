import type { Temporal } from '../../../api/temporal/client';
import { createToken } from '../../../store/tokens';
import { noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import {
  classic,
  deliver,
  DOCUMENTED,
  keptHints,
  linkRouter,
  WEBHOOK,
  webhookApi,
  type Sending,
} from '../../helpers/netbox-webhook';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = webhookApi(database.knex, temporal);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const without = (name: string): object => classic({ [name]: undefined });

/** Rows of the comparison with Peering Manager, by number: webhooks that are taken. What becomes of the router is NetBox's to say. */
test.each<[number, string, unknown]>([
  [1, 'deleted, of an unknown id', classic({}, 'deleted')],
  [3, 'created', classic({}, 'created')],
  [4, 'the same again', classic({}, 'created')],
  [5, 'updated with another name, status and context', classic({ name: 'r2', local_context_data: { a: 1 } })],
  [6, 'updated to planned', classic({ status: { value: 'planned' } })],
  [12, 'the name of another router', classic({ id: 2 })],
  [13, 'no name', classic({ name: null })],
  [14, 'a name of 129 letters', classic({ name: 'n'.repeat(129) })],
  [15, 'an id as text', classic({ id: '1' })],
  [16, 'an id of more than 31 bits', classic({ id: 2 ** 31 })],
  [19, 'no role', without('device_role')],
  [19, 'no platform', without('platform')],
  [19, 'no status', without('status')],
  [19, 'no name at all', without('name')],
  [19, 'no local context data', without('local_context_data')],
  [20, 'the role as NetBox 4 writes it', classic({ device_role: undefined, role: { slug: 'router' } })],
  [21, 'a role that is null', classic({ device_role: null })],
  [21, 'a role without a slug', classic({ device_role: { id: 1 } })],
  [21, 'a role that is text', classic({ device_role: 'router' })],
  [22, 'an unknown platform', classic({ platform: { slug: 'nobody-knows' } })],
  [23, 'a platform that is null', classic({ platform: null })],
  [24, 'a status that is null', classic({ status: null })],
  [24, 'a status that is text', classic({ status: 'active' })],
  [25, 'local context data that is text', classic({ local_context_data: 'x' })],
])('row %i: %s is accepted', async (_row, _what, body) => {
  const { status, body: answer } = await deliver(api, body);
  expect([status, answer.status, answer.workflow_id]).toEqual([
    202,
    'accepted',
    expect.stringMatching(/^netbox-device-\d+$/),
  ]);
});

/** Webhooks that say nothing we could look at: the fields are named. */
test.each<[number, string, unknown, string[]]>([
  [11, 'an event that is none', classic({}, 'foo'), ['event']],
  [11, 'an event that is null', classic({}, null), ['event']],
  [16, 'an id that is a word', classic({ id: 'abc' }), ['data.id']],
  [16, 'an id below zero', classic({ id: -5 }), ['data.id']],
  [16, 'an id that is null', classic({ id: null }), ['data.id']],
  [17, 'the id 0', classic({ id: 0 }), ['data.id']],
  [26, 'data that is null', { event: 'updated', data: null }, ['data']],
  [26, 'data that is a list', { event: 'updated', data: [] }, ['data']],
  [26, 'no data', { event: 'updated' }, ['data']],
  [26, 'no event', { data: { id: 1 } }, ['event']],
  [26, 'nothing', {}, ['event', 'data']],
  [27, 'a list', [], ['body']],
  [27, 'text', 'hello', ['body']],
  [27, 'null', null, ['body']],
  [28, 'an empty body', Buffer.alloc(0), ['event', 'data']],
])('row %i: %s is a 400 that names what is wrong', async (_row, _what, body, fields) => {
  const { status, type, body: answer } = await deliver(api, Buffer.isBuffer(body) ? body : JSON.stringify(body));
  expect([status, type, answer.type]).toEqual([
    400,
    'application/problem+json',
    'urn:crossconnect:problem:invalid-request',
  ]);
  expect(Object.keys(answer.errors)).toEqual(fields);
});

test.each<[number, string, unknown]>([
  [29, 'what is no JSON', '{event: created}'],
  [29, 'what is cut off', JSON.stringify(classic()).slice(0, -1)],
  [29, 'bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b])],
])('row %i: %s is a 400', async (_row, _what, body) => {
  const { status, body: answer } = await deliver(api, body);
  expect([status, answer.type]).toEqual([400, 'urn:crossconnect:problem:malformed-body']);
});

test.each<[number, string, Sending, number, string]>([
  [30, 'text', { headers: { 'Content-Type': 'text/plain' } }, 415, 'unsupported-media-type'],
  [31, 'a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported-media-type'],
  [32, 'no token', { headers: { Authorization: '' } }, 401, 'unauthorized'],
  [32, 'another scheme', { headers: { Authorization: 'Bearer admin-token-of-the-tests' } }, 401, 'unauthorized'],
  [33, 'an unknown token', { headers: { Authorization: 'Token nobody-knows-it' } }, 401, 'unauthorized'],
  [34, 'a token without a key', { headers: { Authorization: 'Token' } }, 401, 'unauthorized'],
  [37, 'GET', { method: 'get' }, 405, 'method-not-allowed'],
  [37, 'PUT', { method: 'put' }, 405, 'method-not-allowed'],
  [37, 'PATCH', { method: 'patch' }, 405, 'method-not-allowed'],
  [37, 'DELETE', { method: 'delete' }, 405, 'method-not-allowed'],
])('row %i: %s is refused', async (_row, _what, sending, status, problem) => {
  const answer = await deliver(api, classic(), sending);
  expect([answer.status, answer.body.type]).toEqual([status, `urn:crossconnect:problem:${problem}`]);
  if (status === 401) expect(answer.headers['www-authenticate']).toBe('Token');
  if (status === 405) expect(answer.headers['allow']).toContain('POST');
});

test('rows 35 and 36: a token that may only read is a 403, one that may write is enough', async () => {
  for (const [scope, status] of [
    ['read', 403],
    ['write', 202],
  ] as const) {
    const { key } = await createToken(database.knex, { name: `webhooks ${scope}`, scope });
    await deliver(api, classic(), { headers: { Authorization: `Token ${key}` } }).expect(status);
  }
});

test('rows 2 and 38: both paths take webhooks, with a slash at the end or without, and none redirects', async () => {
  for (const path of [WEBHOOK, DOCUMENTED, WEBHOOK.slice(0, -1), DOCUMENTED.slice(0, -1)]) {
    const { status, body } = await deliver(api, classic(), { path });
    expect([path, status, body]).toEqual([path, 202, { status: 'accepted', workflow_id: 'netbox-device-1' }]);
  }
});

test('row 18: a device whose role is none of ours is ignored, unless it has a router here', async () => {
  for (const event of ['created', 'updated', 'deleted']) {
    const switched = (id: number) => deliver(api, classic({ id, device_role: { slug: 'switch' } }, event));
    expect((await switched(180).expect(200)).body).toEqual({
      ...{ status: 'ignored', reason: "the device's role switch is none of NETBOX_DEVICE_ROLES" },
    });
    if (event === 'created') await linkRouter(database.knex, 181);
    await switched(181).expect(202);
  }
});

test('row 39: tags decide where NETBOX_TAGS is set, and a webhook that names none is looked at', async () => {
  const tagged = webhookApi(database.knex, temporal, { tags: ['core', 'peering'] });
  const send = (tags: unknown) => deliver(tagged, classic({ id: 39, tags }));
  for (const tags of [undefined, null, 'core', [{ slug: 'x' }, { slug: 'peering' }], [{}], ['core']])
    expect([tags, (await send(tags)).status]).toEqual([tags, 202]);
  for (const tags of [[], [{ slug: 'x' }]])
    expect((await send(tags).expect(200)).body).toEqual({
      status: 'ignored',
      reason: 'the device has none of NETBOX_TAGS',
    });
  await linkRouter(database.knex, 39);
  await send([]).expect(202);
});

test('while the link to NetBox is off its webhooks are a 503 that names the settings', async () => {
  const off = webhookApi(database.knex, temporal, { missing: ['NETBOX_API', 'NETBOX_API_TOKEN'] });
  const { body } = await deliver(off, classic()).expect(503);
  expect(body).toMatchObject({
    type: 'urn:crossconnect:problem:netbox-off',
    detail: expect.stringMatching('NETBOX_API and NETBOX_API_TOKEN'),
  });
});

test('text that PostgreSQL cannot store is left out of a hint', async () => {
  await database.knex('netbox_hint').delete();
  for (const text of ['a\0b', '\ud800', 'x'.repeat(151), '', 7, null, {}])
    await deliver(api, { ...classic(), request_id: text, username: text, request: { id: text, user: text } }).expect(
      202,
    );
  const hints = await keptHints(database.knex);
  expect(hints.map(({ hint }) => hint)).toEqual(Array.from({ length: 7 }, () => ({ layer: 'webhook' })));
});

test('no webhook of these was logged as an error of ours', () => {
  expect(api.lines.length).toBeGreaterThan(50);
  expect(api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
