import type { Knex } from 'knex';
import { finishJob, recordProgress } from '../jobs';
import { restOf, type Advance, type Attempt } from './advance';
import { lockAlert, writeEntry, type AlertRow } from './alerts';
import type { AlertState } from './alert-state';
import { blockKey } from './budget';
import { died, failed, took } from './lifecycle';
import { keepState } from './listen';
import { updateSend, type SendRow } from './sends';
import { answerBehind } from './waits';

/** What became of an attempt. */
export type Outcome =
  /** PagerDuty took it (202). */
  | { readonly outcome: 'taken'; readonly answer: unknown }
  /** It may succeed later: 429, 408, 5xx, a network fault, an answer that is not PagerDuty's. */
  | {
      readonly outcome: 'later';
      readonly reason: string;
      readonly throttled: boolean;
      readonly retryAfterMs?: number;
      /** No answer came in time: for so long PagerDuty may still handle it. */
      readonly unheardMs?: number;
    }
  /** PagerDuty refused it for good (400). */
  | { readonly outcome: 'refused'; readonly reasons: readonly string[]; readonly answer: unknown };

/** What to tell people of an attempt, besides its outcome. */
export interface Told {
  readonly workflow_id: string;
  readonly run_id: string | null;
}

/** A dropped connection is tried again soon; an outage is looked at every minute, for as long as it lasts. */
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** PagerDuty advises half a minute to a few minutes for a throttled client that is not told how long (rate limits page). */
const FIRST_THROTTLE_MS = 30_000;
const LONGEST_THROTTLE_MS = 300_000;
/** No limit of PagerDuty's lasts longer. */
const LONGEST_RETRY_AFTER_MS = 24 * 3600_000;

/** How long to wait after an attempt that failed, given how many failed before it. Milliseconds. */
export function backoffOf(outcome: Extract<Outcome, { outcome: 'later' }>, failures: number): number {
  const { throttled, retryAfterMs } = outcome;
  if (retryAfterMs !== undefined) return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(1_000, retryAfterMs));
  const [first, longest] = throttled
    ? [FIRST_THROTTLE_MS, LONGEST_THROTTLE_MS]
    : [FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS];
  return Math.min(longest, first * 2 ** Math.min(failures, 10));
}

interface Settling {
  readonly trx: Knex.Transaction;
  readonly alert: AlertRow;
  readonly attempt: Attempt;
  readonly now: Date;
}

async function settleTaken({ trx, alert, attempt, now }: Settling, answer: unknown): Promise<AlertState> {
  const job = alert.state.queue[0]?.job;
  const finished = now.toISOString();
  await updateSend(trx, attempt.send, { state: 'taken', attempt_until: null, reason: null, finished, answer });
  if (job !== undefined) {
    const { dedup_key } = alert;
    const result = { event_id: alert.event, incident_id: alert.incident, dedup_key, result: answer };
    await finishJob(trx, job, { status: 'completed', result }, now);
  }
  const state = took(alert.state);
  return attempt.body.event_action === 'trigger' ? { ...state, answered_at: finished } : state;
}

async function settleLater(
  { trx, alert, attempt, now }: Settling,
  outcome: Extract<Outcome, { outcome: 'later' }>,
): Promise<AlertState> {
  const until = new Date(now.getTime() + backoffOf(outcome, alert.state.failures));
  const { reason, unheardMs } = outcome;
  const due = until.toISOString();
  const unsure = unheardMs === undefined ? {} : { unsure_until: new Date(now.getTime() + unheardMs).toISOString() };
  await updateSend(trx, attempt.send, { state: 'retrying', attempt_until: null, reason, due, ...unsure });
  // The limit is the key's, and not the alert's.
  if (outcome.throttled) await blockKey(trx, attempt.routing_key, until);
  const job = alert.state.queue[0]?.job;
  if (job !== undefined)
    await recordProgress(trx, job, { phase: 'retrying', done: 0, total: 1, waiting_until: due, reason }, true);
  return failed(alert.state, due);
}

async function settleRefused(
  { trx, alert, attempt, now }: Settling,
  { reasons, answer }: Extract<Outcome, { outcome: 'refused' }>,
): Promise<AlertState> {
  const reason = reasons.join('; ');
  const finished = now.toISOString();
  await updateSend(trx, attempt.send, { state: 'dead', attempt_until: null, reason, finished, answer });
  await answerBehind(trx, alert.state.queue, reason, now);
  return died(alert.state);
}

function settleOutcome(settling: Settling, outcome: Outcome): Promise<AlertState> {
  switch (outcome.outcome) {
    case 'taken':
      return settleTaken(settling, outcome.answer);
    case 'later':
      return settleLater(settling, outcome);
    case 'refused':
      return settleRefused(settling, outcome);
  }
}

/** An outcome as the timeline has it. */
function described(outcome: Outcome, { attempt, cuts }: Attempt): string {
  const said = {
    taken: () => 'PagerDuty took it',
    later: (reason: string) => reason,
    refused: (reason: string) => `PagerDuty refuses it: ${reason}`,
  };
  const reason =
    outcome.outcome === 'later' ? outcome.reason : outcome.outcome === 'refused' ? outcome.reasons.join('; ') : '';
  return [`attempt ${attempt}: ${said[outcome.outcome](reason)}`, ...cuts].join('; ');
}

/** Keeps what became of an attempt, and says what to do next. One that is not the latest any more changes nothing. */
export async function settleAdvance(
  knex: Knex,
  attempt: Attempt,
  outcome: Outcome,
  told: Told,
  now: Date,
): Promise<Advance> {
  return knex.transaction(async (trx) => {
    const alert = await lockAlert(trx, attempt.alert);
    if (!alert) return { next: 'rest' };
    const send = await trx<SendRow>('pagerduty_send').where({ id: attempt.send }).first();
    const isLatest = send?.state === 'sending' && send.attempts === attempt.attempt;
    const { id, event, incident } = alert;
    const { event_action: action } = attempt.body;
    const answer = 'answer' in outcome ? outcome.answer : undefined;
    const detail = isLatest ? described(outcome, attempt) : `${described(outcome, attempt)}, too late to count`;
    const entry = { kind: 'attempt', action, actor: '', detail, alert: id, event, incident, ...told } as const;
    await writeEntry(trx, { ...entry, ...(answer === undefined ? {} : { answer }) }, now);
    if (!isLatest) return { next: 'again' };
    const state = await settleOutcome({ trx, alert, attempt, now }, outcome);
    const step = restOf(state, now);
    await keepState(trx, id, state, step.next === 'wait' ? step.until : null);
    return step;
  });
}
