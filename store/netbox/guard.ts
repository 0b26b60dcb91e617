import type { Knex } from 'knex';
import type { ChangeGuard } from '../../config/values';
import type { Cause } from './audit';

/**
 * The guard: over all layers, only so many routers are disabled or deleted within an hour. What goes beyond is held back
 * until a person confirms it; while something is held back, so is everything that follows.
 */

/** A change that is held back, and what it was put down to. */
export interface Hold extends Cause {
  readonly netbox_device_id: number;
  readonly router: number;
  readonly action: string;
}

/**
 * A router that was disabled and is deleted now counts once. Those that are gone by now count among the linked ones: what
 * was removed must not make the share smaller.
 */
const COUNTED = `
  WITH changed AS (
    SELECT DISTINCT a.router, a.netbox_device_id FROM devices_router_audit a, netbox_guard g
    WHERE a.action IN ('disabled', 'deleted') AND NOT a.confirmed
      AND a.time > greatest(CAST(:now AS timestamptz) - interval '1 hour', g.confirmed_at)
  ), linked AS (
    SELECT id FROM devices_router WHERE netbox_device_id IS NOT NULL UNION SELECT router FROM changed
  )
  SELECT (SELECT count(DISTINCT router) FROM changed WHERE netbox_device_id IS DISTINCT FROM :deviceId) AS others,
    (SELECT count(*) FROM linked) AS linked,
    EXISTS (SELECT FROM netbox_hold WHERE confirmed_at IS NULL) AS holding`;

/** 29 % of 100 is 29, and not 28.999…96. */
const ROUNDING = 1e-9;

/** How many routers may be disabled or deleted within an hour: the share or the number, whichever is less, and one always. */
export const allowedAnHour = ({ share, number }: ChangeGuard, linked: number): number =>
  Math.max(1, Math.min(number, Math.floor(share * linked + ROUNDING)));

/** What the guard says of a change: whether it may be made, and, where a person confirmed it, what it was put down to. */
export type Verdict =
  { readonly verdict: 'allowed' | 'held' } | { readonly verdict: 'confirmed'; readonly cause: Cause };

/** Whether a router may be disabled or deleted now. Until the transaction ends nobody else asks. */
export async function askGuard(
  trx: Knex.Transaction,
  deviceId: number,
  guard: ChangeGuard,
  now: Date,
): Promise<Verdict> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtext('netbox guard'))");
  const hold = await trx<Hold & { confirmed_at: string | null }>('netbox_hold')
    .where({ netbox_device_id: deviceId })
    .first('confirmed_at', 'layer', 'request_id', 'username');
  if (hold?.confirmed_at) {
    const { layer, request_id, username } = hold;
    return { verdict: 'confirmed', cause: { layer, request_id, username } };
  }
  const { rows } = await trx.raw<{ rows: { others: number; linked: number; holding: boolean }[] }>(COUNTED, {
    now: now.toISOString(),
    deviceId,
  });
  const [counted] = rows;
  if (!counted) throw new Error('a count has no row');
  const isAllowed = !counted.holding && counted.others < allowedAnHour(guard, counted.linked);
  return { verdict: isAllowed ? 'allowed' : 'held' };
}

/** Keeps that a change is held back. */
export async function holdBack(trx: Knex.Transaction, hold: Hold, now: Date): Promise<void> {
  await trx('netbox_hold')
    .insert({ ...hold, held_at: now.toISOString() })
    .onConflict('netbox_device_id')
    .merge(['action', 'layer', 'request_id', 'username']);
}

/** Nothing is held back of a device any more: it was done, or there is nothing to do. */
export async function letGo(trx: Knex.Transaction, deviceId: number): Promise<void> {
  await trx('netbox_hold').where({ netbox_device_id: deviceId }).delete();
}

/** How many changes are held back and not confirmed. */
export async function heldBack(knex: Knex): Promise<number> {
  const [row] = await knex('netbox_hold').whereNull('confirmed_at').count<{ count: number }[]>('*');
  return row?.count ?? 0;
}

/** A person confirms what is held back, and from now on is counted anew; what is confirmed and not done yet. */
export async function confirmHolds(knex: Knex, now: Date): Promise<Pick<Hold, 'netbox_device_id' | 'layer'>[]> {
  return knex.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtext('netbox guard'))");
    const confirmed_at = now.toISOString();
    await trx('netbox_hold').whereNull('confirmed_at').update({ confirmed_at });
    await trx('netbox_guard').update({ confirmed_at });
    const confirmed: Pick<Hold, 'netbox_device_id' | 'layer'>[] = await trx<Hold>('netbox_hold')
      .orderBy('netbox_device_id')
      .select('netbox_device_id', 'layer');
    return confirmed;
  });
}

/** What is held back is given up: the routers stay as they are until something else is heard of their devices. */
export async function dropHolds(knex: Knex): Promise<void> {
  await knex('netbox_hold').whereNull('confirmed_at').delete();
}
