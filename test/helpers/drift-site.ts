import type { Knex } from 'knex';
import { compareExchanges } from '../../store/ixapi/drift/compare';
import type { NetworkServiceConfig } from '../../store/ixapi/documents';
import { fillCache } from './cache';
import { createTestDatabase } from './database';
import { connection, linkExchange, networkService, networkServiceConfig, putDocuments } from './ixapi-documents';

/** A database with an exchange, PeeringDB, NetBox and a connection that agree, for tests of what is kept of drift. */

export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const JOIN = { correlateByService: false, autoCreate: false };
const TIME = '2026-02-01T00:00:00Z';
const NOTES = { description: '', comments: '', created: TIME, last_updated: TIME };
/** A MAC address that the exchange does not know. */
export const OTHER_MAC = '02:01:00:00:00:99';

export interface DriftSite {
  readonly knex: Knex;
  readonly ixApi: number;
  readonly exchange: number;
  readonly connection: number;
  readonly router: number;
  /** Makes the config at the exchange something else; null: it is not shown. */
  readonly show: (config: Partial<NetworkServiceConfig> | null) => Promise<void>;
  /** Makes our connection something else. */
  readonly set: (values: object) => Promise<unknown>;
  /** Compares, so many seconds after NOW. */
  readonly compare: (events: boolean, seconds?: number) => Promise<number>;
  /** Kinds and severities as they are kept, and whether events tell of them. */
  readonly kept: () => Promise<[string, string, boolean][]>;
  /** Ids and statuses of the events that there are. */
  readonly events: () => Promise<[string, string][]>;
  readonly close: () => Promise<void>;
}

const add = async (knex: Knex, table: string, values: object): Promise<number> => {
  const [row] = await knex(table).insert(values).returning<{ id: number }[]>('id');
  return row!.id;
};

async function addConnection(knex: Knex, exchange: number): Promise<{ connection: number; router: number }> {
  const router = await add(knex, 'devices_router', {
    ...{ name: 'r1', hostname: 'r1', status: 'enabled', tags: '[]', custom_fields: '{}', ...NOTES },
    ...{ netbox_device_id: 7, state: 'in_sync' },
  });
  const made = await add(knex, 'net_connection', {
    ...{ internet_exchange_point: exchange, router, status: 'enabled', ...NOTES, vlan: 100, speed: 10_000 },
    ...{ mac_address: '02:01:00:00:00:01', ipv4_address: '192.0.2.1/24', ipv6_address: '2001:db8::1/64' },
    ...{ peeringdb_netixlan: 40, peeringdb_state: 'linked', ixapi_network_service_config: 'NSC-1' },
  });
  return { connection: made, router };
}

/** Makes it; close it after the test. */
export async function createDriftSite(): Promise<DriftSite> {
  const database = await createTestDatabase();
  const { knex } = database;
  await fillCache(knex);
  const { ix_api, exchange } = await linkExchange(knex);
  const ids = await addConnection(knex, exchange);
  const show: DriftSite['show'] = (config) =>
    putDocuments(knex, ix_api, {
      ...{ network_services: [networkService()], connections: [connection({ speed: 10_000 })] },
      network_service_configs: config === null ? [] : [networkServiceConfig(config)],
    });
  await show({});
  return {
    ...{ knex, ixApi: ix_api, exchange, ...ids, show, close: () => database.drop() },
    set: (values) => knex('net_connection').where({ id: ids.connection }).update(values),
    compare: (events, seconds = 0) => {
      const now = new Date(NOW.getTime() + seconds * 1000);
      return compareExchanges(knex, ix_api, { events, join: JOIN, who: { actor: 'ixapi', now } });
    },
    kept: async () =>
      (await knex('ixapi_drift').orderBy('id')).map(({ kind, severity, is_reported }) => [kind, severity, is_reported]),
    events: async () =>
      (await knex('incident_event').orderBy('dedup_id')).map(({ dedup_id, status }) => [dedup_id, status]),
  };
}
