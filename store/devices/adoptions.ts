import type { Knex } from 'knex';

/** What is looked for among the routers that are here already. */
export interface Likeness {
  readonly netbox_device_id: number;
  readonly name: string;
  readonly primary_ip4: string | null;
  readonly primary_ip6: string | null;
}

/** A router that may be a device, and why. */
export interface Proposal {
  readonly netbox_device_id: number;
  readonly router: number;
  readonly reason: string;
}

/** For each device the first router without one that has its name, else its hostname, else one of its addresses. */
const ALIKE = `
  SELECT DISTINCT ON (d.netbox_device_id) d.netbox_device_id, r.id AS router,
    CASE WHEN lower(r.name) = lower(d.name) THEN 'it has the same name'
      WHEN lower(r.hostname) = lower(d.name) THEN 'its hostname is the name of the device'
      ELSE 'it has the same primary address' END AS reason
  FROM jsonb_to_recordset(CAST(:devices AS jsonb))
    AS d (netbox_device_id bigint, name text, primary_ip4 text, primary_ip6 text)
  JOIN devices_router r ON r.netbox_device_id IS NULL AND (lower(r.name) = lower(d.name)
    OR lower(r.hostname) = lower(d.name) OR host(r.primary_ip4) = d.primary_ip4 OR host(r.primary_ip6) = d.primary_ip6)
  WHERE NOT EXISTS (SELECT FROM devices_adoption a
    WHERE a.netbox_device_id = d.netbox_device_id AND a.state = 'rejected')
  ORDER BY d.netbox_device_id, (lower(r.name) = lower(d.name)) DESC, (lower(r.hostname) = lower(d.name)) DESC, r.id`;

/** The routers that may be these devices, at most one for each. What a person rejected is not proposed again. */
export async function proposalsFor(knex: Knex, devices: readonly Likeness[]): Promise<Proposal[]> {
  if (devices.length === 0) return [];
  const { rows } = await knex.raw<{ rows: Proposal[] }>(ALIKE, { devices: JSON.stringify(devices) });
  return rows;
}

/** Proposes an existing router for a device instead of making a second one: whether it did. */
export async function proposeAdoption(trx: Knex.Transaction, device: Likeness, now: Date): Promise<boolean> {
  const [proposal] = await proposalsFor(trx, [device]);
  const proposals = trx('devices_adoption');
  if (!proposal) {
    await proposals.where({ netbox_device_id: device.netbox_device_id, state: 'proposed' }).delete();
    return false;
  }
  await proposals
    .insert({ ...proposal, state: 'proposed', created: now.toISOString() })
    .onConflict('netbox_device_id')
    .merge({ router: proposal.router, reason: proposal.reason });
  return true;
}
