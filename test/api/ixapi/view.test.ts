import { shownSchema } from '../../../api/routes/ixapi/view-schema';
import type { Temporal } from '../../../api/temporal/client';
import type { NetworkFeature, NetworkFeatureConfig } from '../../../store/ixapi/documents';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import {
  connection,
  EXPIRED,
  ip,
  linkExchange,
  mac,
  networkService,
  networkServiceConfig,
  NOT_YET,
  PAST,
  putDocuments,
  type LinkedIds,
} from '../../helpers/ixapi-documents';
import { CONNECTIONS, EXCHANGES, make } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let linked: LinkedIds;

beforeEach(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  linked = await linkExchange(database.knex);
});

afterEach(async () => {
  await temporal.close();
  await database.drop();
});

const path = (id = linked.exchange) => `${EXCHANGES}${id}/ix-api/`;

/** What is shown, which is all that the document says and nothing else. */
async function shown(how = '') {
  const { body } = await api.get(`${path()}${how}`).expect(200);
  expect(shownSchema.parse(body)).toEqual(body);
  return body;
}

const feature = (fields: Partial<NetworkFeature> = {}): NetworkFeature => ({
  ...{ id: 'NF-1', type: 'route_server', name: 'rs1', network_service: 'NS-1', required: true, asn: 64511 },
  ...{
    fqdn: null,
    ip_v4: '192.0.2.250',
    ip_v6: '2001:db8::250',
    address_families: ['af_inet'],
    session_mode: 'public',
  },
  ...{ available_bgp_session_types: ['active'], looking_glass_url: null, flags: [], ...fields },
});

const featureConfig = (fields: Partial<NetworkFeatureConfig> = {}): NetworkFeatureConfig => ({
  ...{ id: 'NFC-1', type: 'route_server', state: 'production', status: [] },
  ...{ managing_account: 'ACC-100', consuming_account: 'ACC-100' },
  ...{ network_feature: 'NF-1', network_service_config: 'NSC-1', asn: 64500, ip: 'ip-192.0.2.1', as_set_v4: null },
  ...{ as_set_v6: null, max_prefix_v4: null, max_prefix_v6: null, bgp_session_type: 'active', session_mode: 'public' },
  ...fields,
});

const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

test('before the first reading nothing is shown, and why', async () => {
  expect(await shown()).toEqual({
    ix_api: {
      ...{ id: linked.ix_api, name: 'Example', api_url: 'https://ixapi.example.net/api/v2/', identity: 'ACC-100' },
    },
    ...{ health: null, version: null, fetched_at: null, age: null, problems: [] },
    reason: expect.stringContaining('refresh'),
    ...{ network_services: [], network_features: [], network_service_configs: [], network_feature_configs: [] },
    ...{ connections: [], others: { network_service_configs: [] }, foreign: { network_service_configs: [] } },
  });
});

test('an exchange that is not linked to IX-API is a conflict that says what to set, and one that is not there is not found', async () => {
  await database.knex('peering_internet_exchange').update({ ixapi_endpoint: null });
  const { body } = await api.get(path()).expect(409);
  expect(body.detail).toMatch(/set its ixapi_endpoint$/);
  for (const action of ['refresh/', 'import/']) await api.post(`${path()}${action}`, {}).expect(409);
  await api.get(path(99)).expect(404);
});

test('the age of what is shown counts from the reading, and its problems are told', async () => {
  await putDocuments(database.knex, linked.ix_api, {});
  const problems = [{ list: 'macs', id: 'M-1', reason: 'it is none' }];
  await database.knex('ixapi_state').update({ problems: JSON.stringify(problems), health: '{"status":"pass"}' });
  api.now = new Date(Date.parse(PAST) + 90_000);
  const body = await shown();
  expect(body).toMatchObject({ age: 90, problems, health: { status: 'pass' }, version: '2.1.0', reason: null });
  expect(Date.parse(body.fetched_at as string)).toBe(Date.parse(PAST));
});

test('all services are shown with how they were matched, those of the exchange first, and no features of others', async () => {
  await putDocuments(database.knex, linked.ix_api, {
    network_services: [
      networkService({ id: 'A-cloud', type: 'cloud_vc', subnet_v4: null, subnet_v6: null, peeringdb_ixid: null }),
      networkService({ id: 'B-other', subnet_v4: '203.0.113.0/24', subnet_v6: null, peeringdb_ixid: 7 }),
      networkService(),
    ],
    network_features: [feature(), feature({ id: 'NF-2', network_service: 'B-other' })],
  });
  const { network_services, network_features } = await shown();
  expect(ids(network_services)).toEqual(['NS-1', 'A-cloud', 'B-other']);
  expect(network_services.map(({ match }: { match: { matched: boolean } }) => match.matched)).toEqual([
    true,
    false,
    false,
  ]);
  expect(network_services[0].match).toMatchObject({ by: 'peeringdb_ixid', ipv4: { outcome: 'same' } });
  expect(network_features).toEqual([{ ...feature(), configs: [] }]);
});

test('configs are ours by the account that consumes them; those of others show little, and those of other services stand apart', async () => {
  const strange = { consuming_account: 'ACC-200', managing_account: 'ACC-100' };
  await putDocuments(database.knex, linked.ix_api, {
    network_services: [
      networkService(),
      networkService({ id: 'NS-2', type: 'p2p_vc', name: 'circuit', peeringdb_ixid: null }),
    ],
    network_service_configs: [
      networkServiceConfig(),
      networkServiceConfig({ id: 'NSC-2', ...strange, ips: [ip('192.0.2.2')], macs: [mac('02:01:00:00:00:02')] }),
      networkServiceConfig({ id: 'NSC-3', consuming_account: null, asns: [] }),
      networkServiceConfig({ id: 'NSC-4', type: 'p2p_vc', network_service: 'NS-2', ips: [], macs: [], asns: [] }),
      networkServiceConfig({ id: 'NSC-5', network_service: 'NS-gone', connection: null }),
      networkServiceConfig({ id: 'NSC-6', network_service: 'NS-2', ...strange }),
    ],
  });
  const body = await shown();
  expect(ids(body.network_service_configs)).toEqual(['NSC-1']);
  const told = { state: 'production', network_service: 'NS-1' };
  expect(body.foreign.network_service_configs).toEqual([
    { id: 'NSC-2', ...told, ...strange, asns: [64500] },
    { id: 'NSC-3', ...told, consuming_account: null, managing_account: 'ACC-100', asns: [] },
  ]);
  const other = { state: 'production', status: [] };
  expect(body.others.network_service_configs).toEqual([
    {
      ...{ id: 'NSC-4', type: 'p2p_vc', ...other, connection: 'CON-1', network_service: 'NS-2' },
      service: { type: 'p2p_vc', name: 'circuit', state: 'production' },
    },
    { id: 'NSC-5', type: 'exchange_lan', ...other, connection: null, network_service: 'NS-gone', service: null },
  ]);
  expect(JSON.stringify(body)).not.toContain('02:01:00:00:00:02');
});

test('addresses show whether they are good, and features what uses them and which are missing', async () => {
  const lan = networkService();
  await putDocuments(database.knex, linked.ix_api, {
    network_services: [lan],
    network_features: [feature(), feature({ id: 'NF-2' }), feature({ id: 'NF-3', required: false })],
    network_service_configs: [
      networkServiceConfig({ ips: [ip('192.0.2.1'), ip('192.0.2.2', EXPIRED), ip('192.0.2.3', NOT_YET)] }),
      networkServiceConfig({ id: 'NSC-2', ips: [], macs: [mac('02:01:00:00:00:02', EXPIRED)] }),
      networkServiceConfig({ id: 'NSC-3', consuming_account: 'ACC-200' }),
    ],
    network_feature_configs: [
      featureConfig(),
      featureConfig({ id: 'NFC-2', network_service_config: 'NSC-2', network_feature: 'NF-2' }),
      featureConfig({ id: 'NFC-3', network_service_config: 'NSC-2', state: 'decommissioned' }),
      featureConfig({ id: 'NFC-4', network_service_config: 'NSC-3' }),
    ],
  });
  const { network_service_configs: configs, network_features, network_feature_configs } = await shown();
  const validity = (rows: readonly { readonly validity: string }[]) => rows.map((row) => row.validity);
  expect(validity(configs[0].ips)).toEqual(['valid', 'expired', 'future']);
  expect(validity(configs[1].macs)).toEqual(['expired']);
  expect(configs.map((config: { missing_features: string[] }) => config.missing_features)).toEqual([
    ['NF-2'],
    ['NF-1'],
  ]);
  expect(network_features.map(({ configs: used }: { configs: string[] }) => used)).toEqual([
    ['NFC-1', 'NFC-3'],
    ['NFC-2'],
    [],
  ]);
  expect(ids(network_feature_configs)).toEqual(['NFC-1', 'NFC-2', 'NFC-3']);
});

test('connections carry the ids of our configs, those of ours without any are free, and those of others are left out', async () => {
  await putDocuments(database.knex, linked.ix_api, {
    network_services: [networkService(), networkService({ id: 'NS-2', type: 'p2p_vc', peeringdb_ixid: null })],
    network_service_configs: [
      networkServiceConfig(),
      networkServiceConfig({ id: 'NSC-2', ips: [ip('192.0.2.2')] }),
      networkServiceConfig({ id: 'NSC-3', network_service: 'NS-2', connection: 'CON-2' }),
      networkServiceConfig({ id: 'NSC-4', ips: [ip('192.0.2.4')], connection: 'CON-5' }),
    ],
    connections: [
      connection(),
      connection({ id: 'CON-2' }),
      connection({ id: 'CON-3' }),
      connection({ id: 'CON-4', consuming_account: 'ACC-200' }),
      // Bought of a reseller.
      connection({ id: 'CON-5', consuming_account: 'ACC-200' }),
    ],
  });
  const { connections } = await shown();
  expect(connections.map(({ id, network_service_configs: carried }: never) => [id, carried])).toEqual([
    ['CON-1', ['NSC-1', 'NSC-2']],
    ['CON-3', []],
    ['CON-5', ['NSC-4']],
  ]);
});

test('the connection of ours that a config is shows what differs, by the rules of an import', async () => {
  const { knex } = database;
  const base = { internet_exchange_point: linked.exchange };
  const one = await make(api, CONNECTIONS, {
    ...{
      ...base,
      ipv4_address: '192.0.2.1/25',
      ipv6_address: '2001:db8::1/64',
      vlan: 7,
      mac_address: '02:01:00:00:00:0F',
    },
  });
  const two = await make(api, CONNECTIONS, { ...base, ipv4_address: '192.0.2.2/24', mac_address: '02:01:00:00:00:02' });
  await knex('net_connection').where({ id: two }).update({ ixapi_network_service_config: 'NSC-2' });
  await putDocuments(knex, linked.ix_api, {
    network_services: [networkService()],
    network_service_configs: [
      networkServiceConfig(),
      networkServiceConfig({
        ...{ id: 'NSC-2', connection: 'CON-gone', ips: [ip('192.0.2.2')], vlan_config: { vlan_type: 'port' } },
        macs: [mac('02:01:00:00:00:01'), mac('02:01:00:00:00:02')],
      }),
      networkServiceConfig({ id: 'NSC-3', ips: [ip('192.0.2.3')] }),
      networkServiceConfig({ id: 'NSC-4', ips: [], state: 'requested' }),
    ],
    connections: [connection()],
  });
  const { network_service_configs: configs } = await shown();
  expect(configs.map((config: { local_connection: unknown }) => config.local_connection)).toEqual([
    {
      ...{ id: one, by: 'address' },
      differs: {
        ipv4_address: { ixapi: '192.0.2.1/24', local: '192.0.2.1/25' },
        vlan: { ixapi: 100, local: 7 },
        mac_address: { ixapi: '02:01:00:00:00:01', local: '02:01:00:00:00:0f' },
        speed: { ixapi: 20_000, local: null },
        mode: { ixapi: 'lag_lacp', local: null },
      },
    },
    { id: two, by: 'id', differs: {} },
    null,
    null,
  ]);
  expect(configs.map(({ importable }: { importable: null }) => importable)).toEqual([null, null, null, null]);
  const { network_service_configs: planned } = await shown('?importable=true');
  expect(planned.map(({ importable }: { importable: object }) => importable)).toMatchObject([
    { action: 'link', waiting: false },
    { action: 'update' },
    { action: 'create', waiting: false },
    { action: 'skip', waiting: true, reason: expect.stringContaining('requested') },
  ]);
});
