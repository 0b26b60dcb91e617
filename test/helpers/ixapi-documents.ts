import type { Knex } from 'knex';
import {
  COLLECTIONS,
  type Connection,
  type Ip,
  type Mac,
  type NetworkService,
  type NetworkServiceConfig,
  type Shown,
} from '../../store/ixapi/documents';
import { toJsonb } from '../../store/json';

/** Documents of an exchange, the one of `fillCache`: its LAN is 192.0.2.0/24 and 2001:db8::/64. */

const OWNED = {
  ...{ state: 'production', status: [], managing_account: 'ACC-100', consuming_account: 'ACC-100' },
};
const FOREVER = { valid_not_before: null, valid_not_after: null };

/** Times before and after those at which tests run, and a window that is over and one that begins. */
export const PAST = '2026-01-01T00:00:00.000Z';
export const FUTURE = '2040-01-01T00:00:00.000Z';
export const EXPIRED = { valid_not_before: null, valid_not_after: PAST };
export const NOT_YET = { valid_not_before: FUTURE, valid_not_after: null };

export const networkService = (fields: Partial<NetworkService> = {}): NetworkService => ({
  ...{ ...OWNED, id: 'NS-1', type: 'exchange_lan', name: 'LAN', product_offering: null, metro_area_network: null },
  ...{ subnet_v4: '192.0.2.0/24', subnet_v6: '2001:db8::/64', peeringdb_ixid: 20, ixfdb_ixid: null },
  ...{ network_features: [], ...fields },
});

/** An address of the LAN; its version is seen by its colons. */
export const ip = (address: string, fields: Partial<Ip> = {}): Ip => {
  const version = address.includes(':') ? 6 : 4;
  const prefix_length = version === 4 ? 32 : 128;
  return { id: `ip-${address}`, version, address, prefix_length, fqdn: null, ...FOREVER, ...fields };
};

export const mac = (address: string, fields: Partial<Mac> = {}): Mac => ({
  ...{ id: `mac-${address}`, address, ...FOREVER, ...fields },
});

/** A config in production, with the addresses 192.0.2.1 and 2001:db8::1. */
export const networkServiceConfig = (fields: Partial<NetworkServiceConfig> = {}): NetworkServiceConfig => ({
  ...{ ...OWNED, id: 'NSC-1', type: 'exchange_lan', network_service: 'NS-1', connection: 'CON-1' },
  vlan_config: { vlan_type: 'dot1q', vlan: 100, vlan_ethertype: '0x8100' },
  ...{ capacity: null, asns: [64500], listed: true, ips: [ip('192.0.2.1'), ip('2001:db8::1')] },
  ...{ macs: [mac('02:01:00:00:00:01')], unresolved: [], network_feature_configs: [], product_offering: null },
  ...{ external_ref: null, decommission_at: null, charged_until: null, ...fields },
});

export const connection = (fields: Partial<Connection> = {}): Connection => ({
  ...{ ...OWNED, id: 'CON-1', name: null, mode: 'lag_lacp', speed: 20_000, lacp_timeout: 'slow' },
  ...{ vlan_types: ['dot1q'], outer_vlan_ethertypes: ['0x8100'], capacity_allocated: null, ports: [] },
  ...{ unresolved: [], subscriber_side_demarcs: [], ...fields },
});

/** What an object showed: nothing beyond what is given. */
export const shown = (documents: Partial<Shown> = {}): Shown => ({
  ...{ network_services: [], network_features: [], network_service_configs: [], network_feature_configs: [] },
  ...{ connections: [], ...documents },
});

/** Puts documents in the place of what an object showed before, as a publication does. */
export async function putDocuments(knex: Knex, ix_api: number, documents: Partial<Shown>): Promise<void> {
  const all = shown(documents);
  const state = { ix_api, reading: 1, fetched_at: PAST, health: '{}', version: '2.1.0', problems: '[]', digest: '' };
  await knex('ixapi_state').insert(state).onConflict('ix_api').merge();
  await knex('ixapi_object').where({ ix_api }).delete();
  const rows = COLLECTIONS.flatMap((collection) =>
    all[collection].map((document) => ({
      ...{ ix_api, collection, id: document.id, document: toJsonb(document), digest: '' },
      network_service: 'network_service' in document ? document.network_service : null,
      consuming_account: 'consuming_account' in document ? document.consuming_account : null,
    })),
  );
  if (rows.length > 0) await knex('ixapi_object').insert(rows);
}

const TIME = '2026-01-02T03:04:05Z';
const TIMES = { created: TIME, last_updated: TIME };
const NOTES = { description: '', comments: '', ...TIMES };

/** An exchange of AS64500 that is linked to an IX-API object, whose account ACC-100 is ours. */
export interface LinkedIds {
  readonly ix_api: number;
  readonly exchange: number;
}

const insert = async (knex: Knex, table: string, values: object): Promise<number> => {
  const [row] = await knex(table).insert(values).returning<{ id: number }[]>('id');
  return row!.id;
};

/** Makes such an exchange; its LAN is the one of `fillCache`. */
export async function linkExchange(knex: Knex): Promise<LinkedIds> {
  const secret = { kind: 'ixapi_secret', digest: Buffer.from('digest'), sealed: Buffer.from('sealed'), created: TIME };
  const api_secret = await insert(knex, 'core_secret', secret);
  const ix_api = await insert(knex, 'extras_ix_api', {
    ...{ name: 'Example', api_url: 'https://ixapi.example.net/api/v2/', api_key: 'key', api_secret },
    ...{ identity: 'ACC-100', ...TIMES },
  });
  const follows = ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'];
  const local_autonomous_system = await insert(knex, 'peering_autonomous_system', {
    ...{ asn: 64500, name: 'Ours', affiliated: true, irr_as_set: '', ...NOTES },
    ...Object.fromEntries(follows.map((name) => [`${name}_peeringdb_sync`, false])),
  });
  const exchange = await insert(knex, 'peering_internet_exchange', {
    ...{ name: 'Example IX', slug: 'example-ix', status: 'enabled', local_autonomous_system, ...NOTES },
    ...{ peeringdb_ixlan: 20, ixapi_endpoint: ix_api },
  });
  return { ix_api, exchange };
}
