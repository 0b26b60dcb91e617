import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

const IXPS = '/api/peeringdb/networks/shared-ixps/';
const FACILITIES = '/api/peeringdb/networks/shared-facilities/';
const TIMES = { created: '2026-01-02T03:04:05Z', updated: '2026-01-02T03:04:05Z' };

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  await fillCache(database.knex);
  const { knex } = database;
  await knex('peeringdb_ix').insert({ id: 21, org_id: 1, name: 'Another IX', ...TIMES });
  await knex('peeringdb_ixlan').insert({ id: 21, ix_id: 21, ...TIMES });
  await addPort(knex, { id: 60, asn: 64500, ixlan: 20, ipv4: '192.0.2.2' });
  await addPort(knex, { id: 61, asn: 64501, ixlan: 20, ipv4: '192.0.2.3' });
  await addPort(knex, { id: 62, asn: 64501, ixlan: 21, ipv4: '198.51.100.3' });
  await addPort(knex, { id: 63, asn: 64500, ixlan: 21, ipv4: '198.51.100.1', operational: false });
  await knex('peeringdb_fac').insert([
    { id: 1, org_id: 1, name: 'House One', city: 'Berlin', country: 'DE', ...TIMES },
    { id: 2, org_id: 1, name: 'House Two', ...TIMES },
  ]);
  await knex('peeringdb_netfac').insert([
    { id: 1, net_id: 10, fac_id: 1, ...TIMES },
    { id: 2, net_id: 12, fac_id: 1, ...TIMES },
    { id: 3, net_id: 10, fac_id: 2, ...TIMES },
  ]);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

test('networks share the exchanges at which all of them have ports, and every port is shown', async () => {
  const { body, headers } = await api.get(`${IXPS}?asn=64500&asn=AS64501`).expect(200);
  expect(headers['x-peeringdb-synchronisation']).toBe('1');
  expect(body).toMatchObject({ count: 2, next: null, previous: null });
  const shown = body.results.map((row: { networks: { asn: number; ports: { id: number }[] }[] }) => [
    (row as unknown as { name: string }).name,
    row.networks.map(({ asn, ports }) => [asn, ports.map(({ id }) => id)]),
  ]);
  expect(shown).toEqual([
    [
      'Another IX',
      [
        [64500, [63]],
        [64501, [62]],
      ],
    ],
    [
      'Example IX',
      [
        [64500, [40, 60]],
        [64501, [61]],
      ],
    ],
  ]);
  expect(body.results[1]).toMatchObject({ ixlan_id: 20, ix_id: 20 });
  expect(body.results[1].networks[0]).toMatchObject({ asn: 64500, name: 'Alpha 100%' });
  expect(body.results[1].networks[0].ports[0]).toMatchObject({
    ...{ id: 40, ipaddr4: '192.0.2.1', ipaddr6: '2001:db8::1', speed: 10000, status: 'ok' },
    updated: '2026-01-02T03:04:05Z',
  });
});

test('one network that is not there takes an exchange out, and none in common is an empty list', async () => {
  const { body } = await api.get(`${IXPS}?asn=64500&asn=64501&asn=4200000000`).expect(200);
  expect(body.results.map(({ ixlan_id }: { ixlan_id: number }) => ixlan_id)).toEqual([20]);
  await addPort(database.knex, { id: 64, asn: 64511, ixlan: 21 });
  expect((await api.get(`${IXPS}?asn=4200000000&asn=64511`).expect(200)).body).toMatchObject({ count: 0, results: [] });
});

test('networks share facilities', async () => {
  const { body } = await api.get(`${FACILITIES}?asn=64500&asn=64501`).expect(200);
  expect(body.results).toEqual([
    {
      ...{ fac_id: 1, name: 'House One', city: 'Berlin', country: 'DE' },
      networks: [
        { asn: 64500, name: 'Alpha 100%', netfac_ids: [1] },
        { asn: 64501, name: 'gamma', netfac_ids: [2] },
      ],
    },
  ]);
});

test('what is shared is paged, ordered, searched and given as CSV like every list', async () => {
  const asns = 'asn=64500&asn=64501';
  const { body } = await api.get(`${IXPS}?${asns}&ordering=-ixlan_id&limit=1`).expect(200);
  expect(body).toMatchObject({ count: 2, results: [{ ixlan_id: 21 }] });
  expect(body.next).toContain('asn=64500&asn=64501');
  expect(body.next).toContain('offset=1');
  expect((await api.get(`${IXPS}?${asns}&q=example`).expect(200)).body.count).toBe(1);
  const { text } = await api.get(`${IXPS}?${asns}&format=csv&fields=ixlan_id,name`).expect(200);
  expect(text).toBe('ixlan_id,name\n21,Another IX\n20,Example IX\n');
});

test.each([
  ['asn=64500', 400],
  ['asn=64500&asn=AS64500', 400],
  ['', 400],
  ['asn=x&asn=64500', 400],
  ['asn=0&asn=64500', 400],
  ['asn=64500&asn=64501&bogus=1', 400],
  ['asn=64500&asn=65551', 404],
])('%j is answered with %i', async (query, status) => {
  for (const path of [IXPS, FACILITIES]) await api.get(`${path}?${query}`).expect(status);
});

test('an ASN that PeeringDB does not know is named', async () => {
  const { body } = await api.get(`${IXPS}?asn=64500&asn=65551`).expect(404);
  expect(body.detail).toBe('PeeringDB has no network with ASN 65551');
});

test('while the cache is empty, the answer says what to do', async () => {
  const empty = await createTestDatabase();
  try {
    const other = createTestApi(empty.knex, temporal);
    const { body } = await other.get(`${IXPS}?asn=64500&asn=64501`).expect(409);
    expect(body.type).toBe('urn:crossconnect:problem:peeringdb-cache-empty');
    await other.get('/api/peering/available-peers/').expect(409);
  } finally {
    await empty.drop();
  }
});
