import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { RouterValues } from './decide';

/** Fields that are documents: null is the absence of one. */
const DOCUMENTS: readonly (keyof RouterValues)[] = ['local_context_data', 'tags', 'custom_fields'];

const columnsOf = (values: Partial<RouterValues>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      DOCUMENTS.includes(name as keyof RouterValues) && value !== null ? toJsonb(value) : value,
    ]),
  );

/** Makes the router of a device; its id. */
export async function insertRouter(
  trx: Knex,
  deviceId: number,
  values: Partial<RouterValues>,
  now: Date,
): Promise<number> {
  const time = now.toISOString();
  const [row] = await trx('devices_router')
    .insert({
      ...{ description: '', comments: '', created: time, last_updated: time },
      ...{ ...columnsOf(values), netbox_device_id: deviceId },
    })
    .returning<{ id: number }[]>('id');
  if (!row) throw new Error('an inserted router has no row');
  return row.id;
}

/** Changes a router. */
export async function updateRouter(trx: Knex, id: number, values: Partial<RouterValues>, now: Date): Promise<void> {
  await trx('devices_router')
    .where({ id })
    .update({ ...columnsOf(values), last_updated: now.toISOString() });
}
