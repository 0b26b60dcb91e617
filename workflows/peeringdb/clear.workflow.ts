import { proxyActivities } from '@temporalio/workflow';
import type { JobActivities } from '../shared/ending';
import { endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { PeeringdbActivities } from './activities';
import { PEERINGDB_CLEAR_JOB, type PeeringdbClearInput } from './messages';

const { startJob, finishJob } = proxyActivities<JobActivities>(QUICK);
const { clearPeeringdb } = proxyActivities<PeeringdbActivities>(LONG);

/** Empties the cache and fetches nothing. It has the synchronisation's workflow id, so that the two never meet. */
export async function peeringdbClear({ job_id }: PeeringdbClearInput): Promise<{ readonly deleted: number }> {
  const tracker = new Tracker(1);
  await startJob({ job_id, type: PEERINGDB_CLEAR_JOB, input: {} });
  tracker.enter('clearing');
  try {
    const result = await clearPeeringdb();
    tracker.step();
    await regardless(() => finishJob({ job_id, ending: { status: 'completed', result } }));
    return result;
  } catch (error) {
    const ending = endingOf(error, []);
    await regardless(() => finishJob({ job_id, ending }));
    throw error;
  }
}
