import type { ListColumn, ListSource } from '../query/columns';

/** Lists of own peering records, with Peering Manager's field names. */

/** What may be said of an exchange and of a connection (Peering Manager: `BGPGroupStatus`, `ConnectionStatus`). */
export const STATES = { enabled: 'Enabled', maintenance: 'Maintenance', disabled: 'Disabled' } as const;

/** What may be said of a session (Peering Manager: `BGPSessionStatus`). */
export const SESSION_STATES = {
  requested: 'Requested',
  provisioning: 'Provisioning',
  enabled: 'Enabled',
  maintenance: 'Maintenance',
  decommissioning: 'Decommissioning',
  disabled: 'Disabled',
} as const;

/** What became of the port that a connection is in PeeringDB. */
export const LINK_STATES = {
  unlinked: 'Unlinked',
  linked: 'Linked',
  renumbered: 'Renumbered',
  vanished: 'Vanished',
} as const;

const NOTES: readonly ListColumn[] = [
  { name: 'comments', kind: 'text' },
  { name: 'created', kind: 'timestamp' },
  { name: 'last_updated', kind: 'timestamp' },
];

export const AUTONOMOUS_SYSTEMS: ListSource = {
  table: 'peering_autonomous_system',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'asn', kind: 'asn' },
    { name: 'name', kind: 'text' },
    { name: 'name_peeringdb_sync', kind: 'boolean' },
    { name: 'description', kind: 'text' },
    { name: 'affiliated', kind: 'boolean' },
    { name: 'irr_as_set', kind: 'text' },
    { name: 'irr_as_set_peeringdb_sync', kind: 'boolean' },
    { name: 'ipv4_max_prefixes', kind: 'integer' },
    { name: 'ipv4_max_prefixes_peeringdb_sync', kind: 'boolean' },
    { name: 'ipv6_max_prefixes', kind: 'integer' },
    { name: 'ipv6_max_prefixes_peeringdb_sync', kind: 'boolean' },
    ...NOTES,
  ],
  search: ['name', 'description', 'irr_as_set', 'comments'],
  brief: ['id', 'asn', 'name'],
};

export const INTERNET_EXCHANGES: ListSource = {
  table: 'peering_internet_exchange',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'slug', kind: 'text' },
    { name: 'status', kind: 'text', choices: STATES },
    { name: 'description', kind: 'text' },
    { name: 'local_autonomous_system', kind: 'integer' },
    { name: 'peeringdb_ixlan', kind: 'integer' },
    { name: 'ixapi_endpoint', kind: 'integer' },
    ...NOTES,
  ],
  search: ['name', 'slug', 'description', 'comments'],
  brief: ['id', 'name', 'slug'],
};

/** An address of an interface, always with its prefix length. */
const interfaceAddress = (name: string): ListColumn => ({
  name,
  kind: 'inet',
  shown: `host(${name}) || '/' || masklen(${name})`,
});

export const CONNECTIONS: ListSource = {
  table: 'net_connection',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'internet_exchange_point', kind: 'integer' },
    { name: 'router', kind: 'integer' },
    { name: 'status', kind: 'text', choices: STATES },
    { name: 'description', kind: 'text' },
    { name: 'vlan', kind: 'integer' },
    { name: 'inner_vlan', kind: 'integer' },
    { name: 'mac_address', kind: 'text', expression: 'mac_address::text' },
    interfaceAddress('ipv4_address'),
    interfaceAddress('ipv6_address'),
    { name: 'speed', kind: 'integer' },
    { name: 'mode', kind: 'text' },
    { name: 'peeringdb_netixlan', kind: 'integer' },
    { name: 'peeringdb_state', kind: 'text', choices: LINK_STATES },
    { name: 'ixapi_network_service_config', kind: 'text' },
    { name: 'ixapi_connection', kind: 'text' },
    ...NOTES,
  ],
  search: ['description', 'mac_address', 'ipv4_address', 'ipv6_address', 'comments'],
  brief: ['id', 'internet_exchange_point', 'ipv4_address', 'ipv6_address'],
};

/**
 * Whether PeeringDB knows the session's peer as it is: this address, of this ASN, at the exchange's LAN. Nobody can tell
 * while the cache is empty.
 */
const EXISTS_IN_PEERINGDB = `CASE WHEN (SELECT snapshot FROM peeringdb_state) IS NOT NULL THEN EXISTS (
  SELECT FROM net_connection c
  JOIN peering_internet_exchange x ON x.id = c.internet_exchange_point
  JOIN peering_autonomous_system a ON a.id = peering_ixp_session.autonomous_system
  JOIN peeringdb_netixlan p ON p.asn = a.asn AND p.ixlan_id = x.peeringdb_ixlan
  WHERE c.id = peering_ixp_session.ixp_connection
    AND (p.ipaddr4 = peering_ixp_session.ip_address OR p.ipaddr6 = peering_ixp_session.ip_address)) END`;

export const IXP_SESSIONS: ListSource = {
  table: 'peering_ixp_session',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'autonomous_system', kind: 'integer' },
    { name: 'ixp_connection', kind: 'integer' },
    { name: 'ip_address', kind: 'inet' },
    { name: 'is_route_server', kind: 'boolean' },
    { name: 'status', kind: 'text', choices: SESSION_STATES },
    { name: 'exists_in_peeringdb', kind: 'boolean', expression: EXISTS_IN_PEERINGDB },
    { name: 'description', kind: 'text' },
    ...NOTES,
  ],
  search: ['ip_address', 'description', 'comments'],
  brief: ['id', 'autonomous_system', 'ixp_connection', 'ip_address'],
};
