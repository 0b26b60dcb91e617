import type { Knex } from 'knex';
import { lockDevice } from '../netbox/lock';
import type { Writer } from '../records';
import { linkRouter } from './links';

/** What people decide of routers that are proposed for devices. */

interface Proposal {
  readonly id: number;
  readonly netbox_device_id: number;
  readonly router: number;
  readonly state: 'proposed' | 'rejected';
}

/**
 * Links the proposed router; it, and the devices that have to be looked at. Nothing where there is no such proposal.
 * Throws as {@link linkRouter}.
 */
export async function acceptAdoption(
  trx: Knex.Transaction,
  id: number,
  writer: Writer,
): Promise<{ readonly router: number; readonly devices: readonly number[] } | undefined> {
  const proposals = trx<Proposal>('devices_adoption').where({ id });
  const device = (await proposals.clone().first('netbox_device_id'))?.netbox_device_id;
  if (device === undefined) return undefined;
  // Another router may have been proposed before the device was locked.
  await lockDevice(trx, device);
  const router = (await proposals.clone().first('router'))?.router;
  const waiting = router === undefined ? undefined : await linkRouter(trx, router, device, writer);
  return router === undefined || waiting === undefined ? undefined : { router, devices: [device, ...waiting] };
}

/** Keeps that a router is not the device; the device, which gets a router of its own. */
export async function rejectAdoption(knex: Knex, id: number): Promise<number | undefined> {
  const [rejected] = await knex<Proposal>('devices_adoption')
    .where({ id })
    .update({ state: 'rejected' })
    .returning('netbox_device_id');
  return rejected?.netbox_device_id;
}
