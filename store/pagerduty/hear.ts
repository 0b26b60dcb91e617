import { expected, isOpen, type AlertState, type Queued } from './alert-state';
import { happened, type Cause, type Fact, type FactOf } from './facts';
import { hearPeople } from './hear-people';
import { bury, isHeld, later, push, retractable } from './queue';
import { rankOf } from './severity';

/**
 * What an alert makes of what it hears: facts in, sends out. Pure: it depends on nothing but its arguments, and one
 * transaction keeps what it decides together with what was sent (`advance.ts`).
 */

/** What the settings and the services say. */
export interface AlertPolicy {
  readonly enabled: boolean;
  readonly sendOn: Readonly<Record<Cause, boolean>>;
  readonly autoResolve: boolean;
  /** How long a problem lasts before it pages, and how long it is over before it is resolved. */
  readonly holdSeconds: number;
  readonly quietSeconds: number;
}

/** What hearing a fact came to: the state afterwards, and what to note for people. */
export interface Heard {
  readonly state: AlertState;
  readonly notes: readonly string[];
}

const SETTING_OF: Readonly<Record<Cause, string>> = {
  event: 'PAGERDUTY_SEND_ON_EVENT_CREATE',
  'incident-created': 'PAGERDUTY_SEND_ON_INCIDENT_CREATE',
  'incident-changed': 'PAGERDUTY_SEND_ON_INCIDENT_UPDATE',
};

/** Why nothing is sent by itself; nothing where it is. */
function mutedBy(cause: Cause, { enabled, sendOn }: AlertPolicy): string | undefined {
  if (!enabled) return 'not sent: disabled';
  return sendOn[cause] ? undefined : `not sent: ${SETTING_OF[cause]} is off`;
}

/** A problem that comes back within the quiet period was never over. */
function unquiet(state: AlertState, at: string): AlertState | undefined {
  const last = state.queue.at(-1);
  const isQuiet = last?.action === 'resolve' && !last.asked && !last.tried && isHeld(last, at);
  return isQuiet ? { ...state, queue: state.queue.slice(0, -1) } : undefined;
}

function fired(before: AlertState, fact: FactOf<'fired'>, policy: AlertPolicy): Heard {
  const { at, severity, cause } = fact;
  if (before.respected) return { state: before, notes: ['not sent: people resolved it in PagerDuty'] };
  const quieted = unquiet(before, at);
  const state = { ...(quieted ?? before), firing: true };
  const notes = quieted === undefined ? [] : ['back within the quiet period: not resolved'];
  const known = expected(state);
  if (isOpen(known.told) && rankOf(severity) <= rankOf(known.severity)) return { state, notes };
  const muted = mutedBy(cause, policy);
  if (muted !== undefined) return { state, notes: [...notes, muted] };
  const hold = isOpen(known.told) ? {} : later(at, policy.holdSeconds);
  return { state: push(state, { action: 'trigger', severity, at: happened(fact), ...hold }), notes };
}

function acknowledged(state: AlertState, fact: FactOf<'acknowledged'>, policy: AlertPolicy): Heard {
  const { told, severity } = expected(state);
  if (told !== 'triggered') return { state, notes: [] };
  const muted = mutedBy(fact.cause, policy);
  if (muted !== undefined) return { state, notes: [muted] };
  return { state: push(state, { action: 'acknowledge', severity: severity ?? 'info', at: happened(fact) }), notes: [] };
}

/** Takes an opening back that nobody was told of. */
function retract(state: AlertState, index: number, at: string): Heard {
  const opening = state.queue[index];
  const isBack = opening !== undefined && isHeld(opening, at);
  const why = isBack ? 'over while it was held back' : 'over again before PagerDuty could be told of it';
  const retry_at = index === 0 ? null : state.retry_at;
  return { state: { ...state, queue: state.queue.slice(0, index), retry_at }, notes: [`not paged: ${why}`] };
}

/** A problem that is over before PagerDuty took its trigger; one that it may have taken all the same is resolved. */
function overBeforeTaken(state: AlertState, { doubtful, severity }: Queued, at: string): Heard {
  const notes = ['over before PagerDuty took it: the dead letter is superseded'];
  const whole = bury(state);
  const buried = { ...whole, queue: whole.queue.filter(({ asked: byPerson }) => byPerson) };
  return { state: doubtful ? push(buried, { action: 'resolve', severity, at }) : buried, notes };
}

function cleared(before: AlertState, fact: FactOf<'cleared'>, policy: AlertPolicy): Heard {
  const { at, cause } = fact;
  const state = { ...before, firing: false, respected: false };
  const [head] = state.queue;
  if (state.dead && head?.first && !isOpen(state.told)) return overBeforeTaken(state, head, happened(fact));
  const index = retractable(state, at);
  const { state: left, notes } = index >= 0 ? retract(state, index, at) : { state, notes: [] };
  const { told, severity } = expected(left);
  // People may have reopened the page before the one that is taken back.
  if (!isOpen(told)) return { state: left, notes };
  const byPeople = policy.autoResolve
    ? undefined
    : 'not sent: PAGERDUTY_AUTO_RESOLVE is off, resolving is left to people';
  // What an event opened is closed although PAGERDUTY_SEND_ON_EVENT_CREATE is off by now: that binds creating.
  const muted = (policy.enabled && cause === 'event' ? undefined : mutedBy(cause, policy)) ?? byPeople;
  if (muted !== undefined) return { state: left, notes: [...notes, muted] };
  const quiet = later(at, policy.quietSeconds);
  const resolve = { action: 'resolve', severity: severity ?? 'info', at: happened(fact), ...quiet } as const;
  return { state: push(left, resolve), notes };
}

/** A person who triggers or resolves replaces a dead letter: it is sent with what the record has now. */
function asked(state: AlertState, fact: FactOf<'asked'>, entry: number): Heard {
  const { action, severity, job, content, about } = fact;
  const reference = {
    ...(job === undefined ? {} : { job }),
    ...(content === undefined ? {} : { content: entry }),
    ...(about === undefined ? {} : { about }),
  };
  const send = { action, severity, at: happened(fact), asked: true, ...reference };
  // An acknowledgement is of what a dead letter was to tell: it waits behind it.
  const alive = action === 'acknowledge' ? state : bury(state);
  const respected = action === 'acknowledge' ? state.respected : action === 'resolve' && state.firing;
  return { state: { ...push(alive, send), respected }, notes: [] };
}

function replayed(state: AlertState, { n, job }: FactOf<'replay'>): Heard {
  const [head, ...rest] = state.queue;
  if (!state.dead || head?.n !== n) return { state, notes: ['nothing to replay: the dead letter is superseded'] };
  // What was refused was not taken: only what is tried from now on may be.
  const again = { ...head, tried: false, ...(job === undefined ? {} : { job }) };
  return { state: { ...state, dead: false, failures: 0, retry_at: null, queue: [again, ...rest] }, notes: [] };
}

/** Hears the fact of a timeline entry. */
export function hear(state: AlertState, fact: Fact, policy: AlertPolicy, entry: number): Heard {
  switch (fact.fact) {
    case 'fired':
      return fired(state, fact, policy);
    case 'acknowledged':
      return acknowledged(state, fact, policy);
    case 'cleared':
      return cleared(state, fact, policy);
    case 'asked':
      return asked(state, fact, entry);
    case 'said':
      return { state: hearPeople(state, fact), notes: [] };
    case 'replay':
      return replayed(state, fact);
    case 'look':
      return { state: { ...state, retry_at: state.failures === 0 ? null : state.retry_at }, notes: [] };
  }
}
