import type { Knex } from 'knex';
import { withTransaction } from '../client';
import { RANK } from './bodies';
import { OBJECT_TAGS, OBJECTS, type ObjectTag } from './objects';
import { planFor, rows, run } from './statements';

/** Parents of one type that staged rows name, and that nobody has. */
export interface MissingParents {
  readonly tag: ObjectTag;
  readonly ids: readonly number[];
}

/** The types of which rows are staged, and whether a whole list is among them. */
const STAGED = `
  SELECT b.tag, bool_or(b.rank = ${RANK.list}) AS whole FROM peeringdb_body b JOIN peeringdb_staged s ON s.body = b.id
  WHERE b.synchronisation = $1 AND s.rows > 0 GROUP BY b.tag`;

/** Ids of `parent` that rows staged for `tag` name in `column`, neither cached nor staged nor asked for in vain. */
const missingOf = (tag: ObjectTag, column: string, parent: ObjectTag): string => `
  SELECT DISTINCT l.${column} AS id FROM ${OBJECTS[tag].staging} l
  WHERE l.status = 'ok' AND l.body IN (SELECT id FROM peeringdb_body WHERE synchronisation = :synchronisation)
    AND NOT EXISTS (SELECT FROM ${OBJECTS[parent].table} p WHERE p.id = l.${column})
    AND NOT EXISTS (SELECT FROM ${OBJECTS[parent].staging} s WHERE s.id = l.${column}
      AND s.rank < ${RANK.retry} AND s.body IN (SELECT id FROM peeringdb_body WHERE synchronisation = :synchronisation))
    AND NOT EXISTS (SELECT FROM peeringdb_tombstone t WHERE t.tag = '${parent}' AND t.id = l.${column})
    AND NOT EXISTS (SELECT FROM peeringdb_missing_parent m WHERE m.tag = '${parent}' AND m.id = l.${column})`;

/** The parents to ask upstream for, by type. Types without staged rows cost nothing. */
export function findMissingParents(knex: Knex, synchronisation: number): Promise<MissingParents[]> {
  return withTransaction(knex, async (client) => {
    const staged = await rows<{ tag: ObjectTag; whole: boolean }>(client, STAGED, [synchronisation]);
    const missing = new Map<ObjectTag, Set<number>>();
    for (const { tag, whole } of staged) {
      await planFor(client, whole ? 'lists' : 'changes');
      for (const { column, tag: parent } of OBJECTS[tag].parents) {
        const { ids } = await run(client, missingOf(tag, column, parent), { synchronisation });
        missing.set(parent, new Set([...(missing.get(parent) ?? []), ...ids]));
      }
    }
    return OBJECT_TAGS.filter((tag) => (missing.get(tag)?.size ?? 0) > 0).map((tag) => ({
      tag,
      ids: [...(missing.get(tag) ?? [])].sort((a, b) => a - b),
    }));
  });
}

/** Remembers ids that upstream was asked for, so that it is not asked again until it tells of them by itself. */
export async function rememberAsked(knex: Knex, tag: ObjectTag, ids: readonly number[], now: Date): Promise<void> {
  const rows = ids.map((id) => ({ tag, id, asked: now.toISOString() }));
  await knex('peeringdb_missing_parent').insert(rows).onConflict(['tag', 'id']).merge();
}

/** Forgets what was asked before `before`: a whole comparison asks once more. */
export async function forgetAsked(knex: Knex, before: Date): Promise<void> {
  await knex('peeringdb_missing_parent').where('asked', '<', before.toISOString()).delete();
}
