import type { Knex } from 'knex';
import { toJsonb } from '../json';
import { finishJob } from '../jobs';
import { isOpen, type AlertState } from './alert-state';
import { writeEntry, type AlertRow } from './alerts';
import type { Fact } from './facts';
import { hear } from './hear';
import type { PagerdutySettings } from './settings';
import { supersede } from './sends';
import { dampingOf, servicesOf } from './subject';
import { answerUnqueued } from './waits';

/** Facts that are heard at once; the others follow. */
const AT_ONCE = 200;

interface FactRow {
  readonly id: number;
  readonly alert: number;
  readonly fact: Fact;
}

/** What was written since the alert's workflow last listened, in order. */
const factsOf = (trx: Knex, alert: number, heard: number): Promise<readonly Pick<FactRow, 'id' | 'fact'>[]> =>
  trx<FactRow>('incident_timeline')
    .where('alert', alert)
    .where('id', '>', heard)
    .whereNotNull('fact')
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'fact');

/** What hearing writes for people. */
const note = (trx: Knex, { id, event, incident }: AlertRow, detail: string, now: Date): Promise<number> =>
  writeEntry(trx, { kind: 'note', action: 'note', actor: '', detail, alert: id, event, incident }, now);

/** Nothing waits while sending is switched off; what people asked for is answered. */
async function dropAll(trx: Knex, alert: AlertRow, state: AlertState, now: Date): Promise<AlertState> {
  for (const { job } of state.queue)
    if (job !== undefined)
      await finishJob(
        trx,
        job,
        { status: 'failed', error: { type: 'PAGERDUTY_DISABLED', message: 'not sent: PAGERDUTY_ENABLED is false' } },
        now,
      );
  await note(trx, alert, 'not sent: disabled', now);
  return { ...state, queue: [], dead: false, failures: 0, retry_at: null };
}

interface News {
  readonly facts: readonly Fact[];
  readonly state: AlertState;
  readonly notes: readonly string[];
}

async function hearNews(trx: Knex, alert: AlertRow, settings: PagerdutySettings): Promise<News> {
  const facts = await factsOf(trx, alert.id, alert.state.heard);
  const needsDamping = facts.some(({ fact }) => fact.fact === 'fired' || fact.fact === 'cleared');
  const damping = dampingOf(needsDamping ? await servicesOf(trx, alert) : []);
  let { state } = alert;
  const notes: string[] = [];
  for (const { id, fact } of facts) {
    const heard = hear(state, fact, { ...settings, ...damping }, id);
    notes.push(...heard.notes);
    state = { ...heard.state, heard: id };
  }
  return { facts: facts.map(({ fact }) => fact), state, notes };
}

/** What the state of a locked alert will be once its workflow has heard all that is written. Changes nothing. */
export const foresee = async (trx: Knex, alert: AlertRow, settings: PagerdutySettings): Promise<AlertState> =>
  (await hearNews(trx, alert, settings)).state;

/** Lets a locked alert hear what is new; its state afterwards. */
export async function listen(trx: Knex, alert: AlertRow, settings: PagerdutySettings, now: Date): Promise<AlertState> {
  const { facts, state: heard, notes } = await hearNews(trx, alert, settings);
  for (const detail of notes) await note(trx, alert, detail, now);
  let state = heard;
  if (!settings.enabled && state.queue.length > 0) state = await dropAll(trx, alert, state, now);
  const kept = new Set(state.queue.map(({ n }) => n));
  const gone = alert.state.queue.filter(({ n }) => !kept.has(n));
  if (gone.length > 0) await supersede(trx, alert.id, state.queue, now);
  // Only what people showed to be taken goes without a word of PagerDuty's; other jobs are over by now.
  const result = { dedup_key: alert.dedup_key, result: { status: 'success', message: 'PagerDuty holds it' } };
  for (const { job } of gone) if (job !== undefined) await finishJob(trx, job, { status: 'completed', result }, now);
  await answerUnqueued(trx, facts, state.queue, now);
  return state;
}

/** Keeps the state of an alert, and what of it is asked for elsewhere. */
export async function keepState(
  trx: Knex,
  id: number,
  state: AlertState,
  wake_at: string | null,
  more: Readonly<Partial<Pick<AlertRow, 'routing_key' | 'key_origin' | 'triggered_at'>>> = {},
): Promise<void> {
  await trx('pagerduty_alert')
    .where({ id })
    .update({
      ...more,
      state: toJsonb(state),
      told: state.told,
      pending: state.queue.length,
      is_held: state.queue[0]?.parked === true,
      wake_at,
      ...(isOpen(state.told) ? {} : { pagerduty_incident: null }),
    });
}
