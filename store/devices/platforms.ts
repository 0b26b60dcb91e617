import type { Knex } from 'knex';
import { audit } from '../netbox/audit';
import type { Writer } from '../records';

interface Waiting {
  readonly id: number;
  readonly netbox_device_id: number | null;
  readonly platform: number | null;
}

/** Gives a platform to the routers whose devices have one of its slug, and which had none here. */
async function givePlatform(trx: Knex.Transaction, platform: number, { username, now }: Writer): Promise<void> {
  const { rows } = await trx.raw<{ rows: Waiting[] }>(
    `SELECT r.id, r.netbox_device_id, r.platform FROM devices_router r JOIN devices_platform p ON p.slug = r.netbox_platform
    WHERE p.id = ? AND r.state = 'platform_unknown' ORDER BY r.id`,
    [platform],
  );
  const ids = rows.map(({ id }) => id);
  await trx('devices_router')
    .whereIn('id', ids)
    .update({ platform, state: 'in_sync', last_updated: now.toISOString() });
  const lines = rows.map(({ id, netbox_device_id, platform: from }) => ({
    ...{ router: id, netbox_device_id, action: 'updated' as const },
    changes: { platform: { from, to: platform }, state: { from: 'platform_unknown', to: 'in_sync' } },
  }));
  await audit(trx, lines, { layer: 'person', username }, now);
}

/**
 * Watches how a person creates or changes a platform; what it answers gives it to the routers that waited for it. Nobody
 * writes routers meanwhile: whoever converges one knows either all platforms but this one, and is waited for, or all.
 */
export async function watchPlatform(
  trx: Knex.Transaction,
  writer: Writer,
): Promise<(written: number) => Promise<void>> {
  await trx.raw('LOCK TABLE devices_router IN EXCLUSIVE MODE');
  return (written) => givePlatform(trx, written, writer);
}
