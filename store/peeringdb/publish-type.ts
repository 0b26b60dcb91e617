import type { PoolClient } from 'pg';
import { RANK } from './bodies';
import { unchangedRows, type Counts } from './counts';
import { OBJECTS, type ObjectTag } from './objects';
import { planFor, rows, run } from './statements';
import type { TypeWork } from './publish-plan';
import * as sql from './publish-sql';

/** One transaction of a publication. */
export interface Work {
  readonly client: PoolClient;
  readonly flush: boolean;
  readonly weaker: boolean;
  /** Ids of rows that went so far, by type. */
  readonly gone: Map<ObjectTag, number[]>;
}

async function removeTold({ client, flush }: Work, { object, parameters }: TypeWork): Promise<number[]> {
  await run(client, sql.quarantineInvalid(object), parameters);
  await run(client, sql.quarantineRetried(object), parameters);
  await run(client, sql.buryTombstones(object), parameters);
  await run(client, sql.releaseDeleted(object), parameters);
  if (flush) return [];
  const invalid = await run(client, sql.removeInvalid(object), parameters);
  const deleted = await run(client, sql.removeDeleted(object), parameters);
  return [...invalid.ids, ...deleted.ids];
}

async function upsert(
  work: Work,
  type: TypeWork,
  rank: number,
): Promise<{ created: number; updated: number; removed: number[] }> {
  const { client, weaker } = work;
  const { object, parameters } = type;
  let removed: number[] = [];
  if (object.parents.length > 0) {
    const orphans = await run(client, sql.quarantineOrphans(object, rank), parameters);
    if (orphans.ids.length > 0) removed = (await run(client, sql.removeByIds(object), { ids: orphans.ids })).ids;
  }
  const updated = await run(client, sql.updateRows(object, rank, weaker), parameters);
  const created = await run(client, sql.insertRows(object, rank), parameters);
  return { created: created.count, updated: updated.count, removed };
}

/** Rows that a whole list leaves out, and contacts that only a stronger client could see. */
async function compareAbsence(work: Work, { object, list, parameters }: TypeWork, keep: boolean): Promise<number[]> {
  if (list === undefined) return [];
  const { client, weaker } = work;
  if (object.tag === 'poc') {
    if (weaker) await run(client, sql.markUnconfirmed(object), parameters);
    await run(client, sql.confirmMarked(object), parameters);
  }
  if (keep) return [];
  await run(client, sql.releaseAbsent(object), parameters);
  return (await run(client, sql.removeAbsent(object), parameters)).ids;
}

/** Rows whose parent went just now and is not there again: they wait in quarantine for it. */
async function removeLeftBehind({ client, gone }: Work, { object, parameters }: TypeWork): Promise<number[]> {
  let left: number[] = [];
  for (const { column, tag } of object.parents) {
    const parents = gone.get(tag) ?? [];
    if (parents.length === 0) continue;
    const back = await rows<{ id: number }>(client, `SELECT id FROM ${OBJECTS[tag].table} WHERE id = ANY($1)`, [
      parents,
    ]);
    const present = new Set(back.map((row) => row.id));
    const ids = parents.filter((id) => !present.has(id));
    left = left.concat((await run(client, sql.quarantineLeftBehind(object, column, tag), { ...parameters, ids })).ids);
  }
  return left;
}

/** Brings one type's staged rows into the cache. Types come in the order of their parents. */
export async function publishType(work: Work, type: TypeWork, keep: boolean): Promise<Counts> {
  const told = type.list !== undefined || type.bodies.some((body) => body.rows > 0);
  const bereft = type.object.parents.some(({ tag }) => (work.gone.get(tag)?.length ?? 0) > 0);
  if (!told && !bereft) return unchangedRows(type.before);

  const ranks = [RANK.change, RANK.list, RANK.retry].filter((rank) =>
    type.bodies.some((b) => b.rank === rank && b.rows > 0),
  );
  await planFor(work.client, type.bodies.some((body) => body.rank === RANK.list) ? 'lists' : 'changes');
  let removed = told ? await removeTold(work, type) : [];
  let created = 0;
  let updated = 0;
  for (const rank of ranks) {
    const done = await upsert(work, type, rank);
    created += done.created;
    updated += done.updated;
    removed = removed.concat(done.removed);
  }
  removed = removed.concat(await compareAbsence(work, type, keep), await removeLeftBehind(work, type));
  if (ranks.length > 0) await run(work.client, sql.releasePublished(type.object), {});
  work.gone.set(type.object.tag, removed);
  return {
    created,
    updated,
    deleted: removed.length,
    unchanged: type.before - updated - removed.length,
    quarantined: 0,
  };
}
