import type { Knex } from 'knex';

/** PostgreSQL's version, such as `18.4`. */
export async function postgresVersion(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { server_version: string }[] }>('SHOW server_version');
  return rows[0]?.server_version ?? '';
}
