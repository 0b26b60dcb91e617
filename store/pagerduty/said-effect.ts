import { isOpen, type AlertState } from './alert-state';
import type { Did } from './facts';
import { isOfEarlierPage } from './hear-people';
import { isOver, type IncidentStatus } from '../incidents/statuses';

/** Whether what PagerDuty tells of an alert is news, or our own doing that comes back. Pure. */

/** Whether PagerDuty has it open as far as we know, or may have: the answer to the trigger did not come. */
export const mayBeOpen = ({ told, queue: [head] }: AlertState): boolean =>
  isOpen(told) || (head?.action === 'trigger' && (head.tried || head.doubtful === true));

/** Whether we have just sent this: then it is what comes back. What PagerDuty refused does not. */
const isSending = ({ dead, queue: [head] }: AlertState, action: 'acknowledge' | 'resolve'): boolean =>
  !dead && head?.action === action && head.tried;

/** Why something that was done in PagerDuty changes nothing here; undefined: it does. */
function whyUnchanged(state: AlertState, did: Did): string | undefined {
  if (did === 'reopened') {
    if (isOpen(state.told)) return isSending(state, 'resolve') ? undefined : 'open already';
    return state.told === 'resolved' ? undefined : 'PagerDuty was never told of it';
  }
  if (!mayBeOpen(state)) return 'not open here';
  switch (did) {
    case 'acknowledged':
      if (isSending(state, 'acknowledge')) return 'our own acknowledgement';
      return state.told === 'acknowledged' ? 'acknowledged already' : undefined;
    case 'unacknowledged':
      return state.told === 'acknowledged' || isSending(state, 'acknowledge') ? undefined : 'not acknowledged here';
    case 'resolved':
      return isSending(state, 'resolve') ? 'our own resolve' : undefined;
  }
}

/** What a deed makes of an incident's status; undefined: nothing. */
function statusAfter(did: Did, status: IncidentStatus): IncidentStatus | undefined {
  switch (did) {
    case 'acknowledged':
      return status === 'new' ? 'acknowledged' : undefined;
    case 'unacknowledged':
      return status === 'acknowledged' ? 'new' : undefined;
    case 'resolved':
      return isOver(status) ? undefined : 'resolved';
    case 'reopened':
      return isOver(status) ? 'new' : undefined;
  }
}

/** What something that was done in PagerDuty is here: nothing new, or a fact and what the incident's status becomes. */
export type Effect =
  { readonly unchanged: string } | { readonly over: boolean; readonly becomes: IncidentStatus | undefined };

/** What a deed is to an alert, and to the incident of a status that feeds it if one does. */
export function effectOf(state: AlertState, did: Did, status: IncidentStatus | undefined): Effect {
  const unchanged = whyUnchanged(state, did);
  if (unchanged !== undefined) return { unchanged };
  // A record of people's is over with it; whether an event is over is for its source to say.
  // What began since they looked is not theirs: its page is on its way.
  if (status === undefined || isOfEarlierPage(state, did)) return { over: false, becomes: undefined };
  return { over: did === 'resolved', becomes: statusAfter(did, status) };
}
