import type { Knex } from 'knex';
import type { NetboxDevice } from './device';

/**
 * Readings of NetBox are numbered in the order in which they began. What an older reading saw never replaces what a newer
 * one saw, however late it arrives.
 */

/** One reading: its number, and when it began (ISO 8601). */
export interface Reading {
  readonly number: number;
  readonly at: string;
}

/** Draws the number of a reading, which must not have begun yet. */
export async function drawReading(knex: Knex): Promise<Reading> {
  const { rows } = await knex.raw<{ rows: Reading[] }>(
    "SELECT nextval('netbox_reading') AS number, clock_timestamp() AS at",
  );
  const [reading] = rows;
  if (!reading) throw new Error('a sequence gave no number');
  return reading;
}

/** A device as a reading saw it. */
export interface SeenDevice {
  readonly device: NetboxDevice;
  readonly inScope: boolean;
}

const REMEMBER = `
  INSERT INTO netbox_device (id, name, display, primary_ip4, primary_ip6, in_scope, last_updated, reading, read_at)
  SELECT id, name, display, primary_ip4, primary_ip6, in_scope, last_updated, :reading, :at
  FROM jsonb_to_recordset(CAST(:devices AS jsonb)) AS seen (id bigint, name text, display text, primary_ip4 inet,
    primary_ip6 inet, in_scope boolean, last_updated timestamptz)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, display = excluded.display, primary_ip4 = excluded.primary_ip4,
    primary_ip6 = excluded.primary_ip6, in_scope = excluded.in_scope, last_updated = excluded.last_updated,
    reading = excluded.reading, read_at = excluded.read_at
  WHERE netbox_device.reading < excluded.reading`;

/** Remembers devices as a reading saw them, unless a newer one saw them. */
export async function rememberDevices(knex: Knex, { number, at }: Reading, seen: readonly SeenDevice[]): Promise<void> {
  const devices = seen.map(({ device, inScope }) => ({
    ...{ id: device.id, name: device.name, display: device.display, last_updated: device.last_updated },
    ...{ primary_ip4: device.primary_ip4, primary_ip6: device.primary_ip6, in_scope: inScope },
  }));
  await knex.raw(REMEMBER, { devices: JSON.stringify(devices), reading: number, at });
}

/** Remembers that a reading saw no such device. */
export async function rememberAbsence(knex: Knex, { number, at }: Reading, id: number): Promise<void> {
  await knex.raw(
    `INSERT INTO netbox_device (id, display, in_scope, reading, read_at) VALUES (:id, '', false, :reading, :at)
    ON CONFLICT (id) DO UPDATE SET in_scope = false, reading = excluded.reading, read_at = excluded.read_at
    WHERE netbox_device.reading < excluded.reading`,
    { id, reading: number, at },
  );
}

/** Whether no newer reading has decided what the router of a device is; from then on this one has. */
export async function isNewest(trx: Knex.Transaction, { number }: Reading, id: number): Promise<boolean> {
  const changed = await trx('netbox_device')
    .where({ id })
    .andWhere('converged', '<', number)
    .update({ converged: number });
  return changed > 0;
}
