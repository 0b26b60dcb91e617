import type { Temporal } from '../../../api/temporal/client';
import { noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import {
  capture,
  CAPTURE_NAMES,
  deliver,
  keptHints,
  sign,
  webhookApi,
  type Capture,
} from '../../helpers/netbox-webhook';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = webhookApi(database.knex, temporal, { secrets: ['s3cr3t', 'k2'] });
});

beforeEach(async () => {
  await database.knex('netbox_hint').delete();
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const NOT_JSON = ['template-python-repr'];
const UNSIGNED = CAPTURE_NAMES.filter((name) => capture(name).signature === undefined && !NOT_JSON.includes(name));
const SIGNED = CAPTURE_NAMES.filter((name) => capture(name).signature !== undefined);
const CREATE = capture('create');

const signedAs = (signature: string): { headers: Record<string, string> } => ({
  headers: { 'X-Hook-Signature': signature },
});

/** Sends a capture with its own signature, or another one. */
const replay = (of: Capture, signature = of.signature ?? '', to = api) => deliver(to, of.body, signedAs(signature));

/** What a capture is to be answered: devices that are routers or firewalls are looked at. */
function expected({ body }: Capture): object {
  const { data } = JSON.parse(body.toString());
  const { slug } = data.role ?? data.device_role;
  return slug === 'router'
    ? { status: 202, body: { status: 'accepted', workflow_id: `netbox-device-${data.id}` } }
    : { status: 200, body: { status: 'ignored', reason: `the device's role ${slug} is none of NETBOX_DEVICE_ROLES` } };
}

test('there are captures of every kind', () => {
  expect([SIGNED.length, UNSIGNED.length, NOT_JSON.length]).toEqual([24, 2, 1]);
  const answers = SIGNED.map((name) => (expected(capture(name)) as { status: number }).status);
  expect(new Set(answers)).toEqual(new Set([200, 202]));
});

test.each(SIGNED)('%s as NetBox sent it is answered by its role', async (name) => {
  const { status, body } = await replay(capture(name));
  expect({ status, body }).toEqual(expected(capture(name)));
});

test.each(UNSIGNED)(
  '%s, which is not signed, is refused where webhooks are signed, and taken where not',
  async (name) => {
    await replay(capture(name)).expect(403);
    const { status, body } = await replay(capture(name), '', webhookApi(database.knex, temporal));
    expect({ status, body }).toEqual(expected(capture(name)));
  },
);

test('a capture that Python wrote is no JSON, signed or not', async () => {
  const of = capture(NOT_JSON[0]!);
  for (const signature of ['', sign(of.body, 's3cr3t')]) {
    const { status, body } = await replay(of, signature);
    expect([status, body.type]).toEqual([400, 'urn:crossconnect:problem:malformed-body']);
  }
});

test('of a webhook the request and who made it are kept, and nothing of the device', async () => {
  await replay(CREATE).expect(202);
  expect(await keptHints(database.knex)).toEqual([
    {
      device_id: 301,
      hint: { layer: 'webhook', request_id: 'bf476956-2dd8-45df-a42a-14f27715dcc7', username: 'admin' },
    },
  ]);
});

test.each([
  ['another secret', sign(CREATE.body, 'other')],
  ['another body', sign('{}', 's3cr3t')],
  ['another hash', 'fc478aae'],
  ['one letter less', CREATE.signature!.slice(0, -1)],
  ['one letter more', `${CREATE.signature!}0`],
  ['another letter', CREATE.signature!.replace(/.$/, '1')],
  ['a prefix as GitHub writes it', `sha512=${CREATE.signature!}`],
  ['nothing', ''],
  ['what is no hex', 'é'.repeat(64)],
])('a webhook whose signature is that of %s is a 403, and nothing is kept of it', async (_what, signature) => {
  const { body } = await replay(CREATE, signature).expect(403);
  expect(body).toMatchObject({
    type: 'urn:crossconnect:problem:forbidden',
    detail: expect.stringMatching('X-Hook-Signature'),
  });
  expect(await keptHints(database.knex)).toEqual([]);
});

test('while secrets are rotated both are accepted, in either order', async () => {
  for (const secrets of [
    ['s3cr3t', 'next'],
    ['next', 's3cr3t'],
  ]) {
    const rotating = webhookApi(database.knex, temporal, { secrets });
    await replay(CREATE, sign(CREATE.body, 's3cr3t'), rotating).expect(202);
    await replay(CREATE, sign(CREATE.body, 'next'), rotating).expect(202);
    await replay(CREATE, sign(CREATE.body, 'former'), rotating).expect(403);
  }
});

test('hex in upper case is a signature too', async () => {
  await replay(CREATE, CREATE.signature!.toUpperCase()).expect(202);
});

test('the same JSON in other bytes is not what was signed', async () => {
  const again = JSON.stringify(JSON.parse(CREATE.body.toString()));
  expect(again).not.toBe(CREATE.body.toString());
  await deliver(api, again, signedAs(CREATE.signature!)).expect(403);
  await deliver(api, again, signedAs(sign(again, 's3cr3t'))).expect(202);
});

test('a signature is no token: without one a signed webhook is a 401', async () => {
  const headers = { 'X-Hook-Signature': CREATE.signature!, Authorization: '' };
  await deliver(api, CREATE.body, { headers }).expect(401);
});

test('where webhooks are not signed a signature is not looked at', async () => {
  await replay(CREATE, 'nonsense', webhookApi(database.knex, temporal)).expect(202);
});

test('neither signatures nor secrets are in the log', async () => {
  await replay(CREATE);
  await replay(CREATE, sign(CREATE.body, 'other'));
  const log = api.lines.join('');
  for (const hidden of [CREATE.signature!, sign(CREATE.body, 'other'), 's3cr3t']) expect(log).not.toContain(hidden);
  expect(log).toContain('update-from-netbox');
});
