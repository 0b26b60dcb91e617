import type { Knex } from 'knex';

/** What is looked for among the routers that are here already. */
export interface Likeness {
  readonly netbox_device_id: number;
  readonly name: string;
  readonly primary_ip4: string | null;
  readonly primary_ip6: string | null;
}

/** Routers without a device that have its name or one of its addresses; the reason says which. */
const ALIKE = `
  SELECT r.id, CASE WHEN lower(r.name) = lower(:name) THEN 'it has the same name'
      WHEN lower(r.hostname) = lower(:name) THEN 'its hostname is the name of the device'
      ELSE 'it has the same primary address' END AS reason
  FROM devices_router r
  WHERE r.netbox_device_id IS NULL AND (lower(r.name) = lower(:name) OR lower(r.hostname) = lower(:name)
    OR host(r.primary_ip4) = :ip4 OR host(r.primary_ip6) = :ip6)
  ORDER BY (lower(r.name) = lower(:name)) DESC, r.id LIMIT 1`;

/**
 * Proposes an existing router for a device instead of making a second one: whether it did, or had before. A proposal that
 * a person rejected is no obstacle.
 */
export async function proposeAdoption(trx: Knex.Transaction, device: Likeness, now: Date): Promise<boolean> {
  const known = await trx<{ netbox_device_id: number; state: string }>('devices_adoption')
    .where({ netbox_device_id: device.netbox_device_id })
    .first('state');
  if (known?.state === 'rejected') return false;
  const { rows } = await trx.raw<{ rows: { id: number; reason: string }[] }>(ALIKE, {
    ...{ name: device.name, ip4: device.primary_ip4, ip6: device.primary_ip6 },
  });
  const [alike] = rows;
  const proposal = trx('devices_adoption').where({ netbox_device_id: device.netbox_device_id });
  if (!alike) {
    if (known) await proposal.delete();
    return false;
  }
  await trx('devices_adoption')
    .insert({
      ...{ netbox_device_id: device.netbox_device_id, router: alike.id, reason: alike.reason },
      ...{ state: 'proposed', created: now.toISOString() },
    })
    .onConflict('netbox_device_id')
    .merge({ router: alike.id, reason: alike.reason });
  return true;
}
