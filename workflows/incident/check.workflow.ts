import { proxyActivities } from '@temporalio/workflow';
import { startAlone } from '../shared/alone';
import type { JobActivities } from '../shared/ending';
import { applicationFailure, endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { CheckActivities, CheckProgress } from './activities';
import {
  PAGERDUTY_CHECK_WORKFLOW_ID,
  PAGERDUTY_FAILURES,
  PAGERDUTY_UPSTREAM_FAILURES,
  type PagerdutyCheckInput,
  type PatienceDurations,
} from './messages';
import { waitFor } from './patience';

const { beginCheck, endCheck } = proxyActivities<CheckActivities>(QUICK);
const { compareAlerts } = proxyActivities<CheckActivities>(LONG);
const { finishJob } = proxyActivities<JobActivities>(QUICK);

/** Beginning, comparing, ending. */
const STEPS = 3;
/** An outage is waited out for an hour; the next scheduled check begins anew. */
const PATIENCE_SECONDS = 3600;

/** How far a comparison was when it failed. */
const reachedBy = (error: unknown): CheckProgress | undefined =>
  (applicationFailure(error)?.details?.[0] as { reached?: CheckProgress } | undefined)?.reached;

/** Compares all alerts, some at a time, and waits out what PagerDuty has against it. */
async function compare(
  tracker: Tracker,
  { backoff_seconds, patience_seconds = PATIENCE_SECONDS }: PatienceDurations,
  begun: CheckProgress,
): Promise<CheckProgress> {
  let progress = begun;
  for (let failures = 0, waited = 0; ;) {
    try {
      const some = await compareAlerts(progress);
      progress = some.progress;
      failures = 0;
      if (some.done) return progress;
    } catch (error) {
      const wait = waitFor(error, failures++, backoff_seconds);
      // Waiting does not make a token valid.
      const isHopeless = applicationFailure(error)?.type === PAGERDUTY_FAILURES.forbidden;
      if (wait === undefined || isHopeless || waited + wait.seconds > patience_seconds) throw error;
      waited += wait.seconds;
      progress = reachedBy(error) ?? progress;
      await tracker.wait(wait.seconds, wait.reason);
    }
  }
}

/** Compares what PagerDuty has open with what we told it, and keeps what differs. It repairs nothing. */
export async function pagerdutyCheck({ job_id, durations = {} }: PagerdutyCheckInput): Promise<void> {
  const tracker = new Tracker(STEPS);
  try {
    const begun = await beginCheck({ job_id });
    tracker.step();
    tracker.enter('comparing');
    const ended = await compare(tracker, durations, begun);
    tracker.step();
    await endCheck(ended);
    const { compared, differing } = ended;
    const ending = { status: 'completed', result: { compared, differing } } as const;
    await regardless(() => finishJob({ job_id, ending }));
  } catch (error) {
    const ending = endingOf(error, PAGERDUTY_UPSTREAM_FAILURES);
    await regardless(() => finishJob({ job_id, ending }));
    throw error;
  }
}

/** What the Schedule starts: a check, unless one runs. */
export function pagerdutyScheduled(): Promise<{ readonly started: boolean }> {
  const input = (job_id: string): PagerdutyCheckInput => ({ job_id });
  return startAlone(pagerdutyCheck, { workflowId: PAGERDUTY_CHECK_WORKFLOW_ID, object: 'pagerduty', input });
}
