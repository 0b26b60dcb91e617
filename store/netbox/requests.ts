import type { Knex } from 'knex';

/**
 * NetBox's requests whose effect on a device was compared. NetBox sends a webhook when the request is over, and its change
 * log shows a request when it is committed, so a reading that began after hearing of one has seen what it did.
 */

/** How long a request is remembered: webhooks that NetBox queued arrive within that time, or are read for once more. */
const KEPT = '2 days';

/** Whether a device was compared after every one of these requests. */
export async function areHandled(knex: Knex, deviceId: number, requestIds: readonly string[]): Promise<boolean> {
  const wanted = [...new Set(requestIds)];
  const [row] = await knex('netbox_request')
    .where({ device_id: deviceId })
    .whereIn('request_id', wanted)
    .count<{ count: number }[]>('*');
  return row?.count === wanted.length;
}

/** One request that was heard of, and whether by a webhook. */
export interface HeardRequest {
  readonly request_id: string;
  readonly byWebhook: boolean;
}

/** Remembers that a device was compared after these requests, and forgets its old ones. */
export async function markHandled(
  knex: Knex,
  deviceId: number,
  heard: readonly HeardRequest[],
  now: Date,
): Promise<void> {
  const byId = new Map<string, boolean>();
  for (const { request_id, byWebhook } of heard) byId.set(request_id, byWebhook || (byId.get(request_id) ?? false));
  if (byId.size === 0) return;
  const time = now.toISOString();
  await knex('netbox_request')
    .insert(
      [...byId].map(([request_id, byWebhook]) => ({
        ...{ device_id: deviceId, request_id, handled_at: time, webhook_at: byWebhook ? time : null },
      })),
    )
    .onConflict(['device_id', 'request_id'])
    .merge({ webhook_at: knex.raw('coalesce(netbox_request.webhook_at, excluded.webhook_at)') });
  const old = knex.raw(`CAST(? AS timestamptz) - interval '${KEPT}'`, [time]);
  await knex('netbox_request').where({ device_id: deviceId }).where('handled_at', '<', old).delete();
}
