import type { Knex } from 'knex';
import { transact } from '../transact';
import type { AlertRow } from './alerts';
import type { Did } from './facts';
import { HandedOverError, sayToAlerts, type Said } from './said';
import type { PagerdutySettings } from './settings';
import { remember } from './webhooks-remember';

/** Webhooks of PagerDuty's: each counts as received together with what it caused, in one transaction. */

/** What concerns us of a webhook. Times are ISO 8601. */
export interface Webhook {
  /** `X-Webhook-Id`: the same for every repetition. */
  readonly id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  /** The id of PagerDuty's incident; empty where it is about none. */
  readonly pagerduty_incident: string;
  /** Null where PagerDuty's incident holds several alerts, or has no key. */
  readonly incident_key: string | null;
  readonly agent: string | null;
  /** The incident that this one was merged into. */
  readonly merged_into: string | null;
}

export type WebhookOutcome = 'handled' | 'unchanged' | 'ignored' | 'looking-up' | 'unmatched';

/** What became of a webhook. */
export interface Taken {
  readonly outcome: WebhookOutcome;
  readonly reason: string | null;
  /** Our alerts that it is about. */
  readonly alerts: readonly number[];
}

/** What handling depends on besides the webhook. */
export interface WebhookContext {
  readonly settings: PagerdutySettings;
  /** PAGERDUTY_API_TOKEN is set: an incident's alerts can be asked for. */
  readonly canLookUp: boolean;
  readonly now: Date;
}

/** Why a webhook without a key finds no alert where PagerDuty may not be asked. */
export const NO_TOKEN = 'incident_key is null: expected PAGERDUTY_API_TOKEN, to ask PagerDuty for the alerts';

const DEEDS: Readonly<Record<string, Did>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'unacknowledged',
  'incident.resolved': 'resolved',
  'incident.reopened': 'reopened',
};

/** What people did, where a type of event says that. */
export const didOf = (event_type: string): Did | undefined =>
  Object.hasOwn(DEEDS, event_type) ? DEEDS[event_type] : undefined;

/** Whether events of this type concern our alerts. */
export const concernsAlerts = (event_type: string): boolean =>
  event_type === 'incident.triggered' || didOf(event_type) !== undefined;

/** Our alerts of an incident of PagerDuty's: by its key, and those that are known to be in it. */
async function matching(trx: Knex, { incident_key, pagerduty_incident }: Webhook): Promise<readonly number[]> {
  const rows = await trx<AlertRow>('pagerduty_alert')
    .where('dedup_key', incident_key)
    .union(
      trx<AlertRow>('pagerduty_alert')
        .where({ pagerduty_incident })
        .whereRaw(`(told IN ('triggered', 'acknowledged') OR pending > 0)`)
        .select('id'),
    )
    .select('id');
  return rows.map(({ id }) => id);
}

/** What came of several alerts, in one word. */
export function summed(said: readonly Said[]): Taken {
  const alerts = said.map(({ alert }) => alert);
  if (said.length === 0) return { outcome: 'unmatched', reason: 'no alert of ours', alerts };
  if (said.some(({ unchanged }) => unchanged === undefined)) return { outcome: 'handled', reason: null, alerts };
  return { outcome: 'unchanged', reason: [...new Set(said.map(({ unchanged }) => unchanged))].join('; '), alerts };
}

/** Tells alerts what a webhook is about: what was done, or in which incident of PagerDuty's they are. */
export async function tellAlerts(
  trx: Knex,
  webhook: Webhook,
  alerts: readonly number[],
  { settings, now }: Pick<WebhookContext, 'settings' | 'now'>,
): Promise<readonly Said[]> {
  const { pagerduty_incident, occurred_at, agent, merged_into } = webhook;
  const did = didOf(webhook.event_type);
  if (did === undefined || merged_into !== null)
    return remember(trx, alerts, { pagerduty_incident: merged_into ?? pagerduty_incident, occurred_at }, settings, now);
  return sayToAlerts(trx, alerts, { did, occurred_at, pagerduty_incident, agent }, settings, now);
}

async function handle(trx: Knex, webhook: Webhook, context: WebhookContext): Promise<Taken> {
  const { event_type, incident_key, merged_into } = webhook;
  if (!concernsAlerts(event_type)) return { outcome: 'ignored', reason: null, alerts: [] };
  if (incident_key === null && merged_into === null && context.canLookUp)
    return { outcome: 'looking-up', reason: 'incident_key is null', alerts: [] };
  const taken = summed(await tellAlerts(trx, webhook, await matching(trx, webhook), context));
  if (taken.outcome !== 'unmatched' || incident_key !== null || merged_into !== null) return taken;
  return { ...taken, reason: NO_TOKEN };
}

/** Does something with alerts in a transaction, again where an incident took one of them over meanwhile. */
export const inTurn = <T>(knex: Knex, work: (trx: Knex) => Promise<T>): Promise<T> =>
  transact(knex, work, (error) => error instanceof HandedOverError);

/** Takes a webhook; what became of it, and undefined where it was taken before. */
export function takeWebhook(knex: Knex, webhook: Webhook, context: WebhookContext): Promise<Taken | undefined> {
  const { merged_into: _, ...values } = webhook;
  return inTurn(knex, async (trx) => {
    const first = { ...values, received: context.now.toISOString(), outcome: 'ignored', alerts: [] };
    const made = await trx('pagerduty_webhook').insert(first).onConflict('id').ignore().returning<object[]>('id');
    if (made.length === 0) return undefined;
    const taken = await handle(trx, webhook, context);
    await trx('pagerduty_webhook').where({ id: webhook.id }).update(taken);
    return taken;
  });
}

/** Counts a webhook that nobody's secret signed; whether it is the first one, or the first for an hour. */
export async function countRefused(knex: Knex, now: Date): Promise<boolean> {
  const time = now.toISOString();
  const { rows } = await knex.raw<{ rows: { isFirst: boolean }[] }>(
    `UPDATE pagerduty_refused r SET webhooks = r.webhooks + 1, last = CAST(:time AS timestamptz)
     FROM (SELECT one, last FROM pagerduty_refused FOR UPDATE) before WHERE before.one = r.one
     RETURNING (before.last IS NULL OR before.last < CAST(:time AS timestamptz) - interval '1 hour') AS "isFirst"`,
    { time },
  );
  return rows[0]?.isFirst ?? false;
}
