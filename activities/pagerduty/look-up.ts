import { Context } from '@temporalio/activity';
import { didOf } from '../../store/pagerduty/webhooks';
import { endLookUp, findLookUp, giveUpLookUp } from '../../store/pagerduty/webhooks-look-up';
import type { LookUpActivities } from '../../workflows/incident/activities';
import { whileHeartbeating } from '../shared/heartbeat';
import type { PagerdutyDeps } from './deps';
import type { RestClient } from './rest';
import { noToken } from './rest-errors';
import { alertsOf } from './rest-read';

/** The REST client. Throws while PAGERDUTY_API_TOKEN is not set. */
export function restOf({ rest }: Pick<PagerdutyDeps, 'rest'>): RestClient {
  if (rest === undefined) throw noToken();
  return rest;
}

async function lookUp(deps: PagerdutyDeps, webhook_id: string, signal: AbortSignal): Promise<void> {
  const { knex, settings, clock } = deps;
  const webhook = await findLookUp(knex, webhook_id);
  if (webhook === undefined) return;
  const alerts = await alertsOf(restOf(deps), webhook.pagerduty_incident, undefined, signal);
  if (alerts === undefined) {
    await giveUpLookUp(knex, webhook_id, 'PagerDuty knows no such incident, or does not show it to our token');
    return;
  }
  // Alerts that were over before it was resolved need not come back with it.
  const isReopened = didOf(webhook.event_type) === 'reopened';
  const concerned = alerts.filter(({ status }) => !isReopened || status === 'triggered');
  const keys = [...new Set(concerned.map(({ alert_key }) => alert_key))];
  await endLookUp(knex, webhook, keys, settings, clock());
}

/** The activities of webhooks that do not name their alert. */
export const createLookUpActivities = (deps: PagerdutyDeps): LookUpActivities => ({
  lookUpWebhook: ({ webhook_id }) => whileHeartbeating(lookUp(deps, webhook_id, Context.current().cancellationSignal)),
  giveUpLookUp: async ({ webhook_id, reason }) => {
    await giveUpLookUp(deps.knex, webhook_id, reason);
  },
});
