/**
 * What an exchange shows through IX-API, as it is kept and answered: its own names and ids, one shape for all versions
 * (2.1.0 to 2.7.1). A field that a version does not have, or that the exchange left out, is null.
 */

/** The lists that are kept. */
export const COLLECTIONS = [
  'network_services',
  'network_features',
  'network_service_configs',
  'network_feature_configs',
  'connections',
] as const;

export type Collection = (typeof COLLECTIONS)[number];

/** What an exchange says of an object's state. `severity` is syslog's: 0 (emergency) to 7 (debug). */
export interface Status {
  readonly severity: number;
  readonly tag: string;
  readonly message: string;
  readonly timestamp: string | null;
}

/** What all of these objects have. */
export interface Owned {
  readonly id: string;
  readonly type: string;
  /** requested, allocated, testing, production, production_change_pending, decommission_requested, …; as upstream. */
  readonly state: string;
  readonly status: readonly Status[];
  readonly managing_account: string | null;
  readonly consuming_account: string | null;
}

/** Something that is referred to, with its name where the exchange shows it. */
export interface Named {
  readonly id: string;
  readonly name: string | null;
}

/** A peering LAN (`exchange_lan`), or a circuit or cloud of another type. Only LANs have subnets that are matched. */
export interface NetworkService extends Owned {
  readonly name: string | null;
  readonly product_offering: Named | null;
  readonly metro_area_network: Named | null;
  /** CIDR. */
  readonly subnet_v4: string | null;
  readonly subnet_v6: string | null;
  readonly peeringdb_ixid: number | null;
  readonly ixfdb_ixid: number | null;
  readonly network_features: readonly string[];
}

/** A route server, or another feature of a service. */
export interface NetworkFeature {
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
  readonly network_service: string;
  readonly required: boolean;
  readonly asn: number | null;
  readonly fqdn: string | null;
  readonly ip_v4: string | null;
  readonly ip_v6: string | null;
  readonly address_families: readonly string[];
  readonly session_mode: string | null;
  readonly available_bgp_session_types: readonly string[];
  readonly looking_glass_url: string | null;
  readonly flags: readonly string[];
}

/** How frames are tagged (`vlan_config`, by its `vlan_type`). A VLAN is null until the exchange has chosen it. */
export type VlanConfig =
  | { readonly vlan_type: 'dot1q'; readonly vlan: number | null; readonly vlan_ethertype: string | null }
  | {
      readonly vlan_type: 'qinq';
      readonly outer_vlan: number | null;
      readonly inner_vlan: number | null;
      readonly outer_vlan_ethertype: string | null;
    }
  | { readonly vlan_type: 'port' };

/** When an address is good: null is without an end. ISO 8601. */
export interface Validity {
  readonly valid_not_before: string | null;
  readonly valid_not_after: string | null;
}

export interface Ip extends Validity {
  readonly id: string;
  readonly version: 4 | 6;
  /** Without a prefix length, in its canonical form. */
  readonly address: string;
  readonly prefix_length: number;
  readonly fqdn: string | null;
}

export interface Mac extends Validity {
  readonly id: string;
  /** As 02:01:00:00:00:0a, whatever case or signs it was sent with. */
  readonly address: string;
}

/** How we use a network service over a connection. */
export interface NetworkServiceConfig extends Owned {
  readonly network_service: string;
  readonly connection: string | null;
  /** Null where it has none: routed types of 2.7.1. */
  readonly vlan_config: VlanConfig | null;
  /** Mbit/s; null is all that the connection has. */
  readonly capacity: number | null;
  readonly asns: readonly number[];
  readonly listed: boolean | null;
  readonly ips: readonly Ip[];
  readonly macs: readonly Mac[];
  /** Ids of `ips` and `macs` that the exchange names and does not show, or not so that they can be read. */
  readonly unresolved: readonly string[];
  readonly network_feature_configs: readonly string[];
  readonly product_offering: string | null;
  readonly external_ref: string | null;
  /** A day (2026-12-31) or a time. */
  readonly decommission_at: string | null;
  readonly charged_until: string | null;
}

/** How a config uses a feature: a session with a route server. */
export interface NetworkFeatureConfig extends Owned {
  readonly network_feature: string;
  readonly network_service_config: string;
  readonly asn: number | null;
  /** The id of the IP that it is for; whether it may be an address is unverified. */
  readonly ip: string | null;
  readonly as_set_v4: string | null;
  readonly as_set_v6: string | null;
  readonly max_prefix_v4: number | null;
  readonly max_prefix_v6: number | null;
  readonly bgp_session_type: string | null;
  readonly session_mode: string | null;
}

/** A physical port and where it is. */
export interface Port {
  readonly id: string;
  readonly name: string | null;
  readonly state: string;
  readonly status: readonly Status[];
  /** Mbit/s. */
  readonly speed: number | null;
  readonly media_type: string | null;
  /** Of 2.7.1: whether there is light. */
  readonly operational_state: string | null;
  readonly device: Named | null;
  readonly pop: Named | null;
  readonly facility: (Named & { readonly peeringdb_facility_id: number | null }) | null;
}

/** A port, or several that are bundled (`mode`). */
export interface Connection extends Omit<Owned, 'type'> {
  readonly name: string | null;
  readonly mode: string;
  /** Mbit/s, of all ports together. */
  readonly speed: number | null;
  readonly lacp_timeout: string | null;
  readonly vlan_types: readonly string[];
  readonly outer_vlan_ethertypes: readonly string[];
  /** Mbit/s that configs use already. */
  readonly capacity_allocated: number | null;
  readonly ports: readonly Port[];
  /** Ids of ports that it names and that the exchange does not show, or not so that they can be read. */
  readonly unresolved: readonly string[];
  /** What the subscriber's side of the cross connects is called. */
  readonly subscriber_side_demarcs: readonly string[];
}

/** The documents of each list. */
export interface Documents {
  readonly network_services: NetworkService;
  readonly network_features: NetworkFeature;
  readonly network_service_configs: NetworkServiceConfig;
  readonly network_feature_configs: NetworkFeatureConfig;
  readonly connections: Connection;
}

/** All that an object showed. */
export type Shown = { readonly [C in Collection]: readonly Documents[C][] };

/** The type of services that are peering LANs, of their configs, and of features that are route servers. */
export const EXCHANGE_LAN = 'exchange_lan';
export const ROUTE_SERVER = 'route_server';

/** Whether an address is good at a time, was, or will be. */
export function validityOf({ valid_not_before, valid_not_after }: Validity, now: Date): 'valid' | 'expired' | 'future' {
  if (valid_not_after !== null && Date.parse(valid_not_after) <= now.getTime()) return 'expired';
  if (valid_not_before !== null && Date.parse(valid_not_before) > now.getTime()) return 'future';
  return 'valid';
}
