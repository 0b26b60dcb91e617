import { makeContinueAsNewFunc, proxyActivities, setHandler, uuid4 } from '@temporalio/workflow';
import type { JobActivities } from '../shared/ending';
import { endingOf } from '../shared/failure';
import { QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { NetboxActivities } from './activities';
import { heldSignal, NETBOX_GUARD_JOB, type NetboxGuardInput } from './messages';

const { startJob, finishJob } = proxyActivities<JobActivities>(QUICK);
const { countHolds, confirmHolds, dropHolds } = proxyActivities<NetboxActivities>(QUICK);

/** Longer than anybody is away; then what was held back is given up, and is found again if it is still so. */
const PATIENCE_SECONDS = 30 * 24 * 3600;

/** Asks until nothing is held back any more; how many changes were confirmed. */
async function ask(tracker: Tracker, news: { some: boolean }): Promise<number> {
  let all = 0;
  while (news.some) {
    news.some = false;
    const { held } = await countHolds();
    if (held === 0) continue;
    const reason = `confirm that routers are disabled or deleted (${held} when this was asked, /api/status/ says how many by now); otherwise they stay as they are`;
    if (await tracker.confirmation(PATIENCE_SECONDS, reason)) all += (await confirmHolds()).confirmed;
    else await dropHolds();
  }
  return all;
}

/**
 * Waits for a person while the guard holds changes back: a job that is confirmed, or cancelled. Confirmed, what is held
 * back is done by the devices' workflows; cancelled, the routers stay as they are.
 */
export async function netboxGuard({ job_id }: NetboxGuardInput): Promise<{ readonly confirmed: number }> {
  const tracker = new Tracker(1);
  const news = { some: true };
  setHandler(heldSignal, () => {
    news.some = true;
  });
  try {
    await startJob({ job_id, type: NETBOX_GUARD_JOB, input: {} });
    tracker.enter('waiting');
    const result = { confirmed: await ask(tracker, news) };
    tracker.step();
    await finishJob({ job_id, ending: { status: 'completed', result } });
    if (!news.some) return result;
  } catch (error) {
    await regardless(async () => {
      await dropHolds();
      await finishJob({ job_id, ending: endingOf(error, []) });
    });
    throw error;
  }
  // Something was held back while the job was being ended: that is another job.
  const next = { job_id: uuid4() };
  return makeContinueAsNewFunc<typeof netboxGuard>({ memo: next })(next);
}
