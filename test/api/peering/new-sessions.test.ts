import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make, SESSIONS } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let first: number;
let second: number;

const PATH = `${SESSIONS}from-peeringdb/`;

beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  await fillCache(database.knex);
  const local = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  const fields = { name: 'Example IX', local_autonomous_system: local, peeringdb_ixlan: 20 };
  const exchange = await make(api, EXCHANGES, fields);
  const dual = { ipv4_address: '192.0.2.96/24', ipv6_address: '2001:db8::96/64' };
  first = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ...dual });
  second = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ipv4_address: '192.0.2.97/24' });
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const sessions = async () => (await api.get(`${SESSIONS}?ordering=id`).expect(200)).body.results;

test('chosen ports become sessions, for each connection and family that both have', async () => {
  await database.knex('peeringdb_net').where({ asn: 64500 }).update({ info_prefixes4: 100, info_prefixes6: null });
  const { body } = await api.post(PATH, { netixlan_ids: [40, 41] }).expect(200);
  expect(body).toMatchObject({ existing: [], skipped: [] });
  const made = body.created.map((one: Record<string, unknown>) => [
    one['netixlan_id'],
    one['connection'],
    one['ip_address'],
  ]);
  expect(made).toEqual([
    [40, first, '192.0.2.1'],
    [40, first, '2001:db8::1'],
    [40, second, '192.0.2.1'],
    [41, first, '192.0.2.11'],
    [41, second, '192.0.2.11'],
  ]);
  expect(await sessions()).toHaveLength(5);
  const { body: peers } = await api.get(`${AUTONOMOUS_SYSTEMS}?asn=64500`).expect(200);
  expect(peers.results).toMatchObject([
    { name: 'Alpha 100%', irr_as_set: 'AS-ALPHA', ipv4_max_prefixes: 100, ipv6_max_prefixes: null, affiliated: false },
  ]);
  expect((await api.get('/api/peering/available-peers/').expect(200)).body.count).toBe(0);
  const again = await api.post(PATH, { netixlan_ids: [41, 40, 41] }).expect(200);
  expect(again.body).toEqual({ created: [], existing: body.created, skipped: [] });
});

test('a dry run makes nothing', async () => {
  const { body } = await api.post(PATH, { netixlan_ids: [41], dry_run: true }).expect(200);
  expect(body.created).toMatchObject([
    { connection: first, family: 4, session: null, autonomous_system: null },
    { connection: second },
  ]);
  expect(await sessions()).toEqual([]);
  expect((await api.get(`${AUTONOMOUS_SYSTEMS}?asn=4200000000`).expect(200)).body.count).toBe(0);
});

test('chosen connections alone get the sessions', async () => {
  const { body } = await api.post(PATH, { netixlan_ids: [40], connection_ids: [second] }).expect(200);
  expect(body.created).toMatchObject([{ connection: second, ip_address: '192.0.2.1' }]);
  const refused = await api.post(PATH, { netixlan_ids: [40], connection_ids: [second, 999] }).expect(400);
  expect(refused.body.errors).toEqual({ connection_ids: ['there is no connection 999'] });
});

test('a port that cannot have a session is skipped with the reason', async () => {
  await addPort(database.knex, { id: 70, asn: 64496, ipv4: '192.0.2.70' });
  await addPort(database.knex, { id: 71, asn: 64510, ipv6: '2001:db8::71' });
  await database.knex('peeringdb_ix').insert({ id: 21, org_id: 1, name: 'Else', created: 'now', updated: 'now' });
  await database.knex('peeringdb_ixlan').insert({ id: 21, ix_id: 21, created: 'now', updated: 'now' });
  await addPort(database.knex, { id: 72, asn: 64510, ixlan: 21, ipv4: '198.51.100.1' });
  const wanted = { netixlan_ids: [70, 71, 72, 999], connection_ids: [second] };
  const { body } = await api.post(PATH, wanted).expect(200);
  expect(body).toEqual({
    created: [],
    existing: [],
    skipped: [
      { netixlan_id: 70, reason: 'it is one of our own' },
      { netixlan_id: 71, reason: 'our connections there have no address of its families' },
      { netixlan_id: 72, reason: 'none of our connections is at its ixlan' },
      { netixlan_id: 999, reason: 'PeeringDB knows no such port' },
    ],
  });
});

test('two ports with one address get one session', async () => {
  await addPort(database.knex, { id: 70, asn: 4200000000, ipv4: '192.0.2.11' });
  for (const dry_run of [true, false]) {
    const { body } = await api.post(PATH, { netixlan_ids: [41, 70], connection_ids: [second], dry_run }).expect(200);
    expect(body.created).toMatchObject([{ netixlan_id: 41, ip_address: '192.0.2.11' }]);
    expect(body.existing).toEqual([{ ...body.created[0], netixlan_id: 70 }]);
  }
  expect(await sessions()).toHaveLength(1);
});

test('sessions with a route server say so', async () => {
  await database.knex('peeringdb_net').where({ asn: 4200000000 }).update({ info_types: '["Route Server"]' });
  await api.post(PATH, { netixlan_ids: [40, 41], connection_ids: [second] }).expect(200);
  const flags = (await sessions()).map((one: Record<string, unknown>) => [one['ip_address'], one['is_route_server']]);
  expect(flags).toEqual([
    ['192.0.2.1', false],
    ['192.0.2.11', true],
  ]);
});

test('the same call several times at once makes each session once', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => api.post(PATH, { netixlan_ids: [40, 41] }).expect(200)));
  expect(answers.flatMap(({ body }) => body.created)).toHaveLength(5);
  expect(await sessions()).toHaveLength(5);
});

test.each([
  [{}, ['netixlan_ids']],
  [{ netixlan_ids: [] }, ['netixlan_ids']],
  [{ netixlan_ids: ['40'] }, ['netixlan_ids.0']],
  [{ netixlan_ids: [40], connection_ids: [] }, ['connection_ids']],
  [{ netixlan_ids: [40], bogus: 1 }, ['bogus']],
])('a body of %j is refused, with its fields named', async (body, fields) => {
  const answer = await api.post(PATH, body).expect(400);
  expect(Object.keys(answer.body.errors)).toEqual(fields);
});
