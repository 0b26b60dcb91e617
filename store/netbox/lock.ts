import type { Knex } from 'knex';

/** Until the transaction ends nobody else converges the device, nor gives it another router. */
export async function lockDevice(trx: Knex.Transaction, deviceId: number): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('netbox device', ?))", [deviceId]);
}
