import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { stateIs } from '../shared/job';
import type { AdvanceResult, IncidentActivities } from './activities';
import { newsSignal, type IncidentInput } from './messages';
import { ADVANCE } from './policies';

const { advanceAlert } = proxyActivities<IncidentActivities>(ADVANCE);

/** Whether something was told since it was last looked at. */
class News {
  #some = true;

  constructor() {
    setHandler(newsSignal, () => {
      this.#some = true;
    });
  }

  get some(): boolean {
    return this.#some;
  }

  clear(): void {
    this.#some = false;
  }
}

/** What a person sees in Temporal's UI of an alert that waits, and of one that is open. */
function show(result: AdvanceResult): void {
  if (result.next !== 'wait' && result.next !== 'stay') return;
  upsertSearchAttributes([stateIs(result.next === 'wait' ? 'waiting' : result.reason)]);
  setCurrentDetails(result.reason);
}

/**
 * One alert, from its first fact until it is resolved. What happened stands in PostgreSQL, and so does what was sent: a
 * signal only says that there is news. The workflow is what goes on by itself: it makes one attempt after the other, waits
 * as long as PagerDuty, the budget of the key, maintenance or damping want it, and never gives up.
 */
export async function incident({ alert_id }: IncidentInput): Promise<void> {
  const news = new News();
  let shown = '';
  while (!workflowInfo().continueAsNewSuggested) {
    news.clear();
    const result = await advanceAlert({ alert_id });
    if (result.next === 'again') continue;
    if (result.next === 'rest') {
      if (!news.some) return;
      continue;
    }
    // Each wait of a storm has its own time, but the same reason: that is shown once.
    if (shown !== result.next + result.reason) show(result);
    shown = result.next + result.reason;
    if (result.next === 'wait') await condition(() => news.some, Math.max(1, result.wait_ms));
    else await condition(() => news.some);
  }
  return continueAsNew<typeof incident>({ alert_id });
}
