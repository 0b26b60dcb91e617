import type { RecordTable } from '../records';

/** The tables of own peering records, and what their constraints mean. */

export const AUTONOMOUS_SYSTEM: RecordTable = {
  table: 'peering_autonomous_system',
  unique: { peering_autonomous_system_asn: 'there is an autonomous system with this asn already' },
  references: {},
  keptBy: {
    peering_internet_exchange_local_as: 'it is the local_autonomous_system of internet exchanges: delete these first',
    peering_ixp_session_as: 'it has internet exchange peering sessions: delete these first',
  },
};

export const INTERNET_EXCHANGE: RecordTable = {
  table: 'peering_internet_exchange',
  unique: {
    peering_internet_exchange_slug: 'there is an internet exchange with this slug already',
    peering_internet_exchange_ixlan:
      'there is an internet exchange with this peeringdb_ixlan and local_autonomous_system already',
  },
  references: {
    peering_internet_exchange_local_as: { field: 'local_autonomous_system', to: 'affiliated autonomous system' },
    peering_internet_exchange_ixapi: { field: 'ixapi_endpoint', to: 'IX-API object' },
  },
  keptBy: { net_connection_exchange: 'it has connections: delete these first' },
};

export const CONNECTION: RecordTable = {
  table: 'net_connection',
  unique: {
    net_connection_ipv4: 'the internet exchange has a connection with this ipv4_address already',
    net_connection_ipv6: 'the internet exchange has a connection with this ipv6_address already',
    net_connection_ixapi: 'the internet exchange has a connection with this ixapi_network_service_config already',
  },
  references: {
    net_connection_exchange: { field: 'internet_exchange_point', to: 'internet exchange' },
    net_connection_router: { field: 'router', to: 'router' },
  },
  keptBy: { peering_ixp_session_connection: 'it has internet exchange peering sessions: delete these first' },
};

export const IXP_SESSION: RecordTable = {
  table: 'peering_ixp_session',
  unique: { peering_ixp_session_address: 'the connection has a session with this ip_address already' },
  references: {
    peering_ixp_session_as: { field: 'autonomous_system', to: 'autonomous system' },
    peering_ixp_session_connection: { field: 'ixp_connection', to: 'connection' },
  },
};
