import { listen, type RunningServer } from '../../../api/server';
import type { Temporal } from '../../../api/temporal/client';
import { startFakeNetbox, type FakeNetbox } from '../../fakes/netbox/server';
import type { NetboxVersion } from '../../fakes/netbox/versions';
import { ADMIN, noTemporal } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { DOCUMENTED, keptHints, webhookApi } from '../../helpers/netbox-webhook';

const VERSIONS: NetboxVersion[] = ['3.5', '3.7', '4.0', '4.1', '4.3', '4.5', '4.6', '4.7'];

let database: TestDatabase;
let temporal: Temporal;
let server: RunningServer;
let fake: FakeNetbox;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  const api = webhookApi(database.knex, temporal, { secrets: ['s3cr3t'], tags: ['peering'] });
  server = await listen(api.app, { host: '127.0.0.1', port: 0 });
});

beforeEach(async () => {
  await database.knex('netbox_hint').delete();
});

afterEach(() => fake.close());

afterAll(async () => {
  await server.close();
  await temporal.close();
  await database.drop();
});

/** A NetBox of a version that sends its webhooks here, as they are or by a template. */
async function start(version: NetboxVersion, bodyTemplate?: 'classic'): Promise<(role: string) => object> {
  fake = await startFakeNetbox({ version, devices: 0 });
  fake.webhooks.addTarget({
    ...{ url: `${server.url}${DOCUMENTED}`, secret: 's3cr3t', headers: { Authorization: `Token ${ADMIN}` } },
    ...(bodyTemplate === undefined ? {} : { bodyTemplate }),
  });
  fake.state.user = 'alice';
  const roleKey = version === '3.5' ? 'device_role' : 'role';
  return (role) => ({ [roleKey]: role, platform: 'juniper-junos', site: 1, device_type: 1, tags: ['peering'] });
}

/** What the webhooks so far were answered, by event. */
async function answers(): Promise<[event: string, status: number][]> {
  await fake.webhooks.idle();
  return fake.webhooks.sent.map(({ event, status }) => [event, status]);
}

const ALICE = { layer: 'webhook', request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), username: 'alice' };

test.each(VERSIONS)('what NetBox %s tells of a router is taken, with the request and who made it', async (version) => {
  const device = await start(version);
  const { id } = fake.state.createDevice({ name: 'r1', ...device('router') });
  fake.state.updateDevice(id, { name: 'r2' });
  fake.state.deleteDevice(id);
  expect(await answers()).toEqual([
    ['created', 202],
    ['updated', 202],
    ['deleted', 202],
  ]);
  const hints = await keptHints(database.knex);
  expect(hints).toEqual(Array.from({ length: 3 }, () => ({ device_id: id, hint: ALICE })));
  expect(new Set(hints.map(({ hint }) => hint.request_id)).size).toBe(3);
});

test.each(VERSIONS)('what NetBox %s tells of a server, or of a router without our tag, is ignored', async (version) => {
  const device = await start(version);
  const { id } = fake.state.createDevice({ name: 's1', ...device('server') });
  fake.state.deleteDevice(id);
  fake.state.createDevice({ name: 'r1', ...device('router'), tags: ['core'] });
  expect(await answers()).toEqual([
    ['created', 200],
    ['deleted', 200],
    ['created', 200],
  ]);
  expect(await keptHints(database.knex)).toEqual([]);
});

test.each(VERSIONS)(
  'the small body that an operator of NetBox %s brings back by a template is taken',
  async (version) => {
    const device = await start(version, 'classic');
    const { id } = fake.state.createDevice({ name: 'r1', ...device('router') });
    fake.state.createDevice({ name: 's1', ...device('server') });
    expect(await answers()).toEqual([
      ['created', 202],
      ['created', 200],
    ]);
    expect(await keptHints(database.knex)).toEqual([{ device_id: id, hint: ALICE }]);
  },
);
