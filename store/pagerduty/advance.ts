import type { Knex } from 'knex';
import type { AlertState, Queued } from './alert-state';
import { lockAlert, writeEntry, type AlertRow } from './alerts';
import { takeSlot } from './budget';
import { next, parks, trying, waits } from './lifecycle';
import { keepState, listen } from './listen';
import { bodyOf, type Body } from './payload';
import { ensureSend, unsureUntil, updateSend, type SendRow } from './sends';
import type { PagerdutySettings } from './settings';
import { maintenanceUntil, pickKey, servicesOf, type PickedKey } from './subject';
import { noteWait } from './waits';

/** What an alert's workflow does next. Times are ISO 8601. */
export type Advance =
  /** There is more to do at once. */
  | { readonly next: 'again' }
  | { readonly next: 'wait'; readonly until: string; readonly reason: string }
  /** Nothing happens by itself: the alert is open, or its dead letter waits for a person. */
  | { readonly next: 'stay'; readonly reason: string }
  | { readonly next: 'rest' };

/** A request to make of PagerDuty: one attempt of one send. */
export interface Attempt {
  readonly alert: number;
  readonly send: number;
  readonly n: number;
  /** Which attempt of this send it is, from 1. */
  readonly attempt: number;
  readonly routing_key: number;
  readonly body: Body;
  readonly cuts: readonly string[];
}

export type Begun = { readonly next: 'send'; readonly attempt: Attempt } | Advance;

/** What advancing depends on, besides the alert. */
export interface AdvanceContext {
  readonly settings: PagerdutySettings;
  /** The version of PAGERDUTY_ROUTING_KEY; undefined: it is not set. */
  readonly defaultKey: number | undefined;
  readonly now: Date;
}

/** A send that waits for a setting or the end of maintenance is looked at so often; a change of a record tells it at once. */
const LOOK_MS = 60_000;
const MAINTENANCE_LOOK_MS = 300_000;
/** An attempt is given up by its own process well before that; what it wrote then may take a moment more. */
const MARGIN_MS = 5_000;

const plus = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();

/** What keeps a send from being tried now, or the key it is sent with. */
type Turn = { readonly key: PickedKey } | { readonly parked: true; readonly until: string; readonly reason: string };

const pinnedKey = ({ key_origin }: AlertRow, routing_key: number): PickedKey => ({
  routing_key,
  origin: key_origin ?? '',
});

/** What a send of an alert would be sent with now, or what keeps it. */
export async function turnOf(
  trx: Knex,
  alert: AlertRow,
  head: Queued,
  { defaultKey, now }: AdvanceContext,
): Promise<Turn> {
  // PagerDuty drops what comes under another key than that of the trigger.
  if (!head.first && alert.routing_key !== null) return { key: pinnedKey(alert, alert.routing_key) };
  const services = await servicesOf(trx, alert);
  const until = head.first && !head.asked ? await maintenanceUntil(trx, services, now) : undefined;
  if (until !== undefined) {
    const look = plus(now, MAINTENANCE_LOOK_MS);
    return { parked: true, until: until < look ? until : look, reason: 'maintenance' };
  }
  // What PagerDuty may have taken already is repeated under the same key: under another one it would be a second alert.
  if (head.tried && alert.routing_key !== null) return { key: pinnedKey(alert, alert.routing_key) };
  const key = pickKey(services, defaultKey);
  if (key !== undefined) return { key };
  return { parked: true, until: plus(now, LOOK_MS), reason: 'PAGERDUTY_ROUTING_KEY is not set' };
}

/** Takes the slot of a send that can be tried, or says until when it waits. */
async function takeTurn(
  trx: Knex,
  send: SendRow,
  { settings, now }: AdvanceContext,
): Promise<{ readonly until: string; readonly reason: string } | undefined> {
  const unsure = await unsureUntil(trx, send.alert, send.n, now);
  if (unsure !== undefined) return { until: unsure, reason: 'an earlier request may still be on its way' };
  const slot = await takeSlot(trx, { ...send, send: send.id }, settings.perMinute, now);
  if (slot.granted) return undefined;
  return { until: new Date(slot.until).toISOString(), reason: 'PAGERDUTY_RATE_LIMIT' };
}

interface Ready {
  readonly alert: AlertRow;
  readonly state: AlertState;
  readonly head: Queued;
  readonly key: PickedKey;
}

/** The timeline has every attempt, also one whose worker died before it could write what became of it. */
const noteUnheard = (trx: Knex, { id, event, incident }: AlertRow, send: SendRow, now: Date): Promise<number> => {
  const detail = `attempt ${send.attempts}: nobody heard of it again, PagerDuty may have taken it`;
  const about = { alert: id, event, incident };
  return writeEntry(trx, { kind: 'attempt', action: send.action, actor: '', detail, ...about }, now);
};

/** Makes an attempt of the head of the queue, if there is a slot for it. */
async function tryHead(trx: Knex, { alert, state, head, key }: Ready, context: AdvanceContext): Promise<Begun> {
  const { settings, now } = context;
  const send = await ensureSend(trx, alert.id, head, key.routing_key, now);
  const wait = await takeTurn(trx, send, context);
  if (wait !== undefined) {
    await updateSend(trx, send.id, { state: 'waiting', due: wait.until });
    await keepState(trx, alert.id, waits(state, wait.until), wait.until);
    await noteWait(trx, state.queue, wait);
    return { next: 'wait', ...wait };
  }
  const { body, cuts } = await bodyOf(trx, alert, head, settings);
  const until = plus(now, settings.timeoutMs + MARGIN_MS);
  await updateSend(trx, send.id, {
    ...{ state: 'sending', attempts: send.attempts + 1, attempt_until: until },
    // Nobody heard of the attempt before: it may still arrive.
    ...(send.attempt_until === null ? {} : { unsure_until: send.attempt_until }),
  });
  if (send.attempt_until !== null) await noteUnheard(trx, alert, send, now);
  const pinned = { routing_key: key.routing_key, key_origin: key.origin };
  await keepState(trx, alert.id, trying(state), until, {
    ...(head.first || alert.routing_key === null ? pinned : {}),
    // People may have seen it since the first attempt, although no answer came.
    ...(head.first && send.attempts === 0 ? { triggered_at: now.toISOString() } : {}),
  });
  const { routing_key } = key;
  const attempt = { alert: alert.id, send: send.id, n: head.n, attempt: send.attempts + 1, routing_key, body, cuts };
  return { next: 'send', attempt };
}

/** What a state comes to without sending. */
export function restOf(state: AlertState, now: Date): Exclude<Begun, { next: 'send' }> {
  const step = next(state, now);
  switch (step.do) {
    case 'send':
      return { next: 'again' };
    case 'wait':
      return { next: 'wait', until: step.until, reason: step.reason };
    case 'stay':
      return { next: 'stay', reason: step.reason };
    case 'rest':
      return { next: 'rest' };
  }
}

/** Hears what is new of an alert, decides what to do now, and makes the attempt ready if that is to send. */
export async function beginAdvance(knex: Knex, id: number, context: AdvanceContext): Promise<Begun> {
  const { settings, now } = context;
  return knex.transaction(async (trx) => {
    const alert = await lockAlert(trx, id);
    if (!alert) return { next: 'rest' };
    const state = await listen(trx, alert, settings, now);
    // More was written than is heard at once.
    if (state.heard < alert.news) {
      await keepState(trx, id, state, now.toISOString());
      return { next: 'again' };
    }
    const step = next(state, now);
    if (step.do !== 'send') {
      await keepState(trx, id, state, step.do === 'wait' ? step.until : null);
      return restOf(state, now);
    }
    const head = step.send;
    const turn = await turnOf(trx, alert, head, context);
    if ('parked' in turn) {
      await keepState(trx, id, parks(state, turn.until), turn.until);
      await noteWait(trx, state.queue, turn);
      return { next: 'wait', until: turn.until, reason: turn.reason };
    }
    return tryHead(trx, { alert, state, head, key: turn.key }, context);
  });
}
