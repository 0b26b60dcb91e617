import request from 'supertest';
import type { Temporal } from '../../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make, SESSIONS } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const send = (method: 'put' | 'patch' | 'delete', path: string, body: object = {}): request.Test =>
  request(api.app)[method](path).set('Authorization', `Token ${ADMIN}`).send(body);

const ownAs = (asn: number | string = 64496): Promise<number> =>
  make(api, AUTONOMOUS_SYSTEMS, { asn, name: 'Ours', affiliated: true });

/** An own AS with an exchange; their ids. */
async function ownExchange(fields: object = {}): Promise<{ local: number; exchange: number }> {
  const local = await ownAs();
  const exchange = await make(api, EXCHANGES, { name: 'Example IX', local_autonomous_system: local, ...fields });
  return { local, exchange };
}

test('an autonomous system is created with what is usual, changed, and deleted', async () => {
  const { body: made } = await api.post(AUTONOMOUS_SYSTEMS, { asn: 'AS64500', name: 'Alpha' }).expect(201);
  expect(made).toMatchObject({ asn: 64500, name: 'Alpha', affiliated: false, irr_as_set: '', ipv4_max_prefixes: null });
  expect(made.ipv6_max_prefixes_peeringdb_sync).toBe(true);
  const one = `${AUTONOMOUS_SYSTEMS}${made.id}/`;
  const { body: patched } = await send('patch', one, { ipv4_max_prefixes: 1000 }).expect(200);
  expect(patched).toMatchObject({ asn: 64500, ipv4_max_prefixes: 1000 });
  const { body: put } = await send('put', one, { ...patched, name: 'Beta' }).expect(200);
  expect(put).toMatchObject({ id: made.id, name: 'Beta', ipv4_max_prefixes: 1000 });
  await send('delete', one).expect(204);
  await send('delete', one).expect(404);
});

test('an ASN is there once', async () => {
  await ownAs();
  const { body } = await api.post(AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Again' }).expect(409);
  expect(body.detail).toBe('there is an autonomous system with this asn already');
});

test.each([0, -1, 4294967296, 1.5, 'AS0', 'as', '', null, true, {}])('%j is no ASN', async (asn) => {
  const { body } = await api.post(AUTONOMOUS_SYSTEMS, { asn, name: 'Wrong' }).expect(400);
  expect(Object.keys(body.errors)).toEqual(['asn']);
});

test('an exchange gets a slug of its name, with a number where that is taken', async () => {
  const { local } = await ownExchange({ name: 'DE-CIX Frankfurt: Größe' });
  const second = await make(api, EXCHANGES, { name: 'DE-CIX Frankfurt Große', local_autonomous_system: local });
  const { body } = await api.get(`${EXCHANGES}?ordering=id`).expect(200);
  expect(body.results.map(({ slug }: { slug: string }) => slug)).toEqual([
    'de-cix-frankfurt-gro-e',
    'de-cix-frankfurt-gro-e-2',
  ]);
  await send('patch', `${EXCHANGES}${second}/`, { slug: 'de-cix-frankfurt-gro-e' }).expect(409);
  await send('patch', `${EXCHANGES}${second}/`, { slug: 'not a slug' }).expect(400);
});

test('choices are written by value, read with their label, and filtered by value', async () => {
  const { exchange } = await ownExchange({ status: 'maintenance' });
  const { body } = await api.get(`${EXCHANGES}?status=maintenance`).expect(200);
  expect(body.results[0]).toMatchObject({ id: exchange, status: { value: 'maintenance', label: 'Maintenance' } });
  expect((await api.get(`${EXCHANGES}?status=enabled`).expect(200)).body.count).toBe(0);
  await send('patch', `${EXCHANGES}${exchange}/`, { status: 'broken' }).expect(400);
});

test('an exchange is one of an affiliated autonomous system, and there once for it and an ixlan', async () => {
  await fillCache(database.knex);
  const { local } = await ownExchange({ peeringdb_ixlan: 20 });
  const other = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64500, name: 'A peer' });
  const ask = (fields: object) => api.post(EXCHANGES, { name: 'X', local_autonomous_system: local, ...fields });
  expect((await ask({ peeringdb_ixlan: 20 }).expect(409)).body.detail).toMatch(/peeringdb_ixlan and local_auton/);
  expect((await ask({ local_autonomous_system: other }).expect(400)).body.errors).toEqual({
    local_autonomous_system: ['there is no such affiliated autonomous system'],
  });
  expect((await ask({ local_autonomous_system: 999 }).expect(400)).body.errors).toEqual({
    local_autonomous_system: ['there is no such affiliated autonomous system'],
  });
  expect((await ask({ peeringdb_ixlan: 21 }).expect(400)).body.errors).toEqual({
    peeringdb_ixlan: ['the PeeringDB cache has no record 21'],
  });
  const second = await ownAs(64497);
  await ask({ peeringdb_ixlan: 20, local_autonomous_system: second }).expect(201);
  await ask({ peeringdb_ixlan: null }).expect(201);
  await ask({ peeringdb_ixlan: null }).expect(201);
});

test('an autonomous system stays affiliated as long as it has exchanges', async () => {
  const { local, exchange } = await ownExchange();
  const one = `${AUTONOMOUS_SYSTEMS}${local}/`;
  const { body } = await send('patch', one, { affiliated: false }).expect(409);
  expect(body.detail).toBe('it is the local_autonomous_system of internet exchanges: delete these first');
  expect((await api.get(one).expect(200)).body).toMatchObject({ affiliated: true });
  await send('delete', one).expect(409);
  await send('delete', `${EXCHANGES}${exchange}/`).expect(204);
  await send('patch', one, { affiliated: false }).expect(200);
});

test('a connection keeps its addresses with their prefix lengths, and is found with and without them', async () => {
  const { exchange } = await ownExchange();
  const id = await make(api, CONNECTIONS, {
    ...{ internet_exchange_point: exchange, vlan: 100, mac_address: '0053.0012.3456' },
    ...{ ipv4_address: '192.0.2.7/32', ipv6_address: '2001:db8::0007/64' },
  });
  const { body } = await api.get(`${CONNECTIONS}${id}/`).expect(200);
  expect(body).toMatchObject({
    ...{ ipv4_address: '192.0.2.7/32', ipv6_address: '2001:db8::7/64', mac_address: '00:53:00:12:34:56' },
    ...{ peeringdb_netixlan: null, peeringdb_state: { value: 'unlinked', label: 'Unlinked' } },
  });
  for (const filter of ['ipv6_address=2001:db8:0::7', 'ipv6_address=2001:db8::7/64', 'ipv4_address__isw=192.0.2.7/']) {
    expect([filter, (await api.get(`${CONNECTIONS}?${filter}`).expect(200)).body.count]).toEqual([filter, 1]);
  }
  expect((await api.get(`${CONNECTIONS}?ipv6_address=2001:db8::7/48`).expect(200)).body.count).toBe(0);
  const again = { internet_exchange_point: exchange, ipv4_address: '192.0.2.7/24' };
  expect((await api.post(CONNECTIONS, again).expect(409)).body.detail).toMatch(/ipv4_address already/);
});

test.each([
  ['ipv4_address', '192.0.2.7'],
  ['ipv4_address', '192.0.2.7/33'],
  ['ipv4_address', '2001:db8::7/64'],
  ['ipv6_address', '2001:db8::7'],
  ['ipv6_address', 'fe80::1%eth0/64'],
  ['mac_address', '00:53:00:12:34'],
  ['mac_address', '00:53-00:12:34:56'],
  ['vlan', 0],
  ['vlan', 4095],
  ['inner_vlan', 4095],
  ['inner_vlan', 30],
  ['speed', -1],
  ['mode', 'lag'],
])('a connection with %s %j is refused, with the field named', async (field, value) => {
  const { exchange } = await ownExchange();
  const { body } = await api.post(CONNECTIONS, { internet_exchange_point: exchange, [field]: value }).expect(400);
  expect(Object.keys(body.errors)).toEqual([field]);
});

test('a connection has an inner tag only together with the outer one', async () => {
  const { exchange } = await ownExchange();
  const tags = { internet_exchange_point: exchange, vlan: 300, inner_vlan: 30, speed: 20_000, mode: 'lag_lacp' };
  const one = `${CONNECTIONS}${await make(api, CONNECTIONS, tags)}/`;
  const { body } = await send('patch', one, { vlan: null }).expect(400);
  expect(body.errors).toEqual({ inner_vlan: ['expected with a vlan: it is the inner one of two tags'] });
  expect((await send('patch', one, { vlan: 301 }).expect(200)).body).toMatchObject({ ...tags, vlan: 301 });
  expect((await send('patch', one, { vlan: null, inner_vlan: null }).expect(200)).body).toMatchObject({ vlan: null });
});

test('what a connection is at the exchange is read, and not written', async () => {
  const { exchange } = await ownExchange();
  const id = await make(api, CONNECTIONS, { internet_exchange_point: exchange });
  const linked = { ixapi_network_service_config: 'NSC-1', ixapi_connection: 'CON-1' };
  await database.knex('net_connection').where({ id }).update(linked);
  const { body } = await api.get(`${CONNECTIONS}?ixapi_network_service_config=NSC-1`).expect(200);
  expect(body.results).toMatchObject([{ id, speed: null, mode: null, inner_vlan: null, ...linked }]);
  const { body: put } = await send('put', `${CONNECTIONS}${id}/`, { ...body.results[0], status: 'disabled' }).expect(
    200,
  );
  expect(put).toMatchObject(linked);
  const other = { ixapi_network_service_config: 'NSC-2' };
  expect((await send('patch', `${CONNECTIONS}${id}/`, other)).body).not.toMatchObject(other);
});

test('what others refer to is not deleted', async () => {
  const { local, exchange } = await ownExchange();
  const connection = await make(api, CONNECTIONS, { internet_exchange_point: exchange });
  const peer = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64500, name: 'A peer' });
  const session = { autonomous_system: peer, ixp_connection: connection, ip_address: '192.0.2.1' };
  const id = await make(api, SESSIONS, session);
  expect((await api.post(SESSIONS, session).expect(409)).body.detail).toMatch(/ip_address already/);
  for (const path of [
    `${AUTONOMOUS_SYSTEMS}${local}/`,
    `${EXCHANGES}${exchange}/`,
    `${CONNECTIONS}${connection}/`,
    `${AUTONOMOUS_SYSTEMS}${peer}/`,
  ]) {
    expect((await send('delete', path).expect(409)).body.detail).toMatch(/delete these first$/);
  }
  await send('delete', `${SESSIONS}${id}/`).expect(204);
  await send('delete', `${CONNECTIONS}${connection}/`).expect(204);
  await send('delete', `${EXCHANGES}${exchange}/`).expect(204);
});

test('sessions whose peer renumbered, left or changed its ASN are found', async () => {
  await fillCache(database.knex);
  const { exchange } = await ownExchange({ peeringdb_ixlan: 20 });
  const connection = await make(api, CONNECTIONS, { internet_exchange_point: exchange });
  const peer = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64500, name: 'Alpha' });
  const other = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64501, name: 'gamma' });
  const sessionWith = (as: number, ip_address: string) =>
    make(api, SESSIONS, { autonomous_system: as, ixp_connection: connection, ip_address });
  const good = [await sessionWith(peer, '192.0.2.1'), await sessionWith(peer, '2001:db8::1')];
  const stale = [await sessionWith(peer, '192.0.2.99'), await sessionWith(other, '192.0.2.11')];
  const idsOf = async (query: string) =>
    (await api.get(`${SESSIONS}?ordering=id&${query}`).expect(200)).body.results.map(({ id }: { id: number }) => id);
  expect(await idsOf('exists_in_peeringdb=true')).toEqual(good);
  expect(await idsOf('exists_in_peeringdb=false')).toEqual(stale);
  await database.knex('peeringdb_state').update({ snapshot: null });
  expect(await idsOf('exists_in_peeringdb=false')).toEqual([]);
});

describe('the link of a connection to its port in PeeringDB', () => {
  const PORT = { id: 70, asn: 64496, ipv4: '192.0.2.96', ipv6: '2001:db8::96' };

  const linkOf = async (connection: number) => {
    const { body } = await api.get(`${CONNECTIONS}${connection}/`).expect(200);
    return [body.peeringdb_netixlan, body.peeringdb_state.value];
  };

  async function connectionWith(addresses: object): Promise<number> {
    const { exchange } = await ownExchange({ peeringdb_ixlan: 20 });
    return make(api, CONNECTIONS, { internet_exchange_point: exchange, ...addresses });
  }

  beforeEach(async () => {
    await fillCache(database.knex);
    await addPort(database.knex, PORT);
  });

  test.each([
    [{ ipv4_address: '192.0.2.96/24', ipv6_address: '2001:db8::96/64' }, [70, 'linked']],
    [{ ipv4_address: '192.0.2.96/24' }, [70, 'linked']],
    [{ ipv6_address: '2001:db8::96/64' }, [70, 'linked']],
    [{ ipv4_address: '192.0.2.96/24', ipv6_address: '2001:db8::97/64' }, [70, 'renumbered']],
    [{ ipv4_address: '192.0.2.1/24' }, [null, 'unlinked']],
    [{}, [null, 'unlinked']],
  ])('of one with %j is %j', async (addresses, link) => {
    expect(await linkOf(await connectionWith(addresses))).toEqual(link);
  });

  test('is made when the addresses are set, and kept as renumbered when they are no longer those of the port', async () => {
    const id = await connectionWith({});
    await send('patch', `${CONNECTIONS}${id}/`, { ipv4_address: '192.0.2.96/24' }).expect(200);
    expect(await linkOf(id)).toEqual([70, 'linked']);
    await send('patch', `${CONNECTIONS}${id}/`, { ipv4_address: '192.0.2.98/24' }).expect(200);
    expect(await linkOf(id)).toEqual([70, 'renumbered']);
  });

  test('an exchange without an ixlan gets that of its connections', async () => {
    const { exchange } = await ownExchange();
    const id = await make(api, CONNECTIONS, { internet_exchange_point: exchange, ipv4_address: '192.0.2.96/24' });
    expect(await linkOf(id)).toEqual([null, 'unlinked']);
    const { body } = await send('patch', `${EXCHANGES}${exchange}/`, { description: 'again' }).expect(200);
    expect(body.peeringdb_ixlan).toBe(20);
    expect(await linkOf(id)).toEqual([70, 'linked']);
  });
});
