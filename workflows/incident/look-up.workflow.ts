import { proxyActivities, setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { applicationFailure } from '../shared/failure';
import { stateIs } from '../shared/job';
import { LONG, QUICK } from '../shared/policies';
import type { LookUpActivities } from './activities';
import { PAGERDUTY_FAILURES, type PagerdutyLookUpInput } from './messages';
import { waitFor } from './patience';

const { lookUpWebhook } = proxyActivities<LookUpActivities>(LONG);
const { giveUpLookUp } = proxyActivities<LookUpActivities>(QUICK);

/** As long as PagerDuty itself repeats a webhook; a check then finds what differs. */
const PATIENCE_SECONDS = 48 * 3600;

/** How long to wait after a failure, or why nothing more is tried. Throws what is a fault of ours. */
function next(error: unknown, failures: number, first: number | undefined): { seconds: number; reason: string } {
  const failure = applicationFailure(error);
  if (failure?.type === PAGERDUTY_FAILURES.noToken) return { seconds: Infinity, reason: failure.message };
  const wait = waitFor(error, failures, first);
  if (wait === undefined) throw error;
  return wait;
}

/**
 * Asks PagerDuty which alerts an incident holds whose webhook does not name one, and tells ours what was done. The webhook
 * stays `looking-up` until then, so that another run begins should this one be lost.
 */
export async function pagerdutyLookUp({ webhook_id, durations = {} }: PagerdutyLookUpInput): Promise<void> {
  const { backoff_seconds, patience_seconds = PATIENCE_SECONDS } = durations;
  let waited = 0;
  for (let failures = 0; ; failures++) {
    try {
      await lookUpWebhook({ webhook_id });
      return;
    } catch (error) {
      const { seconds, reason } = next(error, failures, backoff_seconds);
      waited += seconds;
      if (waited > patience_seconds) return giveUpLookUp({ webhook_id, reason });
      upsertSearchAttributes([stateIs('waiting')]);
      setCurrentDetails(reason);
      await sleep(seconds * 1000);
    }
  }
}
