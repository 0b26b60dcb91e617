import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { isKeyless } from '../../store/pagerduty/asked-key';
import { askForEvent, askForIncident, askForKey, type Asked, type Asker } from '../../store/pagerduty/asks';
import type { Action } from '../../store/pagerduty/facts';
import { madeDedupKey } from '../../store/pagerduty/keys';
import { SEVERITIES } from '../../store/pagerduty/severity';
import type { QueuedSend, TriggerInput } from '../../workflows/incident/activities';
import { PAGERDUTY_FAILURES } from '../../workflows/incident/messages';
import { AppError } from '../shared/failure';
import type { PagerdutyDeps } from './deps';

/** For whom something is sent, and the id of its job where the same may be asked for again. */
export interface ClientOptions {
  readonly actor?: string;
  readonly job_id?: string;
}

/**
 * PagerDuty for code. Nothing is sent here: what is asked for is written down, and the workflow of its alert sends it in
 * order with everything else under the same dedup key, within the budget of the routing key, for as long as it takes. The
 * answer names the dedup key and the job (`/api/core/jobs/{id}/`) that says what came of it. As with the endpoints, only
 * PAGERDUTY_ENABLED binds it: while that is false, each call fails with PAGERDUTY_DISABLED.
 */
export interface PagerdutyClient {
  /** Opens an alert, or adds to the open one of the same dedup key. Without a dedup key, one is made and answered. */
  trigger(input: TriggerInput, options?: ClientOptions): Promise<QueuedSend>;
  /** Stops the notifications of an open alert. PagerDuty drops what is about none. */
  acknowledge(input: { readonly dedup_key: string }, options?: ClientOptions): Promise<QueuedSend>;
  /** Ends an open alert. PagerDuty drops what is about none. */
  resolve(input: { readonly dedup_key: string }, options?: ClientOptions): Promise<QueuedSend>;
  /** Sends an event as its status is: a trigger while it is triggered, else a resolve. */
  sendEvent(event_id: number, options?: ClientOptions): Promise<QueuedSend>;
  /** Sends an incident under the dedup key that carries it; a trigger unless another action is given. */
  sendIncident(incident_id: number, action?: Action, options?: ClientOptions): Promise<QueuedSend>;
}

const fail = (code: keyof typeof PAGERDUTY_FAILURES, message: string): AppError =>
  new AppError(PAGERDUTY_FAILURES[code], message, { retryable: false });

const isSome = (text: unknown): text is string => typeof text === 'string' && text.trim() !== '';

function requireValid({ summary, source, severity }: TriggerInput): void {
  for (const [name, text] of Object.entries({ summary, source }))
    if (!isSome(text)) throw fail('invalid', `${name}: expected some text`);
  if (!SEVERITIES.includes(severity)) throw fail('invalid', `severity: expected one of ${SEVERITIES.join(', ')}`);
}

type Ask = (trx: Knex.Transaction, who: Asker) => Promise<Asked | undefined>;

/** A client for code. */
export function createPagerdutyClient(
  deps: Pick<PagerdutyDeps, 'knex' | 'settings' | 'clock'>,
  defaultKey: () => Promise<number | undefined>,
): PagerdutyClient {
  const { knex, settings, clock } = deps;

  async function queue(what: string, { actor = '', job_id: job = randomUUID() }: ClientOptions, ask: Ask) {
    if (!settings.enabled)
      throw fail('disabled', 'nothing is sent to PagerDuty: expected the setting PAGERDUTY_ENABLED');
    const key = await defaultKey();
    return knex.transaction(async (trx): Promise<QueuedSend> => {
      const asked = await ask(trx, { actor, job, now: clock() });
      if (asked === undefined) throw fail('unknownRecord', `there is no ${what}`);
      if (await isKeyless(trx, asked, key))
        throw fail('noKey', `there is no routing key for ${what}: expected the setting PAGERDUTY_ROUTING_KEY`);
      return { dedup_key: asked.alert.dedup_key, job_id: asked.job.id };
    });
  }

  async function about(action: 'acknowledge' | 'resolve', dedup_key: string, options: ClientOptions) {
    if (!isSome(dedup_key)) throw fail('invalid', 'dedup_key: expected some text');
    return queue(dedup_key, options, (trx, who) => askForKey(trx, dedup_key, { action, severity: 'info' }, who));
  }

  async function trigger(input: TriggerInput, { job_id = randomUUID(), ...options }: ClientOptions) {
    requireValid(input);
    const {
      summary,
      severity,
      source,
      dedup_key = madeDedupKey(job_id),
      class: kind = 'custom',
      custom_details,
    } = input;
    const { component = settings.component, group = settings.group } = input;
    const content = { summary, source, component, group, class: kind };
    const wish = {
      action: 'trigger',
      severity,
      content: custom_details === undefined ? content : { ...content, custom_details },
    } as const;
    return queue(dedup_key, { ...options, job_id }, (trx, who) => askForKey(trx, dedup_key, wish, who));
  }

  return {
    trigger: (input, options = {}) => trigger(input, options),
    acknowledge: ({ dedup_key }, options = {}) => about('acknowledge', dedup_key, options),
    resolve: ({ dedup_key }, options = {}) => about('resolve', dedup_key, options),
    sendEvent: (id, options = {}) => queue(`event ${id}`, options, (trx, who) => askForEvent(trx, id, who)),
    sendIncident: (id, action = 'trigger', options = {}) =>
      queue(`incident ${id}`, options, (trx, who) => askForIncident(trx, id, action, who)),
  };
}
