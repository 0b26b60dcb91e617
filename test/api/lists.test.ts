import type { Temporal } from '../../api/temporal/client';
import { OBJECT_TAGS, OBJECTS } from '../../store/peeringdb/objects';
import { createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { fillCache } from '../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const NETWORKS = '/api/peeringdb/networks/';
const PORTS = '/api/peeringdb/network-ixlans/';

const ids = async (path: string): Promise<number[]> =>
  (await api.get(path).expect(200)).body.results.map(({ id }: { id: number }) => id);

test.each([
  ['asn=64500', [10]],
  ['asn=AS64500', [10]],
  ['asn=as4200000000', [11]],
  ['asn=64500&asn=64501', [10, 12]],
  ['asn__n=64500', [11, 12]],
  ['asn__n=64500&asn__n=64501', [11]],
  ['asn__gt=64500', [11, 12]],
  ['asn__gte=64500&asn__lt=64501', [10]],
  ['asn__lte=64501', [10, 12]],
  ['id=99999999999', []],
  ['name=gamma', [12]],
  ['name=Gamma', []],
  ['name__ie=Gamma', [12]],
  ['name__nie=GAMMA', [10, 11]],
  ['name__ic=A_', [11]],
  ['name__ic=100%25', [10]],
  ['name__ic=%5C', []],
  ['name__nic=net', [10, 12]],
  ['name__isw=be', [11]],
  ['name__nisw=be', [10, 12]],
  ['name__iew=%25', [10]],
  ['name__niew=ma', [10, 11]],
  ['name__regex=^[A-Z]', [10, 11]],
  ['name__iregex=^G', [12]],
  ['irr_as_set__n=AS-ALPHA', [11, 12]],
  ['irr_as_set__empty=true', [11, 12]],
  ['irr_as_set__empty=false', [10]],
  ['aka__empty=1', [10, 11, 12]],
  ['info_unicast=true', [10]],
  ['info_unicast=no', [11]],
  ['info_unicast__n=true', [11, 12]],
  ['info_unicast__empty=true', [12]],
  ['info_unicast=null', [12]],
  ['info_types=NSP', [10]],
  ['info_types__n=NSP', [11, 12]],
  ['info_types__ic=conT', [10]],
  ['info_types__empty=true', [11, 12]],
  ['updated__gte=2026-02-01', [12]],
  ['updated=2026-01-02T03:04:05Z', [10, 11]],
  ['updated=2026-01-02T05:04:05%2B02:00', [10, 11]],
  ['status=ok', [10, 11, 12]],
  ['status__n=ok', []],
  ['q=gam', [12]],
  ['q=AS64501', [12]],
  ['q=alpha', [10]],
  ['q=_n', [11]],
  ['ordering=-asn', [11, 12, 10]],
  ['ordering=-updated', [12, 10, 11]],
  ['ordering=info_unicast,-name', [11, 10, 12]],
  ['limit=1&offset=1', [11]],
])('networks filtered by %s are those that NetBox users expect', async (filter, expected) => {
  expect(await ids(`${NETWORKS}?${filter}`)).toEqual(expected);
});

test.each([
  ['ipaddr4=192.0.2.1', [40]],
  ['ipaddr4=192.0.2.1/32', [40]],
  ['ipaddr6=2001:DB8:0::1', [40]],
  ['ipaddr4__isw=192.0.2.1', [40, 41]],
  ['ipaddr4__iew=.11', [41]],
  ['ipaddr6__empty=true', [41]],
  ['ipaddr6=null', [41]],
  ['ipaddr6__n=2001:db8::1', [41]],
  ['q=2001:db8', [40]],
])('ports filtered by %s are found by their addresses', async (filter, expected) => {
  expect(await ids(`${PORTS}?${filter}`)).toEqual(expected);
});

test('prefixes are found by their canonical form only', async () => {
  expect(await ids('/api/peeringdb/ixlan-prefixes/?prefix=192.0.2.0/24')).toEqual([30]);
  expect(await ids('/api/peeringdb/ixlan-prefixes/?prefix=192.0.2.1/24')).toEqual([]);
  expect(await ids('/api/peeringdb/ixlan-prefixes/?prefix__isw=192.0')).toEqual([30]);
});

test('pages link to their neighbours and keep the filters', async () => {
  const first = await api.get(`${NETWORKS}?ordering=-id&limit=2&name__n=x`).expect(200);
  expect(first.body).toMatchObject({ count: 3, previous: null });
  const next = new URL(first.body.next);
  expect(Object.fromEntries(next.searchParams)).toEqual({ ordering: '-id', limit: '2', name__n: 'x', offset: '2' });
  const last = await api.get(`${next.pathname}${next.search}`).expect(200);
  expect(last.body.results.map(({ id }: { id: number }) => id)).toEqual([10]);
  expect(last.body.next).toBeNull();
  expect(new URL(last.body.previous).searchParams.get('offset')).toBe('0');
});

test('the limit is at most 1000, which is also what 0 means', async () => {
  const rows = Array.from({ length: 1001 }, (_, i) => ({ peeringdb_network: i + 1, peeringdb_ixlan: 1 }));
  await database.knex('peeringdb_hidden_peer').insert(rows);
  for (const [limit, expected] of [
    ['', 50],
    ['limit=0', 1000],
    ['limit=5000', 1000],
    ['limit=7', 7],
  ] as const) {
    const { body } = await api.get(`/api/peeringdb/hidden-peers/?${limit}`).expect(200);
    expect([body.count, body.results.length]).toEqual([1001, expected]);
  }
});

test('links are made of PUBLIC_URL where it is set', async () => {
  const named = createTestApi(database.knex, temporal, {
    config: { METRICS_OPEN: false, PUBLIC_URL: 'https://cc.example.net/base' },
  });
  const { body } = await named.get(`${NETWORKS}?limit=1`);
  expect(body.next).toBe('https://cc.example.net/base/api/peeringdb/networks/?limit=1&offset=1');
});

test('fields, exclude, omit and brief choose what is shown', async () => {
  const one = async (filter: string): Promise<Record<string, unknown>> =>
    (await api.get(`${NETWORKS}?id=10&${filter}`).expect(200)).body.results[0];
  expect(await one('fields=asn,id')).toEqual({ id: 10, asn: 64500 });
  expect(await one('fields=asn&fields=name')).toEqual({ name: 'Alpha 100%', asn: 64500 });
  expect(await one('brief=true')).toEqual({ id: 10, name: 'Alpha 100%', asn: 64500 });
  const rest = await one('exclude=name,notes&omit=asn');
  expect(rest).not.toHaveProperty('name');
  expect(rest).not.toHaveProperty('asn');
  expect(rest).toMatchObject({ id: 10, novelty: 7, status: 'ok' });
});

test('a row is answered with the names and values that PeeringDB gives, also those that are new', async () => {
  const { body, headers } = await api.get(`${NETWORKS}10/`).expect(200);
  expect(headers['x-peeringdb-synchronisation']).toBe('1');
  expect(body).toMatchObject({
    ...{ id: 10, asn: 64500, info_types: ['NSP', 'Content'], novelty: 7, status: 'ok' },
    ...{ created: '2026-01-02T03:04:05Z', updated: '2026-01-02T03:04:05Z' },
  });
  expect(body).not.toHaveProperty('extra');
  const large = await api.get(`${NETWORKS}11/`);
  expect(large.body.asn).toBe(4_200_000_000);
  const port = await api.get(`${PORTS}40/`);
  expect(port.body).toMatchObject({ ipaddr4: '192.0.2.1', ipaddr6: '2001:db8::1', speed: 10000 });
});

test('a protected row that is no longer confirmed says since when, others say nothing of it', async () => {
  const { body } = await api.get('/api/peeringdb/network-contacts/').expect(200);
  expect(body.results[0]).not.toHaveProperty('unconfirmed_since');
  expect(body.results[1]).toMatchObject({ id: 51, unconfirmed_since: '2026-01-02T03:04:05Z' });
});

test('every one of the 13 lists answers, with the snapshot that it comes from', async () => {
  for (const tag of OBJECT_TAGS) {
    const answer = await api.get(`/api/peeringdb/${OBJECTS[tag].path}/?q=e&ordering=-updated`).expect(200);
    expect([tag, answer.headers['x-peeringdb-synchronisation']]).toEqual([tag, '1']);
    await api.get(`/api/peeringdb/${OBJECTS[tag].path}/999999/`).expect(404);
  }
});

test('synchronisations are listed, the newest first', async () => {
  const { body } = await api.get('/api/peeringdb/synchronisations/').expect(200);
  expect(body.results[0]).toMatchObject({
    id: 1,
    mode: 'full',
    status: 'completed',
    created: 0,
    objects: {},
    error: null,
  });
  await api.get('/api/peeringdb/synchronisations/1/').expect(200);
  await api.get('/api/peeringdb/synchronisations/2/').expect(404);
});

test('quarantined rows are shown as PeeringDB sent them', async () => {
  await database.knex('peeringdb_quarantine').insert({
    ...{ tag: 'net', key: '77', peeringdb_id: 77, kind: 'rule', reason: 'name: holds a NUL', told: 1 },
    ...{ data: '{"id": 77, "name": "a\\u0000b"}', first_seen: '2026-01-01Z', last_tried: '2026-01-02Z' },
  });
  const { body } = await api.get('/api/peeringdb/quarantine/?object=net').expect(200);
  expect(body.results).toEqual([
    {
      ...{ id: 1, object: 'net', peeringdb_id: 77, reason: 'name: holds a NUL', data: { id: 77, name: 'a\0b' } },
      ...{ first_seen: '2026-01-01T00:00:00Z', last_tried: '2026-01-02T00:00:00Z' },
    },
  ]);
});

test('statistics count the rows of the snapshot, and name it', async () => {
  const { headers, body } = await api.get('/api/peeringdb/cache/statistics/').expect(200);
  expect(headers['x-peeringdb-synchronisation']).toBe('1');
  expect(body).toMatchObject({
    'sync-count': 1,
    last_sync: '2026-01-02T03:04:05Z',
    authenticated: false,
    running: null,
  });
});

test('while the cache is empty, its lists say what to do', async () => {
  const empty = await createTestDatabase();
  try {
    const other = createTestApi(empty.knex, temporal);
    for (const path of [NETWORKS, `${NETWORKS}1/`]) {
      const answer = await other.get(path).expect(409);
      expect(answer.body.type).toBe('urn:crossconnect:problem:peeringdb-cache-empty');
      expect(answer.body.detail).toContain('/api/peeringdb/cache/update-local/');
    }
    const { headers } = await other.get('/api/peeringdb/cache/statistics/').expect(200);
    expect(headers).not.toHaveProperty('x-peeringdb-synchronisation');
    await other.get('/api/peeringdb/synchronisations/').expect(200);
  } finally {
    await empty.drop();
  }
});

test('every list comes as CSV too, page by page', async () => {
  const csv = await api.get(`${NETWORKS}?format=csv&fields=id,name,asn&limit=2&ordering=id`).expect(200);
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(csv.headers['x-peeringdb-synchronisation']).toBe('1');
  expect(csv.text).toBe('id,name,asn\n10,Alpha 100%,64500\n11,Beta_Net,4200000000\n');
  expect((await api.get('/api/users/tokens/?format=csv&fields=id').expect(200)).text).toMatch(/^id\n/);
  const refused = await api.get(`${NETWORKS}?format=xml`).expect(400);
  expect(refused.body.errors).toEqual({ format: ["'xml' is not usable: expected json or csv"] });
});
