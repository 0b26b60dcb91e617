import type { Knex } from 'knex';

/** What changed of an autonomous system, since PeeringDB says something else. */
export interface FollowedAs {
  readonly asn: number;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

/** Fields of an autonomous system, and the fields of `net` that they follow while their flag is on. */
const FOLLOWED = {
  name: 'name',
  irr_as_set: 'irr_as_set',
  ipv4_max_prefixes: 'info_prefixes4',
  ipv6_max_prefixes: 'info_prefixes6',
} as const;
const FIELDS = Object.entries(FOLLOWED);

/** Private ASNs (RFC 6996): PeeringDB does not know them, and what has one of them there is a mistake. */
const IS_PUBLIC = 'a.asn NOT BETWEEN 64512 AND 65534 AND a.asn NOT BETWEEN 4200000000 AND 4294967294';

const next = ([own, theirs]: (typeof FIELDS)[number]): string =>
  `CASE WHEN a.${own}_peeringdb_sync THEN coalesce(${own.endsWith('prefixes') ? `n.${theirs}` : `nullif(n.${theirs}, '')`}, a.${own}) ELSE a.${own} END`;

const FOLLOW = `
  WITH following AS (
    SELECT DISTINCT ON (a.id) a.id, ${FIELDS.map((field) => `a.${field[0]} AS old_${field[0]}, ${next(field)} AS ${field[0]}`).join(', ')}
    FROM peering_autonomous_system a JOIN peeringdb_net n ON n.asn = a.asn
    WHERE ${IS_PUBLIC} AND (CAST(:id AS bigint) IS NULL OR a.id = :id)
    ORDER BY a.id, n.id DESC
  )
  UPDATE peering_autonomous_system a
  SET ${FIELDS.map(([own]) => `${own} = f.${own}`).join(', ')}, last_updated = :now
  FROM following f
  WHERE a.id = f.id AND (${FIELDS.map(([own]) => `a.${own}`).join(', ')}) IS DISTINCT FROM (${FIELDS.map(([own]) => `f.${own}`).join(', ')})
  RETURNING a.asn, ${FIELDS.map(([own]) => `f.old_${own}, f.${own}`).join(', ')}`;

/**
 * Brings autonomous systems (all, or one) up to what the cache says: each field unless its flag is off. What PeeringDB
 * leaves empty overwrites nothing; IRR as-sets are taken verbatim, with several sets and their sources. What changed.
 */
export async function followPeeringdb(trx: Knex.Transaction, now: Date, id?: number): Promise<FollowedAs[]> {
  const { rows } = await trx.raw<{ rows: Record<string, unknown>[] }>(FOLLOW, {
    id: id ?? null,
    now: now.toISOString(),
  });
  return rows
    .map((row) => ({
      asn: row['asn'] as number,
      changes: Object.fromEntries(
        FIELDS.filter(([own]) => row[own] !== row[`old_${own}`]).map(([own]) => [
          own,
          { from: row[`old_${own}`], to: row[own] },
        ]),
      ),
    }))
    .sort((a, b) => a.asn - b.asn);
}

/** Whether the cache says anything of an autonomous system that it could follow. */
export async function canFollow(trx: Knex, id: number): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM peering_autonomous_system a JOIN peeringdb_net n ON n.asn = a.asn WHERE a.id = ? AND ${IS_PUBLIC}`,
    [id],
  );
  return rows.length > 0;
}
