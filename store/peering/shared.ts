import { rowAsJson } from '../peeringdb/publish-sql';
import { OBJECTS } from '../peeringdb/objects';
import type { ListSource } from '../query/columns';

/**
 * What networks have in common. The ASNs become part of the statement: they are numbers that were checked. A plan for
 * them looks at their own ports only (indexes on `netixlan.asn` and `netfac.net_id`).
 */
const listOf = (asns: readonly number[]): string => asns.map((asn) => Math.trunc(asn)).join(', ');

/** The exchanges' LANs at which all of these networks have ports, with the ports of each. */
export function sharedIxps(asns: readonly number[]): ListSource {
  const among = `p.asn IN (${listOf(asns)})`;
  return {
    table: `(
      SELECT l.id AS ixlan_id, l.ix_id, x.name, x.city, x.country, (
        SELECT jsonb_agg(jsonb_build_object('asn', g.asn, 'name', g.name, 'ports', g.ports) ORDER BY g.asn) FROM (
          SELECT p.asn, min(n.name) AS name, jsonb_agg(${rowAsJson(OBJECTS.netixlan, 'p')} ORDER BY p.id) AS ports
          FROM peeringdb_netixlan p JOIN peeringdb_net n ON n.id = p.net_id
          WHERE p.ixlan_id = l.id AND ${among} GROUP BY p.asn
        ) g
      ) AS networks
      FROM (
        SELECT p.ixlan_id FROM peeringdb_netixlan p WHERE ${among}
        GROUP BY p.ixlan_id HAVING count(DISTINCT p.asn) = ${new Set(asns).size}
      ) s
      JOIN peeringdb_ixlan l ON l.id = s.ixlan_id JOIN peeringdb_ix x ON x.id = l.ix_id
    ) AS shared`,
    columns: [
      { name: 'ixlan_id', kind: 'integer' },
      { name: 'ix_id', kind: 'integer' },
      { name: 'name', kind: 'text' },
      { name: 'city', kind: 'text' },
      { name: 'country', kind: 'text' },
      { name: 'networks', kind: 'opaque' },
    ],
    search: ['name', 'city', 'country'],
    brief: ['ixlan_id', 'ix_id', 'name'],
    ordering: 'name',
  };
}

/** The facilities at which all of these networks are. */
export function sharedFacilities(asns: readonly number[]): ListSource {
  const present = `FROM peeringdb_netfac p JOIN peeringdb_net n ON n.id = p.net_id WHERE n.asn IN (${listOf(asns)})`;
  return {
    table: `(
      SELECT f.id AS fac_id, f.name, f.city, f.country, (
        SELECT jsonb_agg(jsonb_build_object('asn', g.asn, 'name', g.name, 'netfac_ids', g.ids) ORDER BY g.asn)
        FROM (SELECT n.asn, min(n.name) AS name, jsonb_agg(p.id ORDER BY p.id) AS ids ${present} AND p.fac_id = f.id
          GROUP BY n.asn) g
      ) AS networks
      FROM (SELECT p.fac_id ${present} GROUP BY p.fac_id HAVING count(DISTINCT n.asn) = ${new Set(asns).size}) s
      JOIN peeringdb_fac f ON f.id = s.fac_id
    ) AS shared`,
    columns: [
      { name: 'fac_id', kind: 'integer' },
      { name: 'name', kind: 'text' },
      { name: 'city', kind: 'text' },
      { name: 'country', kind: 'text' },
      { name: 'networks', kind: 'opaque' },
    ],
    search: ['name', 'city', 'country'],
    brief: ['fac_id', 'name'],
    ordering: 'name',
  };
}

/** What a network shares with each of our own autonomous systems, which every row names as `local_asn`. */
export function sharedWithOwn(
  question: (asns: readonly number[]) => ListSource,
  asn: number,
  own: readonly { readonly asn: number }[],
): ListSource {
  const source = question([asn, asn]);
  const parts = own
    .filter((local) => local.asn !== asn)
    .map(
      (local) =>
        `SELECT ${Math.trunc(local.asn)}::bigint AS local_asn, shared.* FROM ${question([asn, local.asn]).table}`,
    );
  const nothing = `SELECT 0::bigint AS local_asn, shared.* FROM ${source.table} WHERE false`;
  return {
    ...source,
    table: `(${[nothing, ...parts].join(' UNION ALL ')}) AS shared`,
    columns: [...source.columns, { name: 'local_asn', kind: 'asn' }],
    key: ['local_asn'],
  };
}
