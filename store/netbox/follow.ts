import type { Knex } from 'knex';

/**
 * How far NetBox's change log was followed. Its lines are numbered when they are written and shown when they are
 * committed, so that a line may appear after others with higher numbers: the newest ones are looked at again for a while.
 */

/** A line of the change log that concerns a device. */
export interface Change {
  readonly id: number;
  readonly device_id: number;
  readonly request_id: string;
  /** When it was made, by NetBox's clock (ISO 8601). */
  readonly time: string;
}

/** For how long a line may be committed after others with higher numbers: longer than NetBox lets a request run. */
const OVERLAP = '10 minutes';

/** From which number on the change log is to be read; null while it was never followed. */
export async function followCursor(knex: Knex): Promise<number | null> {
  const row = await knex<{ cursor: number | null }>('netbox_follow').first('cursor');
  return row?.cursor ?? null;
}

/** The change log is followed from this number on. */
export async function beginFollowing(knex: Knex, cursor: number): Promise<void> {
  await knex('netbox_follow').whereNull('cursor').update({ cursor });
}

const OPEN = `
  SELECT c.id FROM jsonb_to_recordset(CAST(? AS jsonb)) AS c (id bigint, device_id bigint, request_id text)
  WHERE NOT EXISTS (SELECT FROM netbox_change k WHERE k.id = c.id)
    AND NOT EXISTS (SELECT FROM netbox_request r WHERE r.device_id = c.device_id AND r.request_id = c.request_id
      AND NOT EXISTS (SELECT FROM devices_router d WHERE d.netbox_device_id = c.device_id AND d.state = 'not_visible'))`;

/**
 * The numbers of these lines that are new, and whose request the device was not compared after; or that may say why the
 * device is not visible.
 */
export async function openChanges(knex: Knex, changes: readonly Change[]): Promise<ReadonlySet<number>> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(OPEN, [JSON.stringify(changes)]);
  return new Set(rows.map(({ id }) => id));
}

/** Keeps lines, so that they are not new any more. */
export async function keepChanges(knex: Knex, changes: readonly Change[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  const seen_at = now.toISOString();
  await knex('netbox_change')
    .insert(changes.map((change) => ({ ...change, seen_at })))
    .onConflict('id')
    .ignore();
}

const SETTLE = `
  WITH settled AS (
    UPDATE netbox_change SET settled = true WHERE NOT settled AND seen_at <= :due RETURNING device_id, request_id
  ), missed AS (
    SELECT count(*) AS count FROM settled s
    WHERE EXISTS (SELECT FROM devices_router r WHERE r.netbox_device_id = s.device_id)
      AND EXISTS (SELECT FROM netbox_request WHERE webhook_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM netbox_request q WHERE q.device_id = s.device_id AND q.request_id = s.request_id
        AND q.webhook_at IS NOT NULL)
  )
  UPDATE netbox_follow SET missed = missed + (SELECT count FROM missed) RETURNING (SELECT count FROM missed) AS missed`;

/** Counts the lines seen until `due` whose webhook did not come by now, once each; none where no webhook ever came. */
export async function countMissed(knex: Knex, due: Date): Promise<number> {
  const { rows } = await knex.raw<{ rows: { missed: number }[] }>(SETTLE, { due: due.toISOString() });
  return rows[0]?.missed ?? 0;
}

const ADVANCE = `
  WITH reached AS (
    SELECT max(id) AS id FROM netbox_change
    WHERE time < (SELECT max(time) FROM netbox_change) - interval '${OVERLAP}'
  ), forgotten AS (
    DELETE FROM netbox_change c USING reached WHERE c.settled AND c.id <= reached.id
  )
  UPDATE netbox_follow SET followed_at = :now, cursor = greatest(cursor, (SELECT id FROM reached))`;

/** The change log was followed: the next time it is read from the newest line on that no other can appear before. */
export async function advance(knex: Knex, now: Date): Promise<void> {
  await knex.raw(ADVANCE, { now: now.toISOString() });
}
