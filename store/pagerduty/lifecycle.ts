import { after, isOpen, type AlertState, type Queued } from './alert-state';

/** What an alert does with its queue: when the next send goes out, and what follows from how that went. Pure. */

/** What to do now. */
export type Step =
  | { readonly do: 'send'; readonly send: Queued }
  /** Something waits: until a time, or for news alone. */
  | { readonly do: 'wait'; readonly until: string; readonly reason: 'held' | 'retry' }
  | { readonly do: 'stay'; readonly reason: 'dead' | 'open' }
  | { readonly do: 'rest' };

/** What to do at a time. */
export function next(state: AlertState, now: Date): Step {
  const [head] = state.queue;
  if (head === undefined) return isOpen(state.told) ? { do: 'stay', reason: 'open' } : { do: 'rest' };
  if (state.dead) return { do: 'stay', reason: 'dead' };
  const isFuture = (time: string | null | undefined): time is string =>
    typeof time === 'string' && Date.parse(time) > now.getTime();
  if (isFuture(state.retry_at)) return { do: 'wait', until: state.retry_at, reason: 'retry' };
  if (isFuture(head.held_until)) return { do: 'wait', until: head.held_until, reason: 'held' };
  return { do: 'send', send: head };
}

/** The state with another head of the queue. */
const withHead = (state: AlertState, change: (head: Queued) => Queued): AlertState => ({
  ...state,
  queue: state.queue.map((queued, index) => (index === 0 ? change(queued) : queued)),
});

const unparked = ({ parked: _parked, ...head }: Queued): Queued => head;

/** The head of the queue is being sent: from now on PagerDuty may know it. */
export const trying = (state: AlertState): AlertState =>
  withHead(state, (head) => ({ ...unparked(head), tried: true, ...(head.tried ? { doubtful: true } : {}) }));

/** PagerDuty took the head of the queue. */
export function took(state: AlertState): AlertState {
  const [sent, ...queue] = state.queue;
  if (sent === undefined) return state;
  return { ...state, ...after(state, sent), queue, dead: false, failures: 0, retry_at: null };
}

/** The head of the queue waits for a slot. */
export const waits = (state: AlertState, until: string): AlertState => ({
  ...withHead(state, unparked),
  retry_at: until,
});

/** The head of the queue is held back by circumstances, and looked at again at a time. */
export const parks = (state: AlertState, until: string): AlertState => ({
  ...withHead(state, (head) => ({ ...head, parked: true })),
  retry_at: until,
});

/** An attempt of the head failed, and may succeed later. */
export const failed = (state: AlertState, retry_at: string): AlertState => ({
  ...state,
  failures: state.failures + 1,
  retry_at,
});

/** PagerDuty refused the head for good. */
export const died = (state: AlertState): AlertState => ({ ...state, dead: true, failures: 0, retry_at: null });
