import type { Knex } from 'knex';

/** An exchange of ours that is linked to an IX-API object, as far as that concerns it. */
export interface LinkedExchange {
  readonly id: number;
  readonly name: string;
  /** The id of its IX-API object, and the account there that is ours. */
  readonly ix_api: number;
  readonly identity: string;
  readonly local_asn: number;
  readonly peeringdb_ixlan: number | null;
  /** PeeringDB's id of the exchange (`ix`), which `peeringdb_ixid` of a service names. */
  readonly peeringdb_ixid: number | null;
  /** The prefixes of its LAN, CIDR: PeeringDB's, or those of our connections where PeeringDB knows none. */
  readonly prefixes: readonly string[];
}

/** A connection of ours at an exchange. Addresses with their prefix lengths; MAC addresses as 02:01:00:00:00:0a. */
export interface LocalConnection {
  readonly id: number;
  readonly internet_exchange_point: number;
  readonly router: number | null;
  readonly status: string;
  readonly vlan: number | null;
  readonly inner_vlan: number | null;
  readonly mac_address: string | null;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  /** Mbit/s. */
  readonly speed: number | null;
  readonly mode: string | null;
  readonly peeringdb_netixlan: number | null;
  readonly ixapi_network_service_config: string | null;
  readonly ixapi_connection: string | null;
  readonly last_updated: string;
}

const LINKED = `
  SELECT x.id, x.name, o.id AS ix_api, o.identity, a.asn AS local_asn, x.peeringdb_ixlan, l.ix_id AS peeringdb_ixid,
    coalesce(
      (SELECT array_agg(DISTINCT f.prefix::text) FROM peeringdb_ixpfx f WHERE f.ixlan_id = x.peeringdb_ixlan),
      (SELECT array_agg(DISTINCT network(p.address)::text) FROM net_connection c
        CROSS JOIN LATERAL (VALUES (c.ipv4_address), (c.ipv6_address)) p (address)
        WHERE c.internet_exchange_point = x.id AND p.address IS NOT NULL),
      '{}') AS prefixes
  FROM peering_internet_exchange x
  JOIN extras_ix_api o ON o.id = x.ixapi_endpoint
  JOIN peering_autonomous_system a ON a.id = x.local_autonomous_system
  LEFT JOIN peeringdb_ixlan l ON l.id = x.peeringdb_ixlan`;

/** An exchange; undefined: there is none of this id, or it is not linked to IX-API. */
export async function findLinkedExchange(knex: Knex, id: number): Promise<LinkedExchange | undefined> {
  const { rows } = await knex.raw<{ rows: LinkedExchange[] }>(`${LINKED} WHERE x.id = ?`, [id]);
  return rows[0];
}

/** All exchanges that are linked to IX-API, or those of one object. */
export async function linkedExchanges(knex: Knex, ix_api?: number): Promise<LinkedExchange[]> {
  const { rows } = await knex.raw<{ rows: LinkedExchange[] }>(
    `${LINKED} ${ix_api === undefined ? '' : 'WHERE o.id = ?'} ORDER BY x.id`,
    ix_api === undefined ? [] : [ix_api],
  );
  return rows;
}

/** Our connections at an exchange. */
export async function connectionsAt(knex: Knex, exchange: number): Promise<LocalConnection[]> {
  const { rows } = await knex.raw<{ rows: LocalConnection[] }>(
    `SELECT id, internet_exchange_point, router, status, vlan, inner_vlan, mac_address::text,
      host(ipv4_address) || '/' || masklen(ipv4_address) AS ipv4_address,
      host(ipv6_address) || '/' || masklen(ipv6_address) AS ipv6_address,
      speed, mode, peeringdb_netixlan, ixapi_network_service_config, ixapi_connection, last_updated
    FROM net_connection WHERE internet_exchange_point = ? ORDER BY id`,
    [exchange],
  );
  return rows;
}
