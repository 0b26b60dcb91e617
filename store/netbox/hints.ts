import type { Knex } from 'knex';
import type { DeviceHint } from '../../workflows/netbox/messages';
import { toJsonb } from '../json';

/** Hints that Temporal could not take: kept until it can. */

/** Keeps a hint. */
export async function keepHint(knex: Knex, device_id: number, hint: DeviceHint, now: Date): Promise<void> {
  await knex('netbox_hint').insert({ device_id, hint: toJsonb(hint), received: now.toISOString() });
}

/** What came of some kept hints. */
export interface PassedOn {
  readonly passed: number;
  /** The last one that was tried; undefined: there was none. */
  readonly last: number | undefined;
}

/**
 * Passes kept hints behind a given one on, in their order, and forgets those that were taken; the others stay. Of several
 * processes each passes on its own share. If `pass` throws, all of them stay, and those that were taken will be passed on
 * once more.
 */
export async function passHintsOn(
  knex: Knex,
  { after, most }: { readonly after: number; readonly most: number },
  pass: (deviceId: number, hint: DeviceHint) => Promise<boolean>,
): Promise<PassedOn> {
  return knex.transaction(async (trx) => {
    const kept = await trx<{ id: number; device_id: number; hint: DeviceHint }>('netbox_hint')
      .where('id', '>', after)
      .orderBy('id')
      .limit(most)
      .forUpdate()
      .skipLocked();
    const taken: number[] = [];
    for (const { id, device_id, hint } of kept) if (await pass(device_id, hint)) taken.push(id);
    await trx('netbox_hint').whereIn('id', taken).delete();
    return { passed: taken.length, last: kept.at(-1)?.id };
  });
}
