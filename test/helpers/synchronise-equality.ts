import type { Knex } from 'knex';
import { OBJECT_TAGS, OBJECTS, type ObjectTag, type PeeringdbObject } from '../../store/peeringdb/objects';
import { objectStates } from '../../store/peeringdb/synchronisations';
import type { Row } from '../fakes/peeringdb/store';
import type { Identity } from '../fakes/peeringdb/visibility';

/** A cache and what it mirrors, which may be in a process of its own. */
export interface Mirror {
  readonly knex: Knex;
  readonly fake: {
    readonly state: { liveRows(tag: ObjectTag, identity: Identity): readonly Row[] | Promise<readonly Row[]> };
  };
}

/** A row in the one form in which equal rows are the same text: keys in order, no nulls. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, canonical(field)]),
  );
}

/** Rows by id (or their text, where they have none) in a form that can be compared. */
function byKey(rows: readonly Row[]): Record<string, string> {
  const texts = rows.map((row) => [row, JSON.stringify(canonical(row))] as const);
  return Object.fromEntries(texts.map(([row, text]) => [typeof row.id === 'number' ? String(row.id) : text, text]));
}

/** The published rows of a type as upstream would send them. */
export async function publishedRows(knex: Knex, tag: ObjectTag): Promise<Row[]> {
  const rows = await knex<Row>(OBJECTS[tag].table).select().orderBy('id');
  return rows.map(({ extra, unconfirmed_since: _, ...row }: Row) => ({
    ...row,
    ...(extra as Row | null),
    status: 'ok',
  }));
}

/** The rows of a type that wait in quarantine, as upstream sent them. */
export async function quarantinedRows(knex: Knex, tag: ObjectTag): Promise<Row[]> {
  return knex('peeringdb_quarantine').where({ tag }).orderBy('id').pluck<Row[]>('data');
}

/** Published rows of one type that must not be: without a required parent, or as old as their tombstone. */
async function impossibleRows(knex: Knex, { tag, table, parents }: PeeringdbObject): Promise<string[]> {
  const orphans = parents.map(
    ({ column, tag: parent }) =>
      `SELECT v.id, 'without ${parent} ' || v.${column} AS why FROM ${table} v
       WHERE NOT EXISTS (SELECT FROM ${OBJECTS[parent].table} p WHERE p.id = v.${column})`,
  );
  const ghosts = `SELECT v.id, 'as old as its tombstone' FROM ${table} v
    JOIN peeringdb_tombstone t ON t.tag = '${tag}' AND t.id = v.id AND t.updated >= v.updated`;
  const both = `SELECT v.id, 'in quarantine as well' FROM ${table} v
    JOIN peeringdb_quarantine q ON q.tag = '${tag}' AND q.peeringdb_id = v.id`;
  const { rows } = await knex.raw<{ rows: { id: number; why: string }[] }>(
    [...orphans, ghosts, both].map((query) => `(${query})`).join(' UNION ALL '),
  );
  return rows.map(({ id, why }) => `${tag} ${id}: published ${why}`);
}

/** What of the cache contradicts itself: rows that must not be, counts that are not the rows'. */
export async function contradictions(knex: Knex): Promise<string[]> {
  const found: string[] = [];
  for (const { tag, row_count } of await objectStates(knex)) {
    const [counted] = await knex(OBJECTS[tag].table).count<{ count: number }[]>('* as count');
    if (counted?.count !== row_count) found.push(`${tag}: ${counted?.count ?? 0} rows, row_count ${row_count}`);
    found.push(...(await impossibleRows(knex, OBJECTS[tag])));
  }
  return found;
}

/** How the cache differs from what upstream shows to a client; an empty list if it does not. */
export async function differences({ fake, knex }: Mirror, identity: Identity = 'anonymous'): Promise<string[]> {
  const found = await contradictions(knex);
  for (const tag of OBJECT_TAGS) {
    const ours = byKey([...(await publishedRows(knex, tag)), ...(await quarantinedRows(knex, tag))]);
    const theirs = byKey(await fake.state.liveRows(tag, identity));
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      if (ours[key] === theirs[key]) continue;
      found.push(`${tag} ${key}: here ${ours[key] ?? 'nothing'}, upstream ${theirs[key] ?? 'nothing'}`);
    }
  }
  return found;
}

/**
 * Published and quarantined rows together are upstream's rows with status ok as the client may see them, field by field
 * (null and absent are equal); none is both, and the counts are right.
 */
export async function expectCacheEqualsUpstream(site: Mirror, identity: Identity = 'anonymous'): Promise<void> {
  expect(await differences(site, identity)).toEqual([]);
}
