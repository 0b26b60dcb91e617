import type { Knex } from 'knex';
import type { AuditLine } from '../netbox/audit';
import { letGo } from '../netbox/guard';
import { lockDevice } from '../netbox/lock';
import { RecordConflictError, updateRecord, type Values, type Writer } from '../records';
import { auditPerson } from './people';
import { lockRouter, type RouterState, type WholeRouter } from './routers';
import { ROUTER } from './tables';

/** What people do to the link between a router and a device of NetBox's. */

const isGone = ({ state }: WholeRouter): boolean => state === 'deleted' || state === 'deleted_in_netbox';

async function change(
  trx: Knex.Transaction,
  before: WholeRouter,
  action: AuditLine['action'],
  values: Values,
  writer: Writer,
): Promise<void> {
  await updateRecord(trx, ROUTER, before.id, values, writer.now);
  await auditPerson(trx, action, { before, after: await lockRouter(trx, before.id) }, writer);
}

async function requireFree(trx: Knex.Transaction, deviceId: number): Promise<void> {
  const other = await trx<{ id: number; name: string; netbox_device_id: number }>('devices_router')
    .where({ netbox_device_id: deviceId })
    .first('id', 'name');
  if (other)
    throw new RecordConflictError(
      `netbox_device_id ${deviceId} is linked to router ${other.id} (${other.name}) already`,
    );
}

/** Proposals that are out of date once a router is linked; the devices that waited for the router. */
async function dropProposals(trx: Knex.Transaction, router: number, deviceId: number): Promise<number[]> {
  await trx('devices_adoption').where({ netbox_device_id: deviceId }).delete();
  const dropped = await trx('devices_adoption')
    .where({ router, state: 'proposed' })
    .delete()
    .returning<{ netbox_device_id: number }[]>('netbox_device_id');
  return dropped.map(({ netbox_device_id }) => netbox_device_id);
}

/**
 * Links a router to a device, which is excluded no more. The router stays as it is: it follows its device when something
 * is heard of that. What is answered are devices that waited for the router and get one of their own; nothing where there
 * is no such router. Throws {@link RecordConflictError} where one of them is linked to another.
 */
export async function linkRouter(
  trx: Knex.Transaction,
  id: number,
  deviceId: number,
  writer: Writer,
): Promise<readonly number[] | undefined> {
  await lockDevice(trx, deviceId);
  const router = await lockRouter(trx, id);
  if (!router) return undefined;
  const { netbox_device_id: linked, state } = router;
  if (linked !== null && linked !== deviceId)
    throw new RecordConflictError(`the router is linked to netbox_device_id ${linked}: unlink it first`);
  if (isGone(router)) throw new RecordConflictError(`the router's state is ${state}: restore it first`);
  if (linked === deviceId) return [];
  await requireFree(trx, deviceId);
  await trx('devices_exclusion').where({ netbox_device_id: deviceId }).delete();
  const waiting = await dropProposals(trx, id, deviceId);
  await change(trx, router, 'linked', { netbox_device_id: deviceId, state: 'linked' }, writer);
  return waiting;
}

/** Makes a router one that NetBox has nothing to do with, with the status that its device took from it. */
async function makeLocal(
  trx: Knex.Transaction,
  router: WholeRouter,
  action: AuditLine['action'],
  writer: Writer,
): Promise<void> {
  if (router.netbox_device_id !== null) await letGo(trx, router.netbox_device_id);
  const values = {
    ...{ netbox_device_id: null, netbox_platform: null, state: 'local' },
    ...{ status: router.status_before ?? router.status, status_before: null, delete_after: null },
  };
  await change(trx, router, action, values, writer);
}

/** Unlinks a router; whether there is one. One without a link stays as it is. */
export async function unlinkRouter(trx: Knex.Transaction, id: number, writer: Writer): Promise<boolean> {
  const router = await lockRouter(trx, id);
  if (router && router.netbox_device_id !== null) await makeLocal(trx, router, 'unlinked', writer);
  return router !== undefined;
}

const RESTORABLE: readonly RouterState[] = ['deleted', 'deleted_in_netbox', 'not_visible'];

/** Restores a router whose device is gone; whether there is one. Throws {@link RecordConflictError} for any other. */
export async function restoreRouter(trx: Knex.Transaction, id: number, writer: Writer): Promise<boolean> {
  const router = await lockRouter(trx, id);
  if (router && !RESTORABLE.includes(router.state))
    throw new RecordConflictError(`the router's state is ${router.state}: expected ${RESTORABLE.join(', ')}`);
  if (router) await makeLocal(trx, router, 'restored', writer);
  return router !== undefined;
}
