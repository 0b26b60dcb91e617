import { isOpen, type AlertState, type Queued } from './alert-state';
import { happened, type Action, type Did, type Fact, type FactOf } from './facts';
import { took } from './lifecycle';
import { push } from './queue';

/** What an alert makes of what people do in PagerDuty. Pure. */

/** Whether what people did shows that PagerDuty took the head of the queue, although its answer did not come. */
function isProven({ told, dead, queue: [head] }: AlertState, did: Did): boolean {
  if (head === undefined || !(head.tried || head.doubtful === true) || (dead && !head.doubtful)) return false;
  if (head.action === 'acknowledge') return did === 'acknowledged' || did === 'unacknowledged';
  if (head.action === 'resolve') return did === 'resolved' || did === 'reopened';
  // What is done to an alert that we do not know to be open can only be done to what the trigger opened.
  return head.first || (!isOpen(told) && did !== 'reopened');
}

/** The head was taken; where it was repeated, perhaps once more after what people did, but by now. */
const proven = (state: AlertState, { at }: Fact): AlertState => ({
  ...took(state),
  ...(state.queue[0]?.action === 'trigger' && state.queue[0].doubtful === true ? { answered_at: at } : {}),
});

/** Whether a trigger was on its way when people resolved: where it came after that, it opened the alert again. */
function isCrossed({ dead, answered_at, queue: [head] }: AlertState, fact: Fact): boolean {
  const isTrying = head?.action === 'trigger' && (head.doubtful === true || (head.tried && !dead));
  return isTrying || (answered_at !== undefined && Date.parse(happened(fact)) <= Date.parse(answered_at));
}

/** Closes what a trigger may open that crossed people's resolve; PagerDuty drops it where there is nothing to close. */
const closing = (state: AlertState, { queue: [head] }: AlertState, fact: Fact): AlertState =>
  push(state, { action: 'resolve', severity: head?.severity ?? 'info', at: happened(fact) });

/** Whether what people did is about a page that was over here by then: another one waits to be opened. */
export function isOfEarlierPage(before: AlertState, did: Did): boolean {
  const { queue } = isProven(before, did) ? took(before) : before;
  return queue.some(({ first }) => first);
}

/** What waits and is not sent once people did something: it would repeat that, or take it back. */
const MOOT: Readonly<Record<Did, readonly Action[]>> = {
  acknowledged: ['acknowledge'],
  unacknowledged: [],
  resolved: ['trigger', 'acknowledge', 'resolve'],
  reopened: ['resolve'],
};

/** What people did in PagerDuty is so; what waits and would repeat it, or take it back, is not sent. */
export function hearPeople(before: AlertState, fact: FactOf<'said'>): AlertState {
  const { did, over } = fact;
  const state = isProven(before, did) ? proven(before, fact) : before;
  const crossed = did === 'resolved' && isCrossed(before, fact);
  const isMoot = ({ action, first, asked: byPerson }: Queued): boolean =>
    !byPerson && !first && MOOT[did].includes(action) && !(crossed && action === 'resolve');
  const opening = state.queue.findIndex(({ first }) => first);
  const queue = state.queue.filter((queued, index) => (opening >= 0 && index >= opening) || !isMoot(queued));
  const head = queue[0]?.n === state.queue[0]?.n ? {} : { dead: false, failures: 0, retry_at: null };
  const next = { ...state, ...head, queue };
  switch (did) {
    case 'acknowledged':
      return { ...next, told: isOpen(state.told) ? 'acknowledged' : state.told };
    case 'unacknowledged':
      return { ...next, told: isOpen(state.told) ? 'triggered' : state.told };
    case 'resolved': {
      const firing = state.firing && !over;
      // What opens it again is about what happened since.
      const resolved = { ...next, told: 'resolved', severity: null, firing, respected: firing && opening < 0 } as const;
      // What waits opens it anyway, or closes it.
      const isClosed = queue.some(({ action }) => action !== 'acknowledge');
      return crossed && !isClosed ? closing(resolved, before, fact) : resolved;
    }
    case 'reopened':
      return { ...next, told: 'triggered', respected: false };
  }
}
