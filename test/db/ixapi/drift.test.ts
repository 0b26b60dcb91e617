import { keepPort } from '../../../store/ixapi/netbox-ports';
import { DRIFT } from '../../../store/ixapi/drift/lists';
import { listRecords } from '../../../store/query/list';
import { parseListRequest } from '../../../store/query/request';
import { createDriftSite, NOW, OTHER_MAC, type DriftSite } from '../../helpers/drift-site';

let site: DriftSite;
beforeEach(async () => {
  site = await createDriftSite();
});
afterEach(() => site.close());

/** So many minutes after NOW, as PostgreSQL's times are read. */
const later = (minutes: number): string => `2026-03-01T12:0${minutes}:00Z`;

const list = (query = '') => listRecords(site.knex, DRIFT, parseListRequest(DRIFT, new URLSearchParams(query)));

test('where all sources agree no drift is kept', async () => {
  await keepPort(site.knex, site.connection, netboxPort(), NOW);
  expect(await site.compare(true)).toBe(0);
  expect(await site.kept()).toEqual([]);
  expect(await site.events()).toEqual([]);
});

const netboxPort = (other: object = {}) => ({
  ...{ interface: 'ae1.100', enabled: true, mac_address: '02:01:00:00:00:01', speed: 10_000, vlan: 100 },
  ...{ ipv4_address: '192.0.2.1/24', ipv6_address: '2001:db8::1/64', ...other },
});

test('drift is kept with what each source says and when it said so', async () => {
  await site.set({ mac_address: OTHER_MAC });
  await keepPort(site.knex, site.connection, netboxPort({ mac_address: OTHER_MAC, vlan: 200 }), NOW);
  await site.knex('peeringdb_netixlan').where({ id: 40 }).update({ speed: 1000 });
  expect(await site.compare(false)).toBe(3);
  const [speed, mac, vlan] = await site.knex('ixapi_drift').orderBy('id');
  expect(mac).toMatchObject({
    ...{ internet_exchange: site.exchange, network_service_config: 'NSC-1', connection: site.connection },
    ...{ kind: 'mac_address', severity: 'critical', is_reported: false, first_seen: later(0) },
    ...{ ixapi: ['02:01:00:00:00:01'], peeringdb: null },
    ...{ local: OTHER_MAC, local_at: '2026-02-01T00:00:00Z', netbox: OTHER_MAC, netbox_at: later(0) },
  });
  expect(speed).toMatchObject({ kind: 'speed', peeringdb: 1000 });
  expect(await site.knex('ixapi_comparison')).toMatchObject([
    {
      ...{ internet_exchange: site.exchange, compared_at: later(0) },
      ...{ ixapi_at: '2026-01-01T00:00:00Z', peeringdb_at: '2026-01-02T03:04:05Z' },
    },
  ]);
  expect(vlan).toMatchObject({ kind: 'vlan', severity: 'warning', ixapi: 100, local: 100, netbox: 200 });
  const nulls = await site.knex('ixapi_drift').where({ kind: 'mac_address' }).whereNull('peeringdb');
  expect(nulls).toHaveLength(1);
});

test('drift that goes on keeps its id and when it was first seen; what is over goes', async () => {
  await site.set({ mac_address: OTHER_MAC, vlan: 200 });
  await site.compare(false);
  const [before] = await site.knex('ixapi_drift').where({ kind: 'vlan' });
  await site.set({ mac_address: '02:01:00:00:00:01', vlan: 300 });
  await site.compare(false, 60);
  const [after, ...others] = await site.knex('ixapi_drift');
  expect(others).toEqual([]);
  expect(after).toMatchObject({ id: before.id, local: 300, first_seen: later(0) });
  expect((await site.knex('ixapi_comparison').first('compared_at'))?.compared_at).toBe(later(1));
  expect(after.message).toContain('300 here');
});

test('an exchange that was never read to the end changes nothing of its drift', async () => {
  await site.set({ vlan: 200 });
  await site.compare(false);
  await site.knex('ixapi_state').delete();
  expect(await site.compare(false)).toBe(0);
  expect(await site.kept()).toEqual([['vlan', 'critical', false]]);
});

test('the list of drift has the worst first, and what each source says with its age', async () => {
  await site.set({ mac_address: OTHER_MAC });
  await site.knex('peeringdb_netixlan').where({ id: 40 }).update({ speed: 1000 });
  await site.show({ unresolved: ['ip9'] });
  await site.compare(false);
  const { rows, count } = await list();
  expect(count).toBe(3);
  expect(rows.map(({ kind, severity }) => [kind, severity])).toEqual([
    ['mac_address', 'critical'],
    ['speed', 'warning'],
    ['unresolved', 'info'],
  ]);
  const age = Math.round((Date.now() - Date.parse('2026-01-01T00:00:00Z')) / 1000);
  expect(rows[0]).toMatchObject({
    ...{ internet_exchange_name: 'Example IX', ixapi: ['02:01:00:00:00:01'], local: OTHER_MAC },
    ...{ peeringdb: null, peeringdb_age: null, netbox: null, netbox_age: null, is_reported: false },
  });
  expect(Math.abs((rows[0]!['ixapi_age'] as number) - age)).toBeLessThan(60);
  const kindsOf = async (query: string) => (await list(query)).rows.map(({ kind }) => kind);
  expect(await kindsOf('severity=warning')).toEqual(['speed']);
  expect(await kindsOf('ordering=-severity')).toEqual(['unresolved', 'speed', 'mac_address']);
  expect(await kindsOf('internet_exchange_name=Example%20IX&kind=speed')).toEqual(['speed']);
  expect(await kindsOf('peeringdb_age__gt=0')).toEqual(['speed']);
  expect(await kindsOf('is_reported=true')).toEqual([]);
});

test('a port of another AS that has our address is seen', async () => {
  await site.set({ peeringdb_netixlan: null });
  await site.knex('peeringdb_netixlan').where({ id: 40 }).update({ asn: 64999 });
  await site.compare(false);
  expect(await site.kept()).toEqual([['asn', 'warning', false]]);
});

test('a router that is out of service is drift, and no emergency', async () => {
  await site.knex('devices_router').where({ id: site.router }).update({ status: 'disabled' });
  await site.compare(true);
  expect(await site.kept()).toEqual([['router', 'warning', false]]);
});
