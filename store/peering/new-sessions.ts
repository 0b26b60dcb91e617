import type { Knex } from 'knex';
import { insertRecord, type Values } from '../records';
import { AUTONOMOUS_SYSTEM, IXP_SESSION } from './tables';

/** A session with a port on one of our connections; the ids are null where a dry run has none. */
export interface PortSession {
  readonly netixlan_id: number;
  readonly connection: number;
  readonly family: 4 | 6;
  readonly ip_address: string;
  readonly autonomous_system: number | null;
  readonly session: number | null;
}

export interface SessionsResult {
  readonly created: readonly PortSession[];
  readonly existing: readonly PortSession[];
  readonly skipped: readonly { readonly netixlan_id: number; readonly reason: string }[];
}

/** Which sessions to make. */
export interface NewSessions {
  readonly netixlanIds: readonly number[];
  /** Our connections to make them on; all that are at the port's ixlan where nothing is given. */
  readonly connectionIds?: readonly number[] | undefined;
  readonly dryRun: boolean;
  readonly now: Date;
}

interface Candidate extends PortSession {
  readonly asn: number;
  readonly is_route_server: boolean;
}

/** Each family that a port and a connection of ours at its ixlan both have, with what is there of it already. */
const CANDIDATES = `
  SELECT p.id AS netixlan_id, c.id AS connection, f.family, host(f.peer) AS ip_address, p.asn,
    a.id AS autonomous_system, s.id AS session,
    coalesce(jsonb_exists(n.info_types, 'Route Server') OR n.info_type = 'Route Server', false) AS is_route_server
  FROM peeringdb_netixlan p
  JOIN peeringdb_net n ON n.id = p.net_id
  JOIN peering_internet_exchange x ON x.peeringdb_ixlan = p.ixlan_id
  JOIN net_connection c ON c.internet_exchange_point = x.id
  CROSS JOIN LATERAL (VALUES (4, c.ipv4_address, p.ipaddr4), (6, c.ipv6_address, p.ipaddr6)) f (family, own, peer)
  LEFT JOIN peering_ixp_session s ON s.ixp_connection = c.id AND s.ip_address = f.peer
  LEFT JOIN peering_autonomous_system a ON a.asn = p.asn
  WHERE p.id = ANY (:ports) AND f.own IS NOT NULL AND f.peer IS NOT NULL
    AND (CAST(:connections AS bigint[]) IS NULL OR c.id = ANY (:connections))
  ORDER BY p.id, c.id, f.family`;

/** Why ports have no candidate: what is wrong with each of them that is. */
const REASONS = `
  SELECT wanted.id AS netixlan_id, CASE
      WHEN p.id IS NULL THEN 'PeeringDB knows no such port'
      WHEN EXISTS (SELECT FROM peering_autonomous_system a WHERE a.asn = p.asn AND a.affiliated) THEN 'it is one of our own'
      WHEN NOT EXISTS (SELECT FROM peering_internet_exchange x JOIN net_connection c ON c.internet_exchange_point = x.id
        WHERE x.peeringdb_ixlan = p.ixlan_id AND (CAST(:connections AS bigint[]) IS NULL OR c.id = ANY (:connections)))
        THEN 'none of our connections is at its ixlan'
      ELSE 'our connections there have no address of its families'
    END AS reason
  FROM unnest(CAST(:ports AS integer[])) AS wanted (id) LEFT JOIN peeringdb_netixlan p ON p.id = wanted.id
  ORDER BY wanted.id`;

interface NetRow {
  readonly asn: number;
  readonly name: string;
  readonly irr_as_set: string | null;
  readonly info_prefixes4: number | null;
  readonly info_prefixes6: number | null;
}

/** A new autonomous system with all that PeeringDB says of it, which follows it from then on. */
const followed = (asn: number, net: NetRow | undefined): Values => ({
  asn,
  name: net?.name ?? `AS${asn}`,
  name_peeringdb_sync: true,
  irr_as_set: net?.irr_as_set ?? '',
  irr_as_set_peeringdb_sync: true,
  ipv4_max_prefixes: net?.info_prefixes4 ?? null,
  ipv4_max_prefixes_peeringdb_sync: true,
  ipv6_max_prefixes: net?.info_prefixes6 ?? null,
  ipv6_max_prefixes_peeringdb_sync: true,
  affiliated: false,
  description: '',
  comments: '',
});

async function autonomousSystemOf(trx: Knex.Transaction, asn: number, now: Date): Promise<number> {
  const known = await trx<{ id: number; asn: number }>('peering_autonomous_system').where({ asn }).first('id');
  if (known) return known.id;
  const net = await trx<NetRow>('peeringdb_net').where({ asn }).first();
  return insertRecord(trx, AUTONOMOUS_SYSTEM, followed(asn, net), now);
}

async function create(trx: Knex.Transaction, candidate: Candidate, now: Date): Promise<PortSession> {
  const autonomous_system = await autonomousSystemOf(trx, candidate.asn, now);
  const values = { autonomous_system, ixp_connection: candidate.connection, ip_address: candidate.ip_address };
  const others = { is_route_server: candidate.is_route_server, status: 'enabled', description: '', comments: '' };
  const session = await insertRecord(trx, IXP_SESSION, { ...values, ...others }, now);
  return { ...shown(candidate), autonomous_system, session };
}

const shown = ({ asn: _, is_route_server: __, ...session }: Candidate): PortSession => session;

/**
 * Makes the sessions with chosen ports: one for each of our connections at the port's ixlan and each family that both have.
 * What is there already is left as it is. A dry run makes nothing.
 */
export async function createSessions(
  trx: Knex.Transaction,
  { netixlanIds, connectionIds, dryRun, now }: NewSessions,
): Promise<SessionsResult> {
  // One at a time: two at once would make the same session, or the same autonomous system.
  if (!dryRun) await trx.raw("SELECT pg_advisory_xact_lock(hashtext('peering sessions'))");
  const scope = {
    ports: [...new Set(netixlanIds)],
    connections: connectionIds === undefined ? null : [...connectionIds],
  };
  const found = await trx.raw<{ rows: Candidate[] }>(CANDIDATES, scope);
  const reasons = await trx.raw<{ rows: { netixlan_id: number; reason: string }[] }>(REASONS, scope);
  const own = reasons.rows
    .filter(({ reason }) => reason === 'it is one of our own')
    .map(({ netixlan_id }) => netixlan_id);
  const candidates = found.rows.filter(({ netixlan_id }) => !own.includes(netixlan_id));
  // By connection and address: upstream may give one address to two ports, and there is one session with it.
  const created = new Map<string, PortSession>();
  const existing = candidates.filter(({ session }) => session !== null).map(shown);
  for (const candidate of candidates.filter(({ session }) => session === null)) {
    const key = `${candidate.connection} ${candidate.ip_address}`;
    const twin = created.get(key);
    if (twin) existing.push({ ...twin, netixlan_id: candidate.netixlan_id });
    else created.set(key, dryRun ? shown(candidate) : await create(trx, candidate, now));
  }
  const met = new Set(candidates.map(({ netixlan_id }) => netixlan_id));
  return {
    created: [...created.values()],
    existing,
    skipped: reasons.rows.filter(({ netixlan_id }) => !met.has(netixlan_id)),
  };
}
