import type { Knex } from 'knex';
import { toJsonb } from '../json';
import { transact } from '../transact';
import { COLLECTIONS, type Shown } from './documents';
import { collectionOf } from './known';
import type { RowProblem } from './raw';

/** What was read of an IX-API object. */
export interface Publication {
  readonly ix_api: number;
  readonly reading: number;
  /** When the reading began (ISO 8601): nothing of it is older. */
  readonly began: string;
  readonly health: object;
  readonly version: string;
  readonly shown: Shown;
  readonly problems: readonly RowProblem[];
}

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
  INSERT INTO ixapi_state (ix_api, reading, fetched_at, health, version, problems)
  VALUES (:ix_api, :reading, :began, CAST(:health AS jsonb), :version, CAST(:problems AS jsonb))
  ON CONFLICT (ix_api) DO UPDATE SET reading = excluded.reading, fetched_at = excluded.fetched_at,
    health = excluded.health, version = excluded.version, problems = excluded.problems
  WHERE ixapi_state.reading <= excluded.reading
  RETURNING reading`;

/**
 * Puts what was read in the place of what was known, in one transaction; false: a newer reading did already. A row that
 * could not be read as it should keeps what was known of it.
 */
export function publish(knex: Knex, publication: Publication): Promise<boolean> {
  const { ix_api, reading, began, health, version, shown, problems } = publication;
  return transact(knex, async (trx) => {
    const state = { ix_api, reading, began, version, health: toJsonb(health), problems: toJsonb(problems) };
    const taken = await trx.raw<{ rows: unknown[] }>(TAKE, state);
    if (taken.rows.length === 0) return false;
    for (const collection of COLLECTIONS) {
      const documents = shown[collection];
      const spoilt = problems.filter(({ list }) => collectionOf(list) === collection).map(({ id }) => id);
      await trx.raw(UPSERT, { ix_api, collection, documents: toJsonb(documents) });
      await trx.raw(DELETE, { ix_api, collection, ids: [...documents.map(({ id }) => id), ...spoilt] });
    }
    return true;
  });
}
