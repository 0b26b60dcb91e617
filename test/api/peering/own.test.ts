import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make, SESSIONS } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let alpha: number;
let connection: number;
let exchange: number;

const TIMES = { created: '2026-01-02T03:04:05Z', updated: '2026-01-02T03:04:05Z' };

/** Two own autonomous systems, of which one has a connection, and Alpha (AS64500) with a port beside it. */
beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  const { knex } = database;
  await fillCache(knex);
  await addPort(knex, { id: 70, asn: 64496, ipv4: '192.0.2.96' });
  await addPort(knex, { id: 71, asn: 64497, ipv4: '192.0.2.97' });
  const local = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  await make(api, AUTONOMOUS_SYSTEMS, { asn: 64497, name: 'Ours too', affiliated: true });
  alpha = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64500, name: 'Old name' });
  const fields = { name: 'Example IX', local_autonomous_system: local, peeringdb_ixlan: 20 };
  exchange = await make(api, EXCHANGES, fields);
  const addresses = { ipv4_address: '192.0.2.96/24', ipv6_address: '2001:db8::96/64' };
  connection = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ...addresses });
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const ask = async (name: string, query = '') =>
  (await api.get(`${AUTONOMOUS_SYSTEMS}${alpha}/${name}/?${query}`).expect(200)).body.results;

test('shared exchanges are told against every affiliated autonomous system, which each row names', async () => {
  const rows = await ask('shared-ixps');
  expect(rows.map((row: Record<string, unknown>) => [row['ixlan_id'], row['local_asn']])).toEqual([
    [20, 64496],
    [20, 64497],
  ]);
  expect(rows[0].networks).toMatchObject([
    { asn: 64496, ports: [{ id: 70 }] },
    { asn: 64500, ports: [{ id: 40 }] },
  ]);
  expect(await ask('shared-ixps', 'local_asn=AS64497')).toMatchObject([{ local_asn: 64497 }]);
});

test('shared facilities are told in the same way', async () => {
  const { knex } = database;
  await knex('peeringdb_fac').insert({ id: 1, org_id: 1, name: 'House One', ...TIMES });
  expect(await ask('shared-facilities')).toEqual([]);
  await knex('peeringdb_netfac').insert([
    { id: 1, net_id: 10, fac_id: 1, ...TIMES },
    { id: 2, net_id: 64497, fac_id: 1, ...TIMES },
  ]);
  expect(await ask('shared-facilities')).toMatchObject([{ fac_id: 1, name: 'House One', local_asn: 64497 }]);
});

test('missing sessions are those of one network, hidden and ones that are down as well', async () => {
  const missing = [
    { connection, family: 4, ip_address: '192.0.2.1' },
    { connection, family: 6, ip_address: '2001:db8::1' },
  ];
  expect(await ask('missing-sessions')).toMatchObject([
    { id: 40, local_asn: 64496, internet_exchange: exchange, missing },
  ]);
  await database.knex('peeringdb_netixlan').where({ id: 40 }).update({ operational: false });
  await api.post('/api/peeringdb/hidden-peers/', { peeringdb_network: 10, peeringdb_ixlan: 20 }).expect(201);
  expect(await ask('missing-sessions')).toHaveLength(1);
  expect(await ask('missing-sessions', 'local_asn=64497')).toEqual([]);
  const session = { autonomous_system: alpha, ixp_connection: connection };
  await make(api, SESSIONS, { ...session, ip_address: '192.0.2.1' });
  await make(api, SESSIONS, { ...session, ip_address: '2001:db8::1' });
  expect(await ask('missing-sessions')).toEqual([]);
});

test('an ASN that is none of ours is refused, and without any the answer says what is missing', async () => {
  const path = `${AUTONOMOUS_SYSTEMS}${alpha}/shared-ixps/`;
  expect((await api.get(`${path}?local_asn=64500`).expect(400)).body.errors).toEqual({
    local_asn: ['expected the ASN of an affiliated autonomous system: 64496, 64497'],
  });
  await api.get(`${path}?local_asn=x`).expect(400);
  await api.get(`${AUTONOMOUS_SYSTEMS}999/shared-ixps/`).expect(404);
  for (const table of ['net_connection', 'peering_internet_exchange']) await database.knex(table).delete();
  await database.knex('peering_autonomous_system').update({ affiliated: false });
  for (const name of ['shared-ixps', 'shared-facilities', 'missing-sessions'])
    await api.get(`${AUTONOMOUS_SYSTEMS}${alpha}/${name}/`).expect(409);
});

describe('what an autonomous system takes over from PeeringDB', () => {
  const PATH = () => `${AUTONOMOUS_SYSTEMS}${alpha}/sync-with-peeringdb/`;
  const upstream = (fields: object) => database.knex('peeringdb_net').where({ asn: 64500 }).update(fields);

  test('is its name, its IRR as-set and its maximum prefixes', async () => {
    await upstream({ irr_as_set: 'RIPE::AS-ALPHA RADB::AS-BETA', info_prefixes4: 10, info_prefixes6: 0 });
    const { body } = await api.post(PATH(), {}).expect(200);
    expect(body).toMatchObject({
      ...{ name: 'Alpha 100%', irr_as_set: 'RIPE::AS-ALPHA RADB::AS-BETA' },
      ...{ ipv4_max_prefixes: 10, ipv6_max_prefixes: 0 },
    });
  });

  test.each(['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'])(
    'is not %s while its flag is off',
    async (field) => {
      await upstream({ info_prefixes4: 10, info_prefixes6: 20 });
      const before = (await api.get(`${AUTONOMOUS_SYSTEMS}${alpha}/`).expect(200)).body;
      await database
        .knex('peering_autonomous_system')
        .where({ id: alpha })
        .update({ [`${field}_peeringdb_sync`]: false });
      const { body } = await api.post(PATH(), {}).expect(200);
      const changed = ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'].filter(
        (name) => body[name] !== before[name],
      );
      expect(changed).toHaveLength(3);
      expect(changed).not.toContain(field);
    },
  );

  test('is nothing where PeeringDB says nothing', async () => {
    const known = { name: 'Alpha 100%', irr_as_set: 'AS-KEPT', ipv4_max_prefixes: 5, ipv6_max_prefixes: 6 };
    await database.knex('peering_autonomous_system').where({ id: alpha }).update(known);
    await upstream({ irr_as_set: '', info_prefixes4: null, info_prefixes6: null });
    const { body } = await api.post(PATH(), {}).expect(200);
    expect(body).toMatchObject(known);
    expect(new Date(body.last_updated).getTime()).toBeLessThanOrEqual(api.now.getTime());
  });

  test('is nothing for a private ASN, and for one that PeeringDB does not know', async () => {
    const isPrivate = await make(api, AUTONOMOUS_SYSTEMS, { asn: 4200000000, name: 'Private' });
    const unknown = await make(api, AUTONOMOUS_SYSTEMS, { asn: 65551, name: 'Unknown' });
    for (const id of [isPrivate, unknown])
      await api.post(`${AUTONOMOUS_SYSTEMS}${id}/sync-with-peeringdb/`, {}).expect(204);
    expect((await api.get(`${AUTONOMOUS_SYSTEMS}${isPrivate}/`).expect(200)).body.name).toBe('Private');
    await api.post(`${AUTONOMOUS_SYSTEMS}999/sync-with-peeringdb/`, {}).expect(404);
  });
});

test('linking an exchange renews its links and those of its connections', async () => {
  await database.knex('net_connection').update({ peeringdb_netixlan: null, peeringdb_state: 'unlinked' });
  await database.knex('peering_internet_exchange').update({ peeringdb_ixlan: null });
  const { body } = await api.post(`${EXCHANGES}${exchange}/link-to-peeringdb/`, {}).expect(200);
  expect(body.peeringdb_ixlan).toBe(20);
  const { body: linked } = await api.get(`${CONNECTIONS}${connection}/`).expect(200);
  expect([linked.peeringdb_netixlan, linked.peeringdb_state.value]).toEqual([70, 'linked']);
  await api.post(`${EXCHANGES}999/link-to-peeringdb/`, {}).expect(404);
});

test("a network's contacts are listed, and found by role", async () => {
  await database
    .knex('peeringdb_poc')
    .insert({ id: 52, net_id: 10, role: 'Policy', email: 'peering@example.net', ...TIMES });
  const rows = await ask('contacts');
  expect(rows.map((row: Record<string, unknown>) => [row['role'], row['email']])).toEqual([
    ['NOC', 'noc@example.net'],
    ['Policy', 'peering@example.net'],
  ]);
  expect(await ask('contacts', 'role=Policy')).toHaveLength(1);
});
