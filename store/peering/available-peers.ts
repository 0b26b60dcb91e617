import type { ListColumn, ListSource } from '../query/columns';
import { OBJECTS } from '../peeringdb/objects';

/** Which ports are asked for. */
export interface AvailablePeers {
  /** At one of our exchanges only. */
  readonly exchange?: number;
  /** Ports that are not operational, too. */
  readonly notOperational: boolean;
  /** Route servers and route collectors, too. */
  readonly routeServers: boolean;
  /** Hidden peers, too. */
  readonly hidden?: boolean;
  /** Of this network only. */
  readonly asn?: number;
  /** At exchanges of these of our own autonomous systems only, by the ids of their records. */
  readonly own?: readonly number[];
}

/** PeeringDB's types of networks that are no peers by themselves (`info_types`). */
const SERVERS = `array['Route Server', 'Route Collector']`;

/** The connections of an exchange `x` and their families that lack a session with a port `p`, where both have the family. */
const MISSING = `FROM net_connection c
  CROSS JOIN LATERAL (VALUES (4, c.ipv4_address, p.ipaddr4), (6, c.ipv6_address, p.ipaddr6)) f (family, own, peer)
  WHERE c.internet_exchange_point = x.id AND f.own IS NOT NULL AND f.peer IS NOT NULL
    AND NOT EXISTS (SELECT FROM peering_ixp_session s WHERE s.ixp_connection = c.id AND s.ip_address = f.peer)`;

const NO_SERVER = `(jsonb_exists_any(n.info_types, ${SERVERS}) OR n.info_type = ANY (${SERVERS})) IS NOT TRUE`;
const NOT_HIDDEN = `NOT EXISTS (SELECT FROM peeringdb_hidden_peer h WHERE h.peeringdb_network = p.net_id
  AND h.peeringdb_ixlan = p.ixlan_id AND (h.until IS NULL OR h.until > now()))`;

/**
 * Our exchanges' ports, and the network of each, found one by one by their keys: `OFFSET 0` keeps PostgreSQL from joining
 * the whole tables instead, which it expects to be cheaper than it is. A network that is asked for has few ports anywhere,
 * so that it may begin with these.
 */
const PORTS_AT_EXCHANGE =
  'CROSS JOIN LATERAL (SELECT * FROM peeringdb_netixlan p WHERE p.ixlan_id = x.peeringdb_ixlan OFFSET 0) p';
const PORTS_OF_NETWORK = 'JOIN peeringdb_netixlan p ON p.ixlan_id = x.peeringdb_ixlan';
const NETWORK = 'CROSS JOIN LATERAL (SELECT * FROM peeringdb_net n WHERE n.id = p.net_id OFFSET 0) n';

/** Looked for last, of ports that are wanted otherwise: what makes it wait is that it names the network. */
const LACKS_SESSION = `EXISTS (SELECT ${MISSING} AND n.id = p.net_id)`;

const NET_FIELDS = [
  ...['irr_as_set', 'info_type', 'info_types', 'info_prefixes4', 'info_prefixes6', 'info_traffic', 'info_ratio'],
  ...['info_scope', 'info_unicast', 'info_multicast', 'info_ipv6', 'info_never_via_route_servers'],
  ...['policy_url', 'policy_general', 'policy_locations', 'policy_ratio', 'policy_contracts'],
];
const PORT_FIELDS = [
  ...['id', 'net_id', 'ix_id', 'ixlan_id', 'asn', 'ipaddr4', 'ipaddr6', 'speed', 'is_rs_peer', 'bfd_support'],
  ...['operational', 'notes', 'created', 'updated'],
];

function columnsOf(tag: 'net' | 'netixlan', names: readonly string[]): ListColumn[] {
  return OBJECTS[tag].columns.filter(({ name }) => names.includes(name)).map(({ name, kind }) => ({ name, kind }));
}

/**
 * Potential peers at our exchanges, one row for each of their ports: live ports on the ixlan of an exchange of ours, of
 * networks that are not affiliated, not hidden and no servers, that lack a session on one of our connections in a family
 * that both have. Being on the route server excludes nobody.
 */
export function availablePeers(asked: AvailablePeers): ListSource {
  const fields = [...PORT_FIELDS.map((name) => `p.${name}`), ...NET_FIELDS.map((name) => `n.${name}`)].join(', ');
  const numbers = (values: readonly number[]): string => values.map((value) => Math.trunc(value)).join(', ');
  const conditions = [
    ...(asked.exchange === undefined ? [] : [`x.id = ${numbers([asked.exchange])}`]),
    ...(asked.asn === undefined ? [] : [`p.asn = ${numbers([asked.asn])}`]),
    ...(asked.own === undefined ? [] : [`x.local_autonomous_system IN (${numbers(asked.own)})`]),
    ...(asked.notOperational ? [] : ['p.operational']),
    ...(asked.routeServers ? [] : [NO_SERVER]),
    ...(asked.hidden ? [] : [NOT_HIDDEN]),
    'NOT EXISTS (SELECT FROM peering_autonomous_system a WHERE a.asn = p.asn AND a.affiliated)',
    LACKS_SESSION,
  ];
  return {
    table: `(
      SELECT ${fields}, n.name, x.id AS internet_exchange, l.asn AS local_asn,
        (SELECT jsonb_agg(jsonb_build_object('connection', c.id, 'family', f.family, 'ip_address', host(f.peer))
          ORDER BY c.id, f.family) ${MISSING}) AS missing
      FROM peering_internet_exchange x
      JOIN peering_autonomous_system l ON l.id = x.local_autonomous_system
      ${asked.asn === undefined ? PORTS_AT_EXCHANGE : PORTS_OF_NETWORK}
      ${NETWORK}
      WHERE ${conditions.join(' AND ')}
    ) AS available`,
    columns: [
      ...columnsOf('netixlan', PORT_FIELDS),
      { name: 'name', kind: 'text' },
      { name: 'internet_exchange', kind: 'integer' },
      { name: 'local_asn', kind: 'asn' },
      ...columnsOf('net', NET_FIELDS),
      { name: 'missing', kind: 'opaque' },
    ],
    key: ['internet_exchange'],
    search: ['name', 'irr_as_set', 'ipaddr4', 'ipaddr6'],
    brief: ['id', 'asn', 'name', 'internet_exchange', 'ipaddr4', 'ipaddr6', 'missing'],
    ordering: 'asn',
  };
}
