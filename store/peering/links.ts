import type { Knex } from 'knex';
import { isCacheEmpty } from '../peeringdb/snapshot';

type Values = Readonly<Record<string, number | null>>;

/** Which links to renew; all of them where nothing is named. */
export interface LinkScope {
  readonly exchange?: number;
  readonly connection?: number;
}

// Not `:exchange::bigint`, in which knex sees the name of a column.
const IS_EXCHANGE = '(CAST(:exchange AS bigint) IS NULL OR x.id = :exchange)';
const IS_CONNECTION = '(CAST(:connection AS bigint) IS NULL OR c.id = :connection)';

/**
 * Exchanges that are linked to no ixlan get the one at which PeeringDB knows their connections' addresses as ports of
 * their local AS, if that is one and the same, and no other exchange of that AS has it.
 */
const LINK_EXCHANGES = `
  WITH found AS (
    SELECT x.id, x.local_autonomous_system AS local_as, min(p.ixlan_id) AS ixlan
    FROM peering_internet_exchange x
    JOIN peering_autonomous_system a ON a.id = x.local_autonomous_system
    JOIN net_connection c ON c.internet_exchange_point = x.id
    JOIN peeringdb_netixlan p ON p.asn = a.asn
      AND (p.ipaddr4 = host(c.ipv4_address)::inet OR p.ipaddr6 = host(c.ipv6_address)::inet)
    WHERE x.peeringdb_ixlan IS NULL AND ${IS_EXCHANGE}
    GROUP BY x.id HAVING count(DISTINCT p.ixlan_id) = 1
  )
  UPDATE peering_internet_exchange x SET peeringdb_ixlan = found.ixlan, last_updated = now()
  FROM found WHERE x.id = found.id
    AND NOT EXISTS (SELECT FROM found f WHERE f.ixlan = found.ixlan AND f.local_as = found.local_as AND f.id < found.id)
    AND NOT EXISTS (SELECT FROM peering_internet_exchange o
      WHERE o.peeringdb_ixlan = found.ixlan AND o.local_autonomous_system = found.local_as)`;

/**
 * The port that a connection is in PeeringDB: of the local AS at the exchange's ixlan, with one of its addresses, rather
 * with both; else the port that it was before, renumbered, as long as there is one.
 */
const LINK_CONNECTIONS = `
  WITH renewed AS (
    SELECT c.id,
      CASE WHEN x.peeringdb_ixlan IS NOT NULL THEN coalesce(p.id, c.peeringdb_netixlan) END AS netixlan,
      CASE
        WHEN x.peeringdb_ixlan IS NULL THEN 'unlinked'
        WHEN p.id IS NOT NULL AND p.differs THEN 'renumbered'
        WHEN p.id IS NOT NULL THEN 'linked'
        WHEN o.id IS NOT NULL THEN 'renumbered'
        WHEN c.peeringdb_netixlan IS NOT NULL THEN 'vanished'
        ELSE 'unlinked'
      END AS state
    FROM net_connection c
    JOIN peering_internet_exchange x ON x.id = c.internet_exchange_point
    JOIN peering_autonomous_system a ON a.id = x.local_autonomous_system
    LEFT JOIN LATERAL (
      SELECT p.id, p.ipaddr4 <> host(c.ipv4_address)::inet OR p.ipaddr6 <> host(c.ipv6_address)::inet AS differs
      FROM peeringdb_netixlan p
      WHERE p.ixlan_id = x.peeringdb_ixlan AND p.asn = a.asn
        AND (p.ipaddr4 = host(c.ipv4_address)::inet OR p.ipaddr6 = host(c.ipv6_address)::inet)
      ORDER BY coalesce(p.ipaddr4 = host(c.ipv4_address)::inet AND p.ipaddr6 = host(c.ipv6_address)::inet, false) DESC,
        p.id
      LIMIT 1
    ) p ON true
    LEFT JOIN peeringdb_netixlan o ON o.id = c.peeringdb_netixlan AND o.asn = a.asn AND o.ixlan_id = x.peeringdb_ixlan
    WHERE ${IS_EXCHANGE} AND ${IS_CONNECTION}
  )
  UPDATE net_connection c SET peeringdb_netixlan = r.netixlan, peeringdb_state = r.state, last_updated = now()
  FROM renewed r
  WHERE c.id = r.id AND (c.peeringdb_netixlan, c.peeringdb_state) IS DISTINCT FROM (r.netixlan::integer, r.state)`;

const changedBy = async (trx: Knex.Transaction, statement: string, values: Values): Promise<number> =>
  (await trx.raw<{ rowCount: number }>(statement, values)).rowCount;

/**
 * Brings what own records know of PeeringDB up to the published snapshot. Records of which nothing changed are not
 * written; with an empty cache none is, since it says nothing. How many changed.
 */
export async function renewLinks(trx: Knex.Transaction, { exchange, connection }: LinkScope = {}): Promise<number> {
  if (await isCacheEmpty(trx)) return 0;
  const scope = { exchange: exchange ?? null, connection: connection ?? null };
  const exchanges = connection === undefined ? await changedBy(trx, LINK_EXCHANGES, scope) : 0;
  return exchanges + (await changedBy(trx, LINK_CONNECTIONS, scope));
}

/** Hidden peers learn the ASN of their network, by which they find it again when it is re-created under another id. */
const LEARN_ASNS = `
  UPDATE peeringdb_hidden_peer h SET asn = n.asn FROM peeringdb_net n
  WHERE n.id = h.peeringdb_network AND h.asn IS DISTINCT FROM n.asn`;
const FIND_NETWORKS = `
  UPDATE peeringdb_hidden_peer h SET peeringdb_network = n.id, last_updated = now() FROM peeringdb_net n
  WHERE n.asn = h.asn AND NOT EXISTS (SELECT FROM peeringdb_net o WHERE o.id = h.peeringdb_network)
    AND NOT EXISTS (SELECT FROM peeringdb_hidden_peer o
      WHERE o.peeringdb_network = n.id AND o.peeringdb_ixlan = h.peeringdb_ixlan)`;

/** Renews which networks hidden peers are; how many are others now. */
export async function renewHiddenPeers(trx: Knex.Transaction): Promise<number> {
  if (await isCacheEmpty(trx)) return 0;
  const found = await changedBy(trx, FIND_NETWORKS, {});
  await trx.raw(LEARN_ASNS);
  return found;
}
