import { OBJECTS, type PeeringdbObject } from './objects';
import { RANK } from './bodies';

/**
 * The statements that bring one type's staged rows into the cache, with named parameters: `:bodies` the ids of the type's
 * bodies in this synchronisation, `:now` its time, `:synchronisation` its id, `:generated` when upstream wrote the list,
 * `:weaker` whether the client sees less than the one that filled the cache, `:ids` ids of rows.
 *
 * What decides is a row's `updated`: a newer version wins, at equal ones a tombstone, then a change, then a list. A
 * statement never looks at what it did before, so the order below is the order in `publish.ts`.
 */

const columnsOf = (object: PeeringdbObject): string[] => [...object.columns.map((column) => column.name), 'extra'];
const prefixed = (alias: string, columns: readonly string[]): string =>
  columns.map((column) => `${alias}.${column}`).join(', ');

/** A staged or cached row as PeeringDB would send it. */
export function rowAsJson(object: PeeringdbObject, alias: string): string {
  const times = object.columns.filter((column) => column.kind === 'timestamp').map((column) => column.name);
  const dropped = ['body', 'rank', 'status', 'extra', 'unconfirmed_since', ...times].join(',');
  const rewritten = times.map((name) => `'${name}', replace(to_jsonb(${alias}.${name}) #>> '{}', '+00:00', 'Z')`);
  return `((to_jsonb(${alias}) - '{${dropped}}'::text[]) || jsonb_build_object(${rewritten.join(', ')})
    || coalesce(${alias}.extra, '{}') || '{"status": "ok"}')::json`;
}

/** Staged rows that lack a parent. One hash join a parent, over narrow columns: most rows lack none. */
const bereft = (object: PeeringdbObject, rank: number): string =>
  object.parents
    .map(
      ({ column, tag }) => `SELECT s.ctid FROM ${object.staging} s
        WHERE s.body = ANY(:bodies) AND s.rank = ${rank} AND s.status = 'ok'
          AND NOT EXISTS (SELECT FROM ${OBJECTS[tag].table} p WHERE p.id = s.${column})`,
    )
    .join(' UNION ');

const missingParent = (object: PeeringdbObject, alias: string): string =>
  `CASE ${object.parents
    .map(
      ({ column, tag }) =>
        `WHEN NOT EXISTS (SELECT FROM ${OBJECTS[tag].table} p WHERE p.id = ${alias}.${column})
        THEN '${column}: ${tag} ' || ${alias}.${column} || ' is not in the cache'`,
    )
    .join(' ')} END`;

/** Staged rows of a rank that nothing told stands against; the cache is for the caller to look at. */
function eligible(object: PeeringdbObject, rank: number): string {
  const { tag, table, staging } = object;
  const sameOrNewer = `SELECT FROM ${staging} c WHERE c.body = ANY(:bodies) AND c.rank = ${RANK.change} AND c.id = l.id`;
  const against = {
    [RANK.change]: `NOT EXISTS (${sameOrNewer} AND (c.updated, c.status <> 'ok', c.body, c.ctid) > (l.updated, false, l.body, l.ctid))`,
    [RANK.list]: `NOT EXISTS (${sameOrNewer} AND c.updated >= l.updated)`,
    [RANK.retry]: `NOT EXISTS (SELECT FROM ${table} r WHERE r.id = l.id)`,
  }[rank];
  return `l.body = ANY(:bodies) AND l.rank = ${rank} AND l.status = 'ok'
    AND NOT EXISTS (SELECT FROM peeringdb_tombstone t WHERE t.tag = '${tag}' AND t.id = l.id AND t.updated >= l.updated)
    AND NOT EXISTS (SELECT FROM peeringdb_quarantine q WHERE q.tag = '${tag}' AND q.peeringdb_id = l.id
      AND (q.updated > l.updated
        OR q.told = :synchronisation::bigint AND coalesce(q.updated, 'infinity') >= l.updated))
    AND ${against}`;
}

const INTO_QUARANTINE = `INSERT INTO peeringdb_quarantine
  (tag, key, peeringdb_id, updated, kind, reason, data, first_seen, last_tried, told)`;
const AGAIN_IN_QUARANTINE = `ON CONFLICT (tag, key) DO UPDATE SET updated = excluded.updated, kind = excluded.kind,
  reason = excluded.reason, data = excluded.data, last_tried = excluded.last_tried, told = excluded.told`;

/** Bodies that came from upstream just now, not rows of the quarantine that are tried again. */
const told = (object: PeeringdbObject, alias: string): string =>
  `SELECT FROM ${object.staging} ${alias} WHERE ${alias}.body = ANY(:bodies) AND ${alias}.rank < ${RANK.retry}`;

/** The same of rows that break a rule. */
const toldInvalid = (object: PeeringdbObject): string =>
  `SELECT FROM peeringdb_staging_invalid i
    WHERE i.body = ANY(:bodies) AND i.tag = '${object.tag}' AND i.rank < ${RANK.retry}`;

/** Rows that break a rule, unless the same synchronisation tells something newer of them. */
export const quarantineInvalid = (object: PeeringdbObject): string => `
  ${INTO_QUARANTINE}
  SELECT DISTINCT ON (i.key) '${object.tag}', i.key, i.id, i.updated, 'rule', i.reason, i.data, :now::timestamptz, :now::timestamptz, :synchronisation::bigint
  FROM peeringdb_staging_invalid i
  WHERE i.body = ANY(:bodies) AND i.tag = '${object.tag}' AND i.rank < ${RANK.retry}
    AND NOT EXISTS (${told(object, 'c')} AND c.id = i.id
      AND (c.updated > i.updated OR c.updated = i.updated AND c.rank < i.rank))
    AND NOT EXISTS (SELECT FROM peeringdb_tombstone t
      WHERE t.tag = '${object.tag}' AND t.id = i.id AND t.updated >= i.updated)
    AND NOT EXISTS (SELECT FROM ${object.table} v WHERE v.id = i.id AND v.updated > i.updated)
    AND NOT EXISTS (SELECT FROM peeringdb_quarantine q
      WHERE q.tag = '${object.tag}' AND q.key = i.key AND q.updated > i.updated)
  ORDER BY i.key, i.updated DESC NULLS FIRST, i.rank
  ${AGAIN_IN_QUARANTINE}`;

/** Quarantined rows that broke a rule once more when they were tried again. */
export const quarantineRetried = (object: PeeringdbObject): string => `
  UPDATE peeringdb_quarantine q SET last_tried = :now::timestamptz, kind = 'rule', reason = i.reason
  FROM peeringdb_staging_invalid i
  WHERE i.body = ANY(:bodies) AND i.tag = '${object.tag}' AND i.rank = ${RANK.retry} AND q.tag = i.tag AND q.key = i.key
    AND q.told <> :synchronisation::bigint`;

/** Older versions of rows that now break a rule. The ids of the rows that go. */
export const removeInvalid = (object: PeeringdbObject): string => `
  DELETE FROM ${object.table} v USING peeringdb_quarantine q
  WHERE q.tag = '${object.tag}' AND q.told = :synchronisation::bigint AND q.kind = 'rule' AND q.peeringdb_id = v.id
    AND (q.updated IS NULL OR v.updated <= q.updated)
  RETURNING v.id`;

/** Remembers what upstream told to be deleted or pending. */
export const buryTombstones = (object: PeeringdbObject): string => `
  INSERT INTO peeringdb_tombstone (tag, id, updated)
  SELECT '${object.tag}', l.id, max(l.updated) FROM ${object.staging} l
  WHERE l.body = ANY(:bodies) AND l.status <> 'ok' AND NOT EXISTS (SELECT FROM peeringdb_tombstone t
    WHERE t.tag = '${object.tag}' AND t.id = l.id AND t.updated >= l.updated)
  GROUP BY l.id
  ON CONFLICT (tag, id) DO UPDATE SET updated = excluded.updated`;

/** Rows that a tombstone of this synchronisation is as new as, or newer. The ids of the rows that go. */
export const removeDeleted = (object: PeeringdbObject): string => `
  DELETE FROM ${object.table} v USING ${object.staging} l
  WHERE l.body = ANY(:bodies) AND l.status <> 'ok' AND l.id = v.id AND v.updated <= l.updated RETURNING v.id`;

/** Quarantined rows that are deleted upstream. */
export const releaseDeleted = (object: PeeringdbObject): string => `
  DELETE FROM peeringdb_quarantine q USING ${object.staging} l
  WHERE q.tag = '${object.tag}' AND l.body = ANY(:bodies) AND l.status <> 'ok' AND l.id = q.peeringdb_id
    AND (q.updated IS NULL OR q.updated <= l.updated)`;

/** Eligible rows that lack a required parent. The ids of the quarantined rows. */
export const quarantineOrphans = (object: PeeringdbObject, rank: number): string => `
  ${INTO_QUARANTINE}
  SELECT '${object.tag}', l.id::text, l.id, l.updated, 'parent', ${missingParent(object, 'l')},
    ${rowAsJson(object, 'l')}, :now::timestamptz, :now::timestamptz, :synchronisation::bigint
  FROM ${object.staging} l WHERE l.ctid IN (${bereft(object, rank)}) AND ${eligible(object, rank)}
    AND NOT EXISTS (SELECT FROM ${object.table} v WHERE v.id = l.id AND v.updated > l.updated)
  ${AGAIN_IN_QUARANTINE} RETURNING peeringdb_id AS id`;

/** Older versions of rows that now wait in quarantine. The ids of the rows that go. */
export const removeByIds = (object: PeeringdbObject): string =>
  `DELETE FROM ${object.table} v WHERE v.id = ANY(:ids) RETURNING v.id`;

/** Of a column that upstream shows only to some: what was seen once is kept while less is shown. */
const value = (column: string, keepProtected: boolean): string =>
  keepProtected && column === 'ixf_ixp_member_list_url' ? `coalesce(l.${column}, v.${column})` : `l.${column}`;

/** Rows that differ from their cached version; orphans wait in quarantine by now. The number of rows updated is the result's row count. */
export function updateRows(object: PeeringdbObject, rank: number, keepProtected: boolean): string {
  const columns = columnsOf(object).filter((column) => column !== 'id');
  const next = columns.map((column) => value(column, keepProtected)).join(', ');
  return `
    UPDATE ${object.table} v SET (${columns.join(', ')}) = ROW (${next})
    FROM ${object.staging} l
    WHERE v.id = l.id AND v.updated <= l.updated AND (${prefixed('v', columns)}) IS DISTINCT FROM (${next})
      AND ${eligible(object, rank)}`;
}

/** Rows that are not in the cache. */
export const insertRows = (object: PeeringdbObject, rank: number): string => `
  INSERT INTO ${object.table} (${columnsOf(object).join(', ')})
  SELECT ${prefixed('l', columnsOf(object))} FROM ${object.staging} l
  WHERE NOT EXISTS (SELECT FROM ${object.table} v WHERE v.id = l.id)
    AND ${eligible(object, rank)}`;

/** Quarantined rows that are published now. */
export const releasePublished = (object: PeeringdbObject): string => `
  DELETE FROM peeringdb_quarantine q USING ${object.table} v WHERE q.tag = '${object.tag}' AND q.peeringdb_id = v.id`;

/** Rows protected from absence: a weaker client cannot tell whether they are gone. */
const exempt = (object: PeeringdbObject): string =>
  object.tag === 'poc'
    ? `AND NOT (v.visible IS DISTINCT FROM 'Public' AND (v.unconfirmed_since IS NOT NULL OR :weaker::boolean))`
    : '';

/** Condition of rows that a list would have named, and does not. */
const absent = (object: PeeringdbObject): string =>
  `v.updated <= :generated::timestamptz AND NOT EXISTS (${told(object, 'l')} AND l.id = v.id)
    AND NOT EXISTS (${toldInvalid(object)} AND i.id = v.id) ${exempt(object)}`;

/** How many rows a list leaves out. */
export const countAbsent = (object: PeeringdbObject): string =>
  `SELECT count(*) AS absent FROM ${object.table} v WHERE ${absent(object)}`;

/** Removes the rows that a list leaves out. Their ids. */
export const removeAbsent = (object: PeeringdbObject): string =>
  `DELETE FROM ${object.table} v WHERE ${absent(object)} RETURNING v.id`;

/** Quarantined rows that a list leaves out. Of contacts a weaker client cannot tell. */
export const releaseAbsent = (object: PeeringdbObject): string => `
  DELETE FROM peeringdb_quarantine q WHERE q.tag = '${object.tag}' AND (q.updated IS NULL OR q.updated <= :generated::timestamptz)
    AND NOT EXISTS (${told(object, 'l')} AND l.id = q.peeringdb_id)
    AND NOT EXISTS (${toldInvalid(object)} AND i.key = q.key) ${object.tag === 'poc' ? 'AND NOT :weaker::boolean' : ''}`;

/** Marks protected contacts that a weaker client's list leaves out. */
export const markUnconfirmed = (object: PeeringdbObject): string => `
  UPDATE ${object.table} v SET unconfirmed_since = :now::timestamptz
  WHERE v.visible IS DISTINCT FROM 'Public' AND v.unconfirmed_since IS NULL
    AND NOT EXISTS (${told(object, 'l')} AND l.id = v.id)`;

/** Takes the mark off contacts that upstream shows again. */
export const confirmMarked = (object: PeeringdbObject): string => `
  UPDATE ${object.table} v SET unconfirmed_since = NULL FROM ${object.staging} l
  WHERE v.unconfirmed_since IS NOT NULL AND l.body = ANY(:bodies) AND l.rank < ${RANK.retry} AND l.status = 'ok' AND l.id = v.id`;

/** Cached rows whose parents (`:ids`) went in this publication. The ids of the rows that go. */
export const quarantineLeftBehind = (object: PeeringdbObject, column: string, parent: string): string => `
  WITH orphan AS (
    DELETE FROM ${object.table} v WHERE v.${column} = ANY(:ids) RETURNING v.*
  )
  ${INTO_QUARANTINE}
  SELECT '${object.tag}', v.id::text, v.id, v.updated, 'parent',
    '${column}: ${parent} ' || v.${column} || ' is not in the cache', ${rowAsJson(object, 'v')}, :now::timestamptz, :now::timestamptz, :synchronisation::bigint
  FROM orphan v ${AGAIN_IN_QUARANTINE} RETURNING peeringdb_id AS id`;
