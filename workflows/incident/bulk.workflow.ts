import {
  continueAsNew,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { endingOf } from '../shared/failure';
import { progressQuery, stateIs, type JobProgress } from '../shared/job';
import { LONG, QUICK } from '../shared/policies';
import { regardless } from '../shared/tracker';
import type { BulkActivities } from './activities';
import type { PagerdutyBulkInput } from './messages';

const { askForBulk } = proxyActivities<BulkActivities>(LONG);
const { countBulk, closeBulk } = proxyActivities<BulkActivities>(QUICK);

/** Sends take moments, or as long as an outage lasts. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Waits until every event has an outcome; false when the history is long enough and another run has to go on. */
async function untilSent(job_id: string, show: (progress: JobProgress) => void): Promise<boolean> {
  for (let wait = FIRST_WAIT_MS; !workflowInfo().continueAsNewSuggested; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const { total, open } = await countBulk({ job_id });
    if (open === 0) return true;
    const waiting_until = new Date(Date.now() + wait).toISOString();
    const reason = `${open} of ${total} events wait to be taken by PagerDuty`;
    show({ phase: 'sending', done: total - open, total, waiting_until, reason });
    await sleep(wait);
  }
  return false;
}

/**
 * Sends many events: asks each event's alert for it, and waits until every one has an outcome. They go out at the pace of
 * the routing keys. Who cancels it stops waiting: what was asked for is sent all the same.
 */
export async function pagerdutyBulk({ job_id, asked = false }: PagerdutyBulkInput): Promise<void> {
  let progress: JobProgress = { phase: 'asking', done: 0, total: 0 };
  setHandler(progressQuery, () => progress);
  try {
    if (!asked && (await askForBulk({ job_id })).over) return;
    upsertSearchAttributes([stateIs('sending')]);
    const isDone = await untilSent(job_id, (now) => {
      progress = now;
    });
    if (isDone) {
      await regardless(() => closeBulk({ job_id, ending: { status: 'completed', result: {} } }));
      return;
    }
  } catch (error) {
    const ending = endingOf(error, []);
    await regardless(() => closeBulk({ job_id, ending }));
    throw error;
  }
  return continueAsNew<typeof pagerdutyBulk>({ job_id, asked: true });
}
