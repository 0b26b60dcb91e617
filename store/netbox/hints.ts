import type { Knex } from 'knex';
import type { DeviceHint } from '../../workflows/netbox/messages';
import { toJsonb } from '../json';

/** Hints that Temporal could not take: kept until it can. */

/** Keeps a hint. */
export async function keepHint(knex: Knex, device_id: number, hint: DeviceHint, now: Date): Promise<void> {
  await knex('netbox_hint').insert({ device_id, hint: toJsonb(hint), received: now.toISOString() });
}

/** Passes kept hints on, in their order, and forgets them; how many. Of several processes each passes on its own share. */
export async function passHintsOn(
  knex: Knex,
  most: number,
  pass: (deviceId: number, hint: DeviceHint) => Promise<void>,
): Promise<number> {
  return knex.transaction(async (trx) => {
    const kept = await trx<{ id: number; device_id: number; hint: DeviceHint }>('netbox_hint')
      .orderBy('id')
      .limit(most)
      .forUpdate()
      .skipLocked();
    for (const { device_id, hint } of kept) await pass(device_id, hint);
    await trx('netbox_hint')
      .whereIn(
        'id',
        kept.map(({ id }) => id),
      )
      .delete();
    return kept.length;
  });
}
