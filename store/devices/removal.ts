import type { Knex } from 'knex';
import { letGo } from '../netbox/guard';
import { deleteRecord, RecordConflictError, type Writer } from '../records';
import { auditPerson } from './people';
import { lockRouter, type RouterState } from './routers';
import { ROUTER } from './tables';

/** Routers that would be made again, since their devices are in scope. */
const COMING_BACK: readonly RouterState[] = ['linked', 'in_sync', 'platform_unknown', 'platform_missing'];

async function excludeDevice(trx: Knex.Transaction, device: number, name: string, writer: Writer): Promise<void> {
  await trx('devices_exclusion')
    .insert({ netbox_device_id: device, name, created: writer.now.toISOString(), created_by: writer.username })
    .onConflict('netbox_device_id')
    .merge();
}

/**
 * Deletes a router; whether there was one. With `exclude` its device is remembered and gets no router any more. Throws
 * {@link RecordConflictError} where it would come back by itself, or has connections.
 */
export async function removeRouter(
  trx: Knex.Transaction,
  id: number,
  exclude: boolean,
  writer: Writer,
): Promise<boolean> {
  const router = await lockRouter(trx, id);
  if (!router) return false;
  const { netbox_device_id: device, state, name } = router;
  if (device !== null && !exclude && COMING_BACK.includes(state)) {
    const why = `it is linked to NetBox's device ${device} and would come back by itself`;
    throw new RecordConflictError(`${why}: expected exclude=true, which keeps it away`);
  }
  if (device !== null && exclude) await excludeDevice(trx, device, name, writer);
  if (device !== null) await letGo(trx, device);
  await auditPerson(trx, 'removed', { before: router }, writer);
  return deleteRecord(trx, ROUTER, id);
}

/** Lets a device have a router again; whether it was excluded. */
export async function endExclusion(knex: Knex, device: number): Promise<boolean> {
  return (await knex('devices_exclusion').where({ netbox_device_id: device }).delete()) > 0;
}
