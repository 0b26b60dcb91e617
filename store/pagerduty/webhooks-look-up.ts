import type { Knex } from 'knex';
import type { AlertRow } from './alerts';
import type { Said } from './said';
import type { PagerdutySettings } from './settings';
import { inTurn, summed, tellAlerts, type Taken, type Webhook, type WebhookOutcome } from './webhooks';

/** Webhooks whose alerts have to be asked for. */

/** A webhook as it was kept. */
export interface WebhookRow extends Omit<Webhook, 'merged_into'> {
  readonly outcome: WebhookOutcome;
}

/** Ids of webhooks whose alerts nobody has asked for yet, the oldest first; but for some. */
export async function waitingLookUps(knex: Knex, but: readonly string[], most: number): Promise<readonly string[]> {
  const rows = await knex<WebhookRow>('pagerduty_webhook')
    .where('outcome', 'looking-up')
    .whereNotIn('id', but)
    .orderBy('received')
    .limit(most)
    .select('id');
  return rows.map(({ id }) => id);
}

/** A webhook whose alerts are to be asked for; undefined once that is done. */
export const findLookUp = (knex: Knex, id: string): Promise<WebhookRow | undefined> =>
  knex<WebhookRow>('pagerduty_webhook').where({ id, outcome: 'looking-up' }).first();

const end = (trx: Knex, id: string, taken: Partial<Taken>): Promise<unknown> =>
  trx('pagerduty_webhook').where({ id, outcome: 'looking-up' }).update(taken);

/** An incident may hold thousands of alerts: so many are told in one transaction. */
const AT_ONCE = 100;

/** Tells our alerts of these keys what a webhook is about. May be repeated: what is known already changes nothing. */
export async function endLookUp(
  knex: Knex,
  webhook: WebhookRow,
  keys: readonly string[],
  settings: PagerdutySettings,
  now: Date,
): Promise<void> {
  const said: Said[] = [];
  for (let i = 0; i < keys.length; i += AT_ONCE)
    await inTurn(knex, async (trx) => {
      const dedup_keys = keys.slice(i, i + AT_ONCE);
      const alerts = await trx<AlertRow>('pagerduty_alert').whereIn('dedup_key', dedup_keys).select('id');
      const ids = alerts.map(({ id }) => id);
      said.push(...(await tellAlerts(trx, { ...webhook, merged_into: null }, ids, { settings, now })));
    });
  await end(knex, webhook.id, summed(said));
}

/** Gives up asking. */
export const giveUpLookUp = (knex: Knex, id: string, reason: string): Promise<unknown> =>
  end(knex, id, { outcome: 'unmatched', reason });
