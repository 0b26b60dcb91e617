import { createHmac, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import request, { type Test } from 'supertest';
import type { IncidentSettings } from '../../api/routes/incidents/deps';
import { Secret } from '../../config/secret';
import { NEW_ALERT, type AlertState } from '../../store/pagerduty/alert-state';
import { createTestApi, NO_PAGERDUTY, noTemporal, type TestApi } from './api';

/** Where PagerDuty's webhooks are sent to, and what it signs them with. */
export const PAGERDUTY_WEBHOOK = '/api/plugins/business-application/pagerduty/webhook/';
export const WEBHOOK_SECRET = 'secret-of-the-subscription';

/** An API with the link to PagerDuty on. */
export function pagerdutyApi(knex: Knex, settings: Partial<IncidentSettings> = {}): TestApi {
  const pagerduty = { ...NO_PAGERDUTY.pagerduty, enabled: true };
  const incidents = { ...NO_PAGERDUTY, pagerduty, webhookSecrets: [new Secret(WEBHOOK_SECRET)], ...settings };
  return createTestApi(knex, noTemporal(), { incidents });
}

/** As PagerDuty signs a body. */
export const signed = (body: string | Buffer, secret = WEBHOOK_SECRET): string =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Sends these bytes, or this as JSON, with a signature that fits unless another one is given. Empty headers are left out. */
export function sendWebhook({ app }: TestApi, body: unknown, headers: Readonly<Record<string, string>> = {}): Test {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'Content-Type': 'application/json', 'X-PagerDuty-Signature': signed(bytes), ...headers };
  return request(app)
    .post(PAGERDUTY_WEBHOOK)
    .set(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')))
    .serialize((unchanged: unknown) => unchanged as string)
    .send(bytes);
}

/** The body of a webhook about an incident. */
export const about = (
  event_type: string,
  { occurred_at = new Date().toISOString(), agent = 'A. Person', ...data }: Readonly<Record<string, unknown>> = {},
): { readonly event: Record<string, unknown> } => ({
  event: {
    ...{ id: randomUUID(), event_type, resource_type: 'incident', occurred_at, client: null },
    agent: agent === null ? null : { id: 'P1', type: 'user_reference', summary: agent },
    data: { id: 'PINC1', type: 'incident', incident_key: null, ...data },
  },
});

/** An alert that PagerDuty was told of a minute ago, made directly; its id. */
export async function insertAlert(
  knex: Knex,
  dedup_key: string,
  { state = {}, ...columns }: Readonly<Record<string, unknown>> & { readonly state?: Partial<AlertState> } = {},
): Promise<number> {
  const whole: AlertState = { ...NEW_ALERT, told: 'triggered', severity: 'critical', firing: true, ...state };
  const ago = new Date(Date.now() - 60_000).toISOString();
  const [row] = await knex('pagerduty_alert')
    .insert({
      ...{ dedup_key, workflow_id: `alert-${dedup_key}`, wanted: 'triggered', told: whole.told },
      ...{ triggered_at: ago, created: ago, pending: whole.queue.length, state: JSON.stringify(whole), ...columns },
    })
    .returning<{ id: number }[]>('id');
  return row!.id;
}

/** What an alert was told that people did, in order. */
export const saidOf = async (knex: Knex, alert: number): Promise<readonly { did: string; over: boolean }[]> => {
  const rows = await knex('incident_timeline').where({ alert }).whereNotNull('fact').orderBy('id').select('fact');
  return rows.map(({ fact }) => ({ did: fact.did, over: fact.over }));
};
