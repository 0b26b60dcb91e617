import type { Knex } from 'knex';

/** What a reading asked an exchange for, and how it was answered. */
export interface Asked {
  readonly path: string;
  readonly parameters: readonly (readonly [string, string | number])[];
  /** Null: there is no such thing. */
  readonly status: number | null;
  /** Of all that was sent. */
  readonly digest: string | null;
  /** Rows of a list. */
  readonly rows: number | null;
}

/** What the reading asked that is published of an IX-API object: nothing where that is not known. */
export async function lastAsked(knex: Knex, ix_api: number): Promise<readonly Asked[]> {
  const row = await knex<{ ix_api: number; asked: readonly Asked[] | null }>('ixapi_state')
    .where({ ix_api })
    .first('asked');
  return row?.asked ?? [];
}
