import { proxyActivities } from '@temporalio/workflow';
import { applicationFailure, endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { ListedDevices, ListingProgress, NetboxActivities } from './activities';
import {
  NETBOX_FAILURES,
  NETBOX_UPSTREAM_FAILURES,
  type NetboxReconcileInput,
  type ReconcileDurations,
} from './messages';
import { waitFor } from './patience';

const { openReconciliation, closePlan, closeReconciliation } = proxyActivities<NetboxActivities>(QUICK);
const { compareListing, compareSome, compareAbsent, applyPlan } = proxyActivities<NetboxActivities>(LONG);

/** Opening, listing, what is absent, closing; applying. */
const STEPS = 5;
/** An outage is waited out for two hours; then a person, or the next scheduled reconciliation, tries again. */
const PATIENCE_SECONDS = 2 * 3600;
/** What waiting does not change. */
const HOPELESS: readonly string[] = [NETBOX_FAILURES.badRequest, NETBOX_FAILURES.emptyList, NETBOX_FAILURES.forbidden];

const START: ListingProgress = { from: 0, devices: 0, last: 0 };

/** How far a listing was when it failed. */
const reachedBy = (error: unknown): ListingProgress | undefined =>
  (applicationFailure(error)?.details?.[0] as { reached?: ListingProgress } | undefined)?.reached;

/** Does a step, and waits out what NetBox has against it; a listing goes on where it was. */
async function patiently<T>(
  tracker: Tracker,
  { backoff_seconds, patience_seconds = PATIENCE_SECONDS }: ReconcileDurations,
  step: (progress: ListingProgress) => Promise<T>,
): Promise<T> {
  let progress = START;
  for (let failures = 0, waited = 0; ; failures++) {
    try {
      return await step(progress);
    } catch (error) {
      const wait = waitFor(error, failures, backoff_seconds);
      const isHopeless = HOPELESS.includes(applicationFailure(error)?.type ?? '');
      if (wait === undefined || isHopeless || waited + wait.seconds > patience_seconds) throw error;
      waited += wait.seconds;
      progress = reachedBy(error) ?? progress;
      await tracker.wait(wait.seconds, wait.reason);
    }
  }
}

type Planning = Exclude<NetboxReconcileInput, { readonly mode: 'apply' }>;

/** Plans; whether the plan may apply itself. */
async function plan(tracker: Tracker, { job_id, device_ids, durations = {} }: Planning): Promise<boolean> {
  tracker.enter('listing');
  const listed = await patiently<ListedDevices>(tracker, durations, (progress) =>
    device_ids === undefined ? compareListing({ job_id, progress }) : compareSome({ job_id, device_ids }),
  );
  tracker.step();
  tracker.enter('looking for what is absent');
  await patiently(tracker, durations, () => compareAbsent({ job_id, listed }));
  tracker.step();
  const { appliesItself } = await closePlan({ job_id });
  tracker.step();
  return appliesItself;
}

/** Plans or applies, as it is asked; the plan that the job is about, and whether it was applied. */
async function reconcile(
  tracker: Tracker,
  input: NetboxReconcileInput,
): Promise<{ readonly plan: string; readonly applied: boolean }> {
  const { job_id, durations = {} } = input;
  const { plan: planned, strict } = input.mode === 'apply' ? input : { plan: job_id, strict: false };
  if (input.mode !== 'apply') {
    const appliesItself = await plan(tracker, input);
    if (input.mode === 'plan' || (input.mode === 'scheduled' && !appliesItself))
      return { plan: planned, applied: false };
  }
  tracker.enter('applying');
  await patiently(tracker, durations, () => applyPlan({ plan: planned, strict }));
  return { plan: planned, applied: true };
}

/**
 * Compares NetBox's devices with the routers, and keeps what would be done as a plan; or applies a plan. What moved since
 * is left alone, and what the guard holds back is left to it.
 */
export async function netboxReconcile(input: NetboxReconcileInput): Promise<void> {
  const tracker = new Tracker(STEPS);
  const { job_id } = input;
  let about = { plan: job_id, applied: false };
  try {
    await openReconciliation(input);
    tracker.step();
    about = await reconcile(tracker, input);
    const ending = { status: 'completed', result: {} } as const;
    await regardless(() => closeReconciliation({ job_id, ...about, ending }));
  } catch (error) {
    const ending = endingOf(error, NETBOX_UPSTREAM_FAILURES);
    await regardless(() => closeReconciliation({ job_id, ...about, ending }));
    throw error;
  }
}
