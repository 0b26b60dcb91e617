import type { Knex } from 'knex';

/** Waits for other imports of connections to end: two at once would make the same records. Until the transaction ends. */
export async function lockImports(trx: Knex.Transaction): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtext('peering import'))");
}
