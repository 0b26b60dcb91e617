import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { startAlone } from '../shared/alone';
import type { JobActivities } from '../shared/ending';
import { endingOf } from '../shared/failure';
import { LAST, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { IxapiActivities } from './activities';
import { startFollowing } from './ensure-following';
import { IXAPI_REFRESH_JOB, IXAPI_UPSTREAM_FAILURES, ixapiRefreshWorkflowId, type IxapiRefreshInput } from './messages';
import { compare, COMPARING_STEPS, readExchange, READING_STEPS } from './read';

const { startJob } = proxyActivities<JobActivities>(QUICK);
const { finishJob } = proxyLocalActivities<JobActivities>(LAST);
const { sweepDrift, findWork } = proxyActivities<IxapiActivities>(QUICK);

/** Reads what the IX-API object of an exchange shows, and compares it with what is known elsewhere. */
export async function ixapiRefresh({ job_id, exchange, durations }: IxapiRefreshInput): Promise<void> {
  const tracker = new Tracker(READING_STEPS + COMPARING_STEPS);
  try {
    const begin = (): Promise<void> => startJob({ job_id, type: IXAPI_REFRESH_JOB, input: { exchange } });
    const reading = { key: job_id, exchange, ...(durations && { durations }) };
    const read = await readExchange(tracker, reading, begin);
    const drift = await compare(tracker, read);
    const ending = { status: 'completed', result: { ...read.counts, drift } } as const;
    await regardless(() => finishJob({ job_id, ending }));
  } catch (error) {
    const ending = endingOf(error, IXAPI_UPSTREAM_FAILURES);
    await regardless(() => finishJob({ job_id, ending }));
    throw error;
  }
}

/** What the Schedule starts: a refresh of each object, unless one runs, and following where that was lost. */
export async function ixapiScheduled(): Promise<{ readonly started: number }> {
  await sweepDrift();
  let begun = 0;
  const { refresh, follow } = await findWork();
  for (const exchange of refresh) {
    const input = (job_id: string): IxapiRefreshInput => ({ job_id, exchange });
    const alone = { workflowId: ixapiRefreshWorkflowId(exchange), object: `ixapi-${exchange}`, input };
    const { started } = await startAlone(ixapiRefresh, alone);
    if (started) begun += 1;
  }
  for (const exchange of follow) await startFollowing(exchange);
  return { started: begun };
}
