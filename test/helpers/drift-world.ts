import { compareSources } from '../../store/ixapi/drift/differences';
import type { Difference, DriftKind } from '../../store/ixapi/drift/finding';
import type { Netixlan } from '../../store/ixapi/drift/netixlans';
import type { RouterStanding, Sources } from '../../store/ixapi/drift/subjects';
import type {
  Connection,
  NetworkFeature,
  NetworkFeatureConfig,
  NetworkService,
  NetworkServiceConfig,
  Port,
} from '../../store/ixapi/documents';
import type { LinkedExchange, LocalConnection } from '../../store/ixapi/exchange';
import type { NetboxPort } from '../../store/ixapi/netbox-ports';
import type { World } from '../../store/ixapi/world';

/** An exchange, PeeringDB, NetBox and a connection that agree, for tests of what differs. */

export const NOW = new Date('2026-06-01T12:00:00.000Z');
export const EXCHANGE: LinkedExchange = {
  ...{ id: 3, name: 'EX', ix_api: 1, identity: 'us', local_asn: 64500, peeringdb_ixlan: 20, peeringdb_ixid: 20 },
  prefixes: ['203.0.113.0/24', '2001:db8::/64'],
};
const OWNED = { managing_account: 'us', consuming_account: 'us', status: [], state: 'production' };
const ALWAYS = { valid_not_before: null, valid_not_after: null };

export const SERVICE: NetworkService = {
  ...{ ...OWNED, id: 'lan', type: 'exchange_lan', name: 'LAN', product_offering: null, metro_area_network: null },
  ...{ subnet_v4: '203.0.113.0/24', subnet_v6: '2001:db8::/64', peeringdb_ixid: 20, ixfdb_ixid: null },
  network_features: ['rs'],
};
export const SERVER: NetworkFeature = {
  ...{ id: 'rs', type: 'route_server', name: 'RS 1', network_service: 'lan', required: true, asn: 64496, fqdn: null },
  ...{ ip_v4: null, ip_v6: null, address_families: ['af_inet'], session_mode: 'public' },
  ...{ available_bgp_session_types: [], looking_glass_url: null, flags: [] },
};
export const SESSION: NetworkFeatureConfig = {
  ...{ ...OWNED, id: 'nfc', type: 'route_server', network_feature: 'rs', network_service_config: 'nsc', asn: 64500 },
  ...{ ip: null, as_set_v4: null, as_set_v6: null, max_prefix_v4: null, max_prefix_v6: null },
  ...{ bgp_session_type: 'passive', session_mode: 'public' },
};
export const IP4 = { ...ALWAYS, id: 'ip4', version: 4, address: '203.0.113.5', prefix_length: 24, fqdn: null } as const;
export const IP6 = { ...ALWAYS, id: 'ip6', version: 6, address: '2001:db8::5', prefix_length: 64, fqdn: null } as const;
export const MAC = { ...ALWAYS, id: 'mac', address: '02:01:00:00:00:0a' };
export const PORT: Port = {
  ...{ id: 'p1', name: 'eth1', state: 'production', status: [], speed: 10_000, media_type: null, device: null },
  ...{ operational_state: 'up', pop: null, facility: null },
};
export const CONNECTION: Connection = {
  ...{ ...OWNED, id: 'conn', name: 'lag1', mode: 'lag_lacp', speed: 20_000, lacp_timeout: null, vlan_types: [] },
  ...{ outer_vlan_ethertypes: [], capacity_allocated: null, ports: [PORT, { ...PORT, id: 'p2' }], unresolved: [] },
  subscriber_side_demarcs: [],
};
export const CONFIG: NetworkServiceConfig = {
  ...{ ...OWNED, id: 'nsc', type: 'exchange_lan', network_service: 'lan', connection: 'conn', capacity: null },
  ...{ vlan_config: { vlan_type: 'dot1q', vlan: 100, vlan_ethertype: null }, asns: [64500], listed: true },
  ...{ ips: [IP4, IP6], macs: [MAC], unresolved: [], network_feature_configs: ['nfc'], product_offering: null },
  ...{ external_ref: null, decommission_at: null, charged_until: null },
};
export const LOCAL: LocalConnection = {
  ...{ id: 7, internet_exchange_point: 3, router: 9, status: 'enabled', vlan: 100, inner_vlan: null },
  ...{ mac_address: '02:01:00:00:00:0a', ipv4_address: '203.0.113.5/24', ipv6_address: '2001:db8::5/64' },
  ...{ speed: 20_000, mode: 'lag_lacp', peeringdb_netixlan: 70, ixapi_network_service_config: 'nsc' },
  ...{ ixapi_connection: 'conn', last_updated: '2026-05-01T00:00:00.000Z' },
};
export const NETIXLAN: Netixlan = {
  ...{ id: 70, asn: 64500, ipaddr4: '203.0.113.5', ipaddr6: '2001:db8::5', speed: 20_000 },
  ...{ is_rs_peer: true, operational: true },
};
export const NETBOX_PORT: NetboxPort = {
  ...{ interface: 'ae1.100', enabled: true, mac_address: '02:01:00:00:00:0A', speed: 20_000, vlan: 100 },
  ...{ ipv4_address: '203.0.113.5/24', ipv6_address: '2001:DB8::5/64' },
};
export const ROUTER: RouterStanding = { id: 9, name: 'r1', status: 'enabled', state: 'in_sync' };

/** What is other than in the world where all agree; null: there is none. */
export interface Otherwise {
  readonly config?: Partial<NetworkServiceConfig>;
  readonly service?: Partial<NetworkService>;
  readonly connection?: Partial<Connection>;
  readonly server?: Partial<NetworkFeature>;
  readonly session?: Partial<NetworkFeatureConfig> | null;
  readonly local?: Partial<LocalConnection> | null;
  readonly netixlan?: Partial<Netixlan> | null;
  readonly port?: Partial<NetboxPort> | null;
  readonly router?: Partial<RouterStanding>;
  readonly world?: Partial<World>;
  readonly sources?: Partial<Sources>;
}

const some = <T>(base: T, other: Partial<T> | null | undefined): T[] => (other === null ? [] : [{ ...base, ...other }]);

/** All differences in such a world. */
export function differences(other: Otherwise = {}): Difference[] {
  const world: World = {
    ...{ exchange: EXCHANGE, local: some(LOCAL, other.local) },
    state: { reading: 1, fetched_at: NOW.toISOString(), health: {}, version: '2.7.1', problems: [] },
    shown: {
      network_services: some(SERVICE, other.service),
      network_features: some(SERVER, other.server),
      network_service_configs: some(CONFIG, other.config),
      network_feature_configs: some(SESSION, other.session),
      connections: some(CONNECTION, other.connection),
    },
    matches: [
      {
        ...{ network_service: 'lan', matched: true, by: 'peeringdb_ixid', reason: '' },
        ...{ ipv4: { outcome: 'same', reason: '' }, ipv6: { outcome: 'same', reason: '' } },
      },
    ],
    ...other.world,
  };
  const [port = null] = some(NETBOX_PORT, other.port);
  return compareSources(world, {
    ...{ netixlans: some(NETIXLAN, other.netixlan), ports: new Map([[7, { port, read_at: NOW.toISOString() }]]) },
    routers: new Map([[9, { ...ROUTER, ...other.router }]]),
    ...{ peeringdb_at: NOW.toISOString(), now: NOW, ...other.sources },
  });
}

/** The kinds of the differences in such a world, and how severe each is. */
export const kinds = (other: Otherwise = {}): Partial<Record<DriftKind, string>> =>
  Object.fromEntries(differences(other).map(({ kind, severity }) => [kind, severity]));
