import { expected, isOpen, type AlertState, type Queued } from './alert-state';

/** The queue of an alert: what is put into it, and what is taken back. Pure. */

/** Whether a send is held back at a time: until then it can be taken back. */
export const isHeld = ({ held_until, parked }: Queued, at: string): boolean =>
  parked === true || (held_until !== undefined && Date.parse(held_until) > Date.parse(at));

/** Held until some seconds after a time; not at all for none. */
export const later = (at: string, seconds: number): { held_until?: string } =>
  seconds > 0 ? { held_until: new Date(Date.parse(at) + seconds * 1000).toISOString() } : {};

/** What is to be sent. */
export type Sending = Pick<Queued, 'action' | 'severity' | 'at'> &
  Partial<Pick<Queued, 'asked' | 'job' | 'content' | 'about' | 'held_until'>>;

/** Puts something to be sent at the end of the queue. */
export function push(state: AlertState, sending: Sending): AlertState {
  const first = sending.action === 'trigger' && !isOpen(expected(state).told);
  const queued: Queued = { asked: false, ...sending, n: state.next_n, first, tried: false };
  return { ...state, next_n: state.next_n + 1, queue: [...state.queue, queued] };
}

/** Gives up a dead letter, and what was to follow it of the same alert. */
export function bury(state: AlertState): AlertState {
  const [dead, ...rest] = state.queue;
  if (!state.dead || dead === undefined) return state;
  const opening = rest.findIndex(({ first }) => first);
  const isOfAnother = (index: number): boolean => !dead.first || (opening >= 0 && index >= opening);
  const queue = rest.filter(({ asked }, index) => asked || isOfAnother(index));
  return { ...state, queue, dead: false, failures: 0, retry_at: null };
}

/** Where in the queue the automatic opening begins that nobody was told of and that can be taken back; -1: none. */
export function retractable({ queue }: AlertState, at: string): number {
  const index = queue.findLastIndex(({ first, asked }) => first && !asked);
  const opening = queue[index];
  if (opening === undefined || opening.tried) return -1;
  if (queue.slice(index).some(({ asked }) => asked)) return -1;
  // One that waits for PagerDuty is told all the same, unless an earlier one is told already.
  return isHeld(opening, at) || index > 0 ? index : -1;
}
