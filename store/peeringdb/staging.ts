import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { copyInto, withTransaction, type Copy } from '../client';
import { RANK } from './bodies';
import { OBJECT_TAGS, OBJECTS, type ObjectTag, type PeeringdbObject } from './objects';

/** What a body held, once its rows are staged. */
export interface Staged {
  readonly rows: number;
  /** The newest `updated` of its rows, ISO 8601; null without rows. */
  readonly newest: string | null;
  /** When upstream wrote the list (`meta.generated`), ISO 8601; null where it does not say. */
  readonly generated: string | null;
}

/** A body whose rows are being staged. */
export interface StagingBody {
  readonly id: number;
  readonly tag: ObjectTag;
  readonly rank: number;
}

/** A row that breaks a rule, as it is staged for quarantine. */
export interface StagedInvalid {
  readonly key: string;
  readonly id: number | null;
  readonly updated: string | null;
  readonly reason: string;
  readonly data: string;
}

/** Takes the rows of one body. */
export interface StagingSink {
  /** Lines of COPY's text format, in the order of the columns the sink was opened with. */
  write(lines: Buffer): Promise<void>;
  invalid(row: StagedInvalid): void;
}

/** What stands in the staging tables of a body already, or undefined: nothing, or lost with a crash of PostgreSQL. */
export async function findStaged(knex: Knex, body: number): Promise<Staged | undefined> {
  return knex<Staged & { body: number }>('peeringdb_staged').where({ body }).first('rows', 'newest', 'generated');
}

/** Whether a row of a type is cached that no change staged for this synchronisation tells to be deleted. */
export async function outlivesChanges(knex: Knex, synchronisation: number, tag: ObjectTag): Promise<boolean> {
  const { table, staging } = OBJECTS[tag];
  const result = await knex.raw<{ rows: unknown[] }>(
    `SELECT FROM ${table} v WHERE NOT EXISTS (
       SELECT FROM ${staging} l JOIN peeringdb_body b ON b.id = l.body AND b.synchronisation = ?
       WHERE l.id = v.id AND l.rank = ${RANK.change} AND l.status <> 'ok' AND l.updated >= v.updated
     ) LIMIT 1`,
    [synchronisation],
  );
  return result.rows.length > 0;
}

/**
 * From this many changes on the planner is told of them: it takes a table that was just filled for one row, and would
 * look at every change for every other. Lists are joined by hashing whatever it thinks.
 */
const ROWS_TO_ANALYZE = 100;
const KEYS = 'id, body, rank, status, updated';

const INSERT_INVALID = `
  INSERT INTO peeringdb_staging_invalid (body, rank, tag, key, id, updated, reason, data)
  SELECT $1, $2, $3, r->>'key', (r->>'id')::integer, (r->>'updated')::timestamptz, r->>'reason', (r->>'data')::json
  FROM unnest($4::json[]) r`;

/** A NUL cannot travel inside a JSON document's text value, so rows go as documents with `data` as escaped text. */
async function insertInvalid(client: PoolClient, body: StagingBody, rows: readonly StagedInvalid[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(INSERT_INVALID, [body.id, body.rank, body.tag, rows.map((row) => JSON.stringify(row))]);
}

/**
 * Stages one body in one transaction: `fill` writes rows into the sink and returns what the body held. Staging a body
 * twice at once leaves one of the two: the mark that it is staged has the body as its key.
 */
export function stage(
  knex: Knex,
  object: PeeringdbObject,
  columns: readonly string[],
  body: StagingBody,
  fill: (sink: StagingSink) => Promise<Staged>,
): Promise<Staged> {
  return withTransaction(knex, async (client) => {
    let copy: Copy | undefined;
    const invalid: StagedInvalid[] = [];
    let staged: Staged;
    try {
      staged = await fill({
        write: (lines) => (copy ??= copyInto(client, object.staging, columns)).write(lines),
        invalid: (row) => void invalid.push(row),
      });
    } catch (error) {
      await copy?.abort();
      throw error;
    }
    await copy?.end();
    if (body.rank !== RANK.list && staged.rows >= ROWS_TO_ANALYZE)
      await client.query(`ANALYZE ${object.staging} (${KEYS})`);
    await insertInvalid(client, body, invalid);
    await client.query('INSERT INTO peeringdb_staged (body, rows, newest, generated) VALUES ($1, $2, $3, $4)', [
      body.id,
      staged.rows,
      staged.newest,
      staged.generated,
    ]);
    return staged;
  });
}

/**
 * Empties the staging tables that hold anything. Under the fence, and not while a synchronisation runs: the rows may be
 * its own, when this comes late. A dead worker's COPY is not waited for.
 */
export async function clearStaging(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw("SET LOCAL lock_timeout = '5s'");
    await trx.raw('SELECT FROM peeringdb_state FOR UPDATE');
    if (await trx('peeringdb_synchronisation').where({ status: 'running' }).first('id')) return;
    const tags = await trx('peeringdb_staged as s')
      .leftJoin('peeringdb_body as b', 'b.id', 's.body')
      .where('s.rows', '>', 0)
      .distinct()
      .pluck<(ObjectTag | null)[]>('b.tag');
    const used = tags.includes(null) ? OBJECT_TAGS : tags.filter((tag) => tag !== null);
    for (const tag of used) await trx.raw(`TRUNCATE ${OBJECTS[tag].staging}`);
    if (used.length > 0) await trx.raw('TRUNCATE peeringdb_staging_invalid');
    await trx('peeringdb_staged').delete();
  });
}
