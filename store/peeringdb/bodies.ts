import type { Knex } from 'knex';
import type { ObjectTag } from './objects';

/** How much a body's rows count where two tell of the same row: changes before lists, lists before old quarantine. */
export const RANK = { change: 0, list: 1, retry: 2 } as const;

/** A body of upstream's, kept gzipped until its rows are published. */
export interface Body {
  readonly id: number;
  readonly synchronisation: number;
  readonly tag: ObjectTag;
  readonly part: string;
  readonly rank: number;
  readonly identity: string;
  readonly fetched: string;
  readonly complete: boolean;
  readonly bytes: number;
}

export type NewBody = Pick<Body, 'synchronisation' | 'tag' | 'part' | 'rank' | 'identity' | 'fetched'>;

/** The body of one part of a synchronisation, complete or not. */
export async function findBody(
  knex: Knex,
  key: Pick<Body, 'synchronisation' | 'tag' | 'part'>,
): Promise<Body | undefined> {
  return knex<Body>('peeringdb_body').where(key).first();
}

/** Begins a body anew; what an earlier attempt left of it goes. The id of the new one. */
export function beginBody(knex: Knex, body: NewBody): Promise<number> {
  return knex.transaction(async (trx) => {
    await trx<Body>('peeringdb_body')
      .where({ synchronisation: body.synchronisation, tag: body.tag, part: body.part, complete: false })
      .delete();
    const [row] = await trx('peeringdb_body').insert(body).returning<{ id: number }[]>('id');
    if (row === undefined) throw new Error('an inserted body has no id');
    return row.id;
  });
}

/** Appends a piece. Fails once a later attempt began the body anew. */
export async function appendBody(knex: Knex, body: number, seq: number, data: Buffer): Promise<void> {
  await knex('peeringdb_body_chunk').insert({ body, seq, data });
}

/** Marks a body as complete: it was read to the end of its JSON. From here on it is not fetched again. */
export async function completeBody(knex: Knex, body: number, bytes: number): Promise<void> {
  await knex('peeringdb_body').where({ id: body }).update({ complete: true, bytes });
}

/** The pieces of a body, in order, one at a time. */
export async function* readBody(knex: Knex, body: number): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq++) {
    const chunk = await knex<{ body: number; seq: number; data: Buffer }>('peeringdb_body_chunk')
      .where({ body, seq })
      .first();
    if (chunk === undefined) return;
    yield chunk.data;
  }
}

/**
 * Gives lists that an earlier synchronisation fetched and never published to a new one, if the same client fetched
 * them after `since` (ISO 8601): upstream would refuse to send them again.
 */
export async function adoptLists(
  knex: Knex,
  synchronisation: number,
  identity: string,
  since: string,
): Promise<ObjectTag[]> {
  const result = await knex.raw<{ rows: { tag: ObjectTag }[] }>(
    `UPDATE peeringdb_body SET synchronisation = ? WHERE id IN (
       SELECT DISTINCT ON (b.tag) b.id FROM peeringdb_body b JOIN peeringdb_synchronisation s ON s.id = b.synchronisation
       WHERE b.part = 'list' AND b.complete AND b.identity = ? AND b.fetched > ? AND s.status <> 'running'
         AND NOT EXISTS (SELECT FROM peeringdb_body own
           WHERE own.synchronisation = ? AND own.tag = b.tag AND own.part = b.part)
       ORDER BY b.tag, b.fetched DESC
     ) RETURNING tag`,
    [synchronisation, identity, since, synchronisation],
  );
  return result.rows.map((row) => row.tag);
}

/** The complete bodies of a synchronisation. */
export async function listBodies(knex: Knex, synchronisation: number): Promise<Body[]> {
  return knex<Body>('peeringdb_body').where({ synchronisation, complete: true }).orderBy('id');
}

/** The complete bodies of a synchronisation, quarantined rows aside, that are not staged: lost with a crash of PostgreSQL. */
export async function unstagedBodies(knex: Knex, synchronisation: number): Promise<Body[]> {
  return knex<Body>('peeringdb_body as b')
    .where({ synchronisation, complete: true })
    .where('rank', '<', RANK.retry)
    .whereNotExists(knex('peeringdb_staged as s').whereRaw('s.body = b.id'))
    .orderBy('id');
}

/** Drops the bodies of a synchronisation whose rows are published. */
export async function dropPublishedBodies(knex: Knex, synchronisation: number): Promise<void> {
  await knex('peeringdb_body').where({ synchronisation }).delete();
}

/** Drops bodies that no synchronisation will adopt any more: of ended ones, fetched before `before`. */
export async function dropOldBodies(knex: Knex, before: Date): Promise<void> {
  await knex('peeringdb_body')
    .whereIn('synchronisation', knex('peeringdb_synchronisation').where('status', '<>', 'running').select('id'))
    .where('fetched', '<', before.toISOString())
    .delete();
}
