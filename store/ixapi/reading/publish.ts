import type { Knex } from 'knex';
import { toJsonb } from '../../json';
import { transact } from '../../transact';
import type { Composed } from './compose';
import { COLLECTIONS } from '../documents';

/** A reading of an IX-API object that came to its end. */
export interface ReadToTheEnd {
  readonly ix_api: number;
  readonly reading: number;
  readonly health: object;
  readonly version: string;
  /** Of all that was read, and of what reads it; null: it is not known. */
  readonly digest: string | null;
}

/** What was made of it. */
export interface Publication extends ReadToTheEnd, Composed {}

const UPSERT = `
  INSERT INTO ixapi_object (ix_api, collection, id, network_service, consuming_account, document)
  SELECT :ix_api, :collection, r.document->>'id', r.document->>'network_service', r.document->>'consuming_account',
    r.document
  FROM jsonb_array_elements(CAST(:documents AS jsonb)) r (document)
  ON CONFLICT (ix_api, collection, id) DO UPDATE SET network_service = excluded.network_service,
    consuming_account = excluded.consuming_account, document = excluded.document
  WHERE ixapi_object.document IS DISTINCT FROM excluded.document`;

const DELETE = `
  DELETE FROM ixapi_object
  WHERE ix_api = :ix_api AND collection = :collection AND NOT id = ANY (CAST(:ids AS text[]))`;

const TAKE = `
  INSERT INTO ixapi_state (ix_api, reading, fetched_at, health, version, problems, digest)
  VALUES (:ix_api, :reading, :began, CAST(:health AS jsonb), :version, CAST(:problems AS jsonb), :digest)
  ON CONFLICT (ix_api) DO UPDATE SET reading = excluded.reading, fetched_at = excluded.fetched_at,
    health = excluded.health, version = excluded.version, problems = excluded.problems, digest = excluded.digest
  WHERE ixapi_state.reading <= excluded.reading
  RETURNING reading`;

const RENEW = `
  UPDATE ixapi_state SET reading = :reading, fetched_at = :began, health = CAST(:health AS jsonb), version = :version
  WHERE ix_api = :ix_api AND reading <= :reading AND digest = :digest
  RETURNING reading`;

/** What became of a publication. `gone`: the object was changed or deleted since the reading began. */
export type Published = 'taken' | 'superseded' | 'gone';

/** Does what publishes a reading, unless that is gone; `began` is when it began: nothing that was read is older. */
function whileThere<T>(
  knex: Knex,
  reading: number,
  work: (trx: Knex.Transaction, began: string) => Promise<T>,
): Promise<T | 'gone'> {
  return transact(knex, async (trx) => {
    // Before the state: whoever changes the object forgets its readings first, and waits here.
    const row = await trx<{ id: number; began: string }>('ixapi_reading').where({ id: reading }).forKeyShare().first();
    return row === undefined ? 'gone' : work(trx, row.began);
  });
}

/** Says that all is as it was known to be, which costs nothing more; `changed`: it is not, or nothing was known. */
export function renew(knex: Knex, { health, ...read }: ReadToTheEnd): Promise<'taken' | 'changed' | 'gone'> {
  return whileThere(knex, read.reading, async (trx, began) => {
    const { rows } = await trx.raw<{ rows: unknown[] }>(RENEW, { ...read, began, health: toJsonb(health) });
    return rows.length > 0 ? 'taken' : 'changed';
  });
}

/**
 * Puts what was read in the place of what was known, in one transaction, unless a newer reading did already. What was
 * known of rows that had to be left out stays.
 */
export function publish(knex: Knex, publication: Publication): Promise<Published> {
  const { shown, problems, left_out, health, ...read } = publication;
  const { ix_api } = read;
  return whileThere(knex, read.reading, async (trx, began) => {
    const state = { ...read, began, health: toJsonb(health), problems: toJsonb(problems) };
    const taken = await trx.raw<{ rows: unknown[] }>(TAKE, state);
    if (taken.rows.length === 0) return 'superseded';
    for (const collection of COLLECTIONS) {
      const documents = shown[collection];
      await trx.raw(UPSERT, { ix_api, collection, documents: toJsonb(documents) });
      const ids = [...documents.map(({ id }) => id), ...left_out[collection]];
      await trx.raw(DELETE, { ix_api, collection, ids });
    }
    return 'taken';
  });
}
