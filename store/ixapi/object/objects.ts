import type { Knex } from 'knex';

/** An IX-API object: where an exchange is asked, with which key, and which account there is ours. */
export interface IxApi {
  readonly id: number;
  readonly name: string;
  readonly api_url: string;
  readonly api_key: string;
  /** The id of its secret (`core_secret`, of kind `ixapi_secret`). */
  readonly api_secret: number;
  readonly identity: string;
}

/** One object; undefined: there is none of this id. */
export async function findIxApi(knex: Knex, id: number): Promise<IxApi | undefined> {
  return knex<IxApi>('extras_ix_api').where({ id }).first('id', 'name', 'api_url', 'api_key', 'api_secret', 'identity');
}
