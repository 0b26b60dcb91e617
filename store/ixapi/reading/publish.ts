import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { toJsonb } from '../../json';
import { transact } from '../../transact';
import type { Asked } from './asked';
import type { Composed } from './compose';
import { COLLECTIONS, type Collection } from '../documents';

/** A reading of an IX-API object that came to its end. */
export interface ReadToTheEnd {
  readonly ix_api: number;
  readonly reading: number;
  readonly health: object;
  readonly version: string;
  /** All that was asked and answered, and its digest with the version of what read it; null: it is not known. */
  readonly asked: readonly Asked[] | null;
  readonly digest: string | null;
}

/** What was made of it. */
export interface Publication extends ReadToTheEnd, Composed {}

const UPSERT = `
  INSERT INTO ixapi_object (ix_api, collection, id, network_service, consuming_account, document, digest)
  SELECT :ix_api, :collection, r.document->>'id', r.document->>'network_service', r.document->>'consuming_account',
    r.document, r.digest
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) r (document jsonb, digest text)
  ON CONFLICT (ix_api, collection, id) DO UPDATE SET network_service = excluded.network_service,
    consuming_account = excluded.consuming_account, document = excluded.document, digest = excluded.digest`;

const DELETE = `
  DELETE FROM ixapi_object
  WHERE ix_api = :ix_api AND collection = :collection AND NOT id = ANY (CAST(:ids AS text[]))`;

const TAKE = `
  INSERT INTO ixapi_state (ix_api, reading, fetched_at, health, version, problems, asked, digest)
  VALUES (:ix_api, :reading, :began, CAST(:health AS jsonb), :version, CAST(:problems AS jsonb),
    CAST(:asked AS jsonb), :digest)
  ON CONFLICT (ix_api) DO UPDATE SET reading = excluded.reading, fetched_at = excluded.fetched_at,
    health = excluded.health, version = excluded.version, problems = excluded.problems, asked = excluded.asked,
    digest = excluded.digest
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
export function renew(knex: Knex, { health, asked: _, ...read }: ReadToTheEnd): Promise<'taken' | 'changed' | 'gone'> {
  return whileThere(knex, read.reading, async (trx, began) => {
    const { rows } = await trx.raw<{ rows: unknown[] }>(RENEW, { ...read, began, health: toJsonb(health) });
    return rows.length > 0 ? 'taken' : 'changed';
  });
}

/** Writes those documents of a collection that are new, or not as they were. */
async function writeChanged(
  trx: Knex.Transaction,
  ix_api: number,
  collection: Collection,
  documents: readonly { readonly id: string }[],
): Promise<void> {
  const known = await trx('ixapi_object')
    .where({ ix_api, collection })
    .select<{ readonly id: string; readonly digest: string }[]>('id', 'digest');
  const digests = new Map(known.map(({ id, digest }) => [id, digest]));
  const changed = documents.flatMap((document) => {
    const json = toJsonb(document);
    const digest = createHash('md5').update(json).digest('hex');
    return digests.get(document.id) === digest ? [] : [`{"digest":"${digest}","document":${json}}`];
  });
  if (changed.length > 0) await trx.raw(UPSERT, { ix_api, collection, rows: `[${changed.join(',')}]` });
}

/**
 * Puts what was read in the place of what was known, in one transaction, unless a newer reading did already. What was
 * known of rows that had to be left out stays.
 */
export function publish(knex: Knex, publication: Publication): Promise<Published> {
  const { shown, problems, left_out, health, asked, ...read } = publication;
  const { ix_api } = read;
  return whileThere(knex, read.reading, async (trx, began) => {
    const state = { ...read, began, health: toJsonb(health), problems: toJsonb(problems), asked: toJsonb(asked) };
    const taken = await trx.raw<{ rows: unknown[] }>(TAKE, state);
    if (taken.rows.length === 0) return 'superseded';
    for (const collection of COLLECTIONS) {
      const documents = shown[collection];
      await writeChanged(trx, ix_api, collection, documents);
      const ids = [...documents.map(({ id }) => id), ...left_out[collection]];
      await trx.raw(DELETE, { ix_api, collection, ids });
    }
    return 'taken';
  });
}
