import type { Knex } from 'knex';
import { UnknownReferenceError } from '../records';

/**
 * Throws when the router of a connection that was just written is a deleted one. The foreign key keeps the router as it
 * is from the write on, and a router that is used is not deleted.
 */
export async function refuseDeletedRouter(trx: Knex.Transaction, connection: number): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `SELECT r.id FROM net_connection c JOIN devices_router r ON r.id = c.router
    WHERE c.id = ? AND r.state = 'deleted'`,
    [connection],
  );
  const [router] = rows;
  if (router) throw new UnknownReferenceError('router', `router ${router.id} is deleted: restore it first`);
}
