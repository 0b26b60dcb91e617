import { isOpen, type AlertState } from './alert-state';
import type { Did } from './facts';

/** Whether what PagerDuty tells of an alert is news, or our own doing that comes back. Pure. */

/** Whether PagerDuty has it open as far as we know, or may have: the answer to the trigger did not come. */
export const mayBeOpen = ({ told, queue: [head] }: AlertState): boolean =>
  isOpen(told) || (head?.action === 'trigger' && (head.tried || head.doubtful === true));

/** Whether we have just sent this: then it is what comes back. What PagerDuty refused does not. */
const isSending = ({ dead, queue: [head] }: AlertState, action: 'acknowledge' | 'resolve'): boolean =>
  !dead && head?.action === action && head.tried;

/** Why something that was done in PagerDuty changes nothing here; undefined: it does. */
export function whyUnchanged(state: AlertState, did: Did): string | undefined {
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
