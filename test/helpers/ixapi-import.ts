import type { NetworkServiceConfig, Shown } from '../../store/ixapi/documents';
import type { LinkedExchange, LocalConnection } from '../../store/ixapi/exchange';
import { planImport, type PlannedConfig } from '../../store/ixapi/import/plan';
import { matchServices } from '../../store/ixapi/match/services';
import type { World } from '../../store/ixapi/world';
import { connection, networkService, shown } from './ixapi-documents';

/** Worlds in memory of which imports are planned, and the connections that come of it. */

export const NOW = new Date('2026-07-01T12:00:00.000Z');

/** The exchange of these worlds. */
export const EXCHANGE: LinkedExchange = {
  ...{ id: 1, name: 'Example IX', ix_api: 1, identity: 'ACC-100', local_asn: 64500, peeringdb_ixlan: 20 },
  ...{ peeringdb_ixid: 20, prefixes: [] },
};

/** A connection of ours of which nothing is known but what is given. */
export const localConnection = (fields: Partial<LocalConnection> = {}): LocalConnection => ({
  ...{ id: 1, internet_exchange_point: 1, router: null, status: 'enabled', vlan: null, inner_vlan: null },
  ...{ mac_address: null, ipv4_address: null, ipv6_address: null, speed: null, mode: null },
  ...{ peeringdb_netixlan: null, ixapi_network_service_config: null, ixapi_connection: null },
  ...{ last_updated: NOW.toISOString(), ...fields },
});

/** An exchange that shows these configs of one LAN, over one connection of theirs. */
export function worldOf(
  network_service_configs: readonly NetworkServiceConfig[],
  local: readonly LocalConnection[] = [],
  documents: Partial<Shown> = {},
): World & { readonly now: Date } {
  const network_services = documents.network_services ?? [networkService()];
  return {
    ...{ exchange: EXCHANGE, state: undefined, local, now: NOW },
    shown: shown({ network_services, network_service_configs, connections: [connection()], ...documents }),
    matches: matchServices(EXCHANGE, network_services),
  };
}

/** The plan of a single config. */
export function planOf(config: NetworkServiceConfig, local: readonly LocalConnection[] = []): PlannedConfig {
  const [planned, ...others] = planImport(worldOf([config], local));
  if (!planned || others.length > 0) throw new Error(`expected one planned config, not ${others.length}`);
  return planned;
}

/** Our connections after a plan was carried out in its order; throws where PostgreSQL's unique indexes would. */
export function carriedOut(local: readonly LocalConnection[], plan: readonly PlannedConfig[]): LocalConnection[] {
  const rows = new Map(local.map((one) => [one.id, one]));
  for (const { action, connection: known, values } of plan) {
    if (action === 'skip') continue;
    const id = known ?? Math.max(0, ...rows.keys()) + 1;
    rows.set(id, { ...(rows.get(id) ?? localConnection({ id })), ...values });
    expectUnique([...rows.values()]);
  }
  return [...rows.values()];
}

function expectUnique(rows: readonly LocalConnection[]): void {
  for (const field of ['ipv4_address', 'ipv6_address', 'ixapi_network_service_config'] as const) {
    const values = rows.flatMap((row) => row[field]?.split('/')[0] ?? []);
    if (new Set(values).size < values.length) throw new Error(`${field} is there twice: ${values.join(', ')}`);
  }
}
