import { expected, isOpen, type AlertState, type Queued } from './alert-state';
import type { Cause, Did, Fact } from './facts';
import { took } from './lifecycle';
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

/** When what a fact tells of happened. */
const happened = (fact: Fact): string => fact.happened ?? fact.at;

const isHeld = ({ held_until, parked }: Queued, at: string): boolean =>
  parked === true || (held_until !== undefined && Date.parse(held_until) > Date.parse(at));

const later = (at: string, seconds: number): { held_until?: string } =>
  seconds > 0 ? { held_until: new Date(Date.parse(at) + seconds * 1000).toISOString() } : {};

type Sending = Pick<Queued, 'action' | 'severity' | 'at'> &
  Partial<Pick<Queued, 'asked' | 'job' | 'content' | 'held_until'>>;

function push(state: AlertState, sending: Sending): AlertState {
  const first = sending.action === 'trigger' && !isOpen(expected(state).told);
  const queued: Queued = { asked: false, ...sending, n: state.next_n, first, tried: false };
  return { ...state, next_n: state.next_n + 1, queue: [...state.queue, queued] };
}

/** Gives up a dead letter, and what was to follow it of the same alert. */
function bury(state: AlertState): AlertState {
  const [dead, ...rest] = state.queue;
  if (!state.dead || dead === undefined) return state;
  const opening = rest.findIndex(({ first }) => first);
  const isOfAnother = (index: number): boolean => !dead.first || (opening >= 0 && index >= opening);
  const queue = rest.filter(({ asked }, index) => asked || isOfAnother(index));
  return { ...state, queue, dead: false, failures: 0, retry_at: null };
}

/** Where in the queue the automatic opening begins that nobody was told of and that can be taken back; -1: none. */
function retractable({ queue }: AlertState, at: string): number {
  const index = queue.findLastIndex(({ first, asked }) => first && !asked);
  const opening = queue[index];
  if (opening === undefined || opening.tried) return -1;
  if (queue.slice(index).some(({ asked }) => asked)) return -1;
  // One that waits for PagerDuty is told all the same, unless an earlier one is told already.
  return isHeld(opening, at) || index > 0 ? index : -1;
}

type Of<F extends Fact['fact']> = Extract<Fact, { readonly fact: F }>;

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

function fired(before: AlertState, fact: Of<'fired'>, policy: AlertPolicy): Heard {
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

function acknowledged(state: AlertState, fact: Of<'acknowledged'>, policy: AlertPolicy): Heard {
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

function cleared(before: AlertState, fact: Of<'cleared'>, policy: AlertPolicy): Heard {
  const { at, cause } = fact;
  const state = { ...before, firing: false, respected: false };
  const [head] = state.queue;
  if (state.dead && head?.first && !isOpen(state.told)) return overBeforeTaken(state, head, happened(fact));
  const index = retractable(state, at);
  if (index >= 0) return retract(state, index, at);
  const { told, severity } = expected(state);
  if (!isOpen(told)) return { state, notes: [] };
  const byPeople = policy.autoResolve
    ? undefined
    : 'not sent: PAGERDUTY_AUTO_RESOLVE is off, resolving is left to people';
  // What an event opened is closed although PAGERDUTY_SEND_ON_EVENT_CREATE is off by now: that binds creating.
  const muted = (policy.enabled && cause === 'event' ? undefined : mutedBy(cause, policy)) ?? byPeople;
  if (muted !== undefined) return { state, notes: [muted] };
  const quiet = later(at, policy.quietSeconds);
  const resolve = { action: 'resolve', severity: severity ?? 'info', at: happened(fact), ...quiet } as const;
  return { state: push(state, resolve), notes: [] };
}

/** A person who triggers or resolves replaces a dead letter: it is sent with what the record has now. */
function asked(state: AlertState, fact: Of<'asked'>, entry: number): Heard {
  const { action, severity, job, content } = fact;
  const reference = { ...(job === undefined ? {} : { job }), ...(content === undefined ? {} : { content: entry }) };
  const send = { action, severity, at: happened(fact), asked: true, ...reference };
  // An acknowledgement is of what a dead letter was to tell: it waits behind it.
  const alive = action === 'acknowledge' ? state : bury(state);
  const respected = action === 'acknowledge' ? state.respected : action === 'resolve' && state.firing;
  return { state: { ...push(alive, send), respected }, notes: [] };
}

/** Whether what people did shows that PagerDuty took the head of the queue, although its answer did not come. */
function isProven({ dead, queue: [head] }: AlertState, did: Did): boolean {
  if (head === undefined || !head.tried || (dead && !head.doubtful)) return false;
  if (head.action === 'acknowledge') return did === 'acknowledged' || did === 'unacknowledged';
  if (head.action === 'resolve') return did === 'resolved' || did === 'reopened';
  return head.first;
}

/** Whether a trigger was on its way when people resolved: where it came after that, it opened the alert again. */
function isCrossed({ dead, answered_at, queue: [head] }: AlertState, fact: Fact, left: readonly Queued[]): boolean {
  if (left.some(({ action }) => action === 'trigger')) return false;
  const isTrying = !dead && head?.tried === true && head.action === 'trigger';
  return isTrying || (answered_at !== undefined && Date.parse(happened(fact)) <= Date.parse(answered_at));
}

/** Closes what a trigger may open that crossed people's resolve; PagerDuty drops it where there is nothing to close. */
const closing = (state: AlertState, { queue: [head] }: AlertState, fact: Fact): AlertState =>
  push(state, { action: 'resolve', severity: head?.severity ?? 'info', at: happened(fact) });

/** What people did in PagerDuty is so; what waits and would only repeat it is not sent. */
function said(before: AlertState, fact: Of<'said'>): Heard {
  const { did, over } = fact;
  const state = isProven(before, did) ? took(before) : before;
  const isMoot = ({ action, first, asked: byPerson }: Queued): boolean =>
    !byPerson && !first && (did === 'resolved' || (did === 'acknowledged' && action === 'acknowledge'));
  const opening = state.queue.findIndex(({ first }) => first);
  const queue = state.queue.filter((queued, index) => (opening >= 0 && index >= opening) || !isMoot(queued));
  const head = queue[0]?.n === state.queue[0]?.n ? {} : { dead: false, failures: 0, retry_at: null };
  const next = { ...state, ...head, queue };
  switch (did) {
    case 'acknowledged':
      return { state: { ...next, told: isOpen(state.told) ? 'acknowledged' : state.told }, notes: [] };
    case 'unacknowledged':
      return { state: { ...next, told: isOpen(state.told) ? 'triggered' : state.told }, notes: [] };
    case 'resolved': {
      const firing = state.firing && !over;
      // What opens it again is about what happened since.
      const resolved = { ...next, told: 'resolved', severity: null, firing, respected: firing && opening < 0 } as const;
      return { state: isCrossed(before, fact, queue) ? closing(resolved, before, fact) : resolved, notes: [] };
    }
    case 'reopened':
      return { state: { ...next, told: 'triggered', respected: false }, notes: [] };
  }
}

function replayed(state: AlertState, { n, job }: Of<'replay'>): Heard {
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
      return said(state, fact);
    case 'replay':
      return replayed(state, fact);
    case 'look':
      return { state: { ...state, retry_at: state.failures === 0 ? null : state.retry_at }, notes: [] };
  }
}
