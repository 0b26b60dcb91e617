import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, patched, proxyActivities } from '@temporalio/workflow';
import type { PeeringActivities } from '../peering/activities';
import { endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { OpenedSynchronisation, PeeringdbActivities, PublicationOutcome, Removals } from './activities';
import { UPSTREAM_FAILURES, type PeeringdbSyncInput, type PeeringdbSyncResult, type SyncDurations } from './messages';
import { NOT_WAITED, waitFor } from './patience';

const { openSynchronisation } = proxyActivities<PeeringdbActivities>(QUICK);
const { renewRecords } = proxyActivities<PeeringActivities>(QUICK);
const { fetchObject, fetchMissingParents, publishSynchronisation, closeSynchronisation } =
  proxyActivities<PeeringdbActivities>(LONG);

/** Fetching waits for the network, staging for the processor: three at a time keep both busy. */
const FETCHES_AT_ONCE = 3;
/** A guard that trips at night is met by the morning shift; then the rows are kept and the rest is published. */
const GUARD_SECONDS = 8 * 3600;
/** Opening, the 13 types, parents, publication. */
const STEPS = 16;

/** Does one step, and waits out what upstream has against it. */
async function patiently<T>(tracker: Tracker, durations: SyncDurations, step: () => Promise<T>): Promise<T> {
  for (let waited = NOT_WAITED; ;) {
    try {
      return await step();
    } catch (error) {
      const next = waitFor(error, waited, durations);
      if (next.patience === 'give-up' || next.patience === 'not-upstream') throw error;
      waited = next.waited;
      await tracker.wait(next.patience.seconds, next.patience.reason);
    }
  }
}

/** Runs lanes side by side; when one fails the others are cancelled, and all have ended before it is reported. */
function together(lanes: readonly (() => Promise<void>)[]): Promise<void> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const running = lanes.map((lane) => lane());
    try {
      await Promise.all(running);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(running);
      throw error;
    }
  });
}

async function fetchAll(tracker: Tracker, durations: SyncDurations, opened: OpenedSynchronisation): Promise<void> {
  const { synchronisation, tags } = opened;
  const waiting = [...tags];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const fetched = { synchronisation, ...next };
      await patiently(tracker, durations, () => fetchObject(fetched));
      tracker.step();
    }
  };
  await together(Array.from({ length: FETCHES_AT_ONCE }, () => lane));
}

const inWords = (removals: Removals): string =>
  Object.entries(removals)
    .map(([tag, { removed, of }]) => `${removed} of ${of} rows of ${tag}`)
    .join(', ');

async function publish(
  tracker: Tracker,
  durations: SyncDurations,
  synchronisation: number,
): Promise<PeeringdbSyncResult> {
  let outcome: PublicationOutcome = await publishSynchronisation({ synchronisation, removals: 'ask' });
  if (outcome.outcome === 'guarded') {
    const question = `confirm that ${inWords(outcome.removals)} are gone upstream; otherwise they are kept`;
    const confirmed = await tracker.confirmation(durations.guard_seconds ?? GUARD_SECONDS, question);
    outcome = await publishSynchronisation({ synchronisation, removals: confirmed ? 'remove' : 'keep' });
  }
  if (outcome.outcome === 'guarded')
    throw ApplicationFailure.nonRetryable('a publication that was told what to do asked again');
  return outcome.result;
}

async function synchronise(
  tracker: Tracker,
  { job_id, mode, durations = {} }: PeeringdbSyncInput,
): Promise<PeeringdbSyncResult> {
  const opened = await openSynchronisation({ job_id, mode });
  tracker.enter('fetching');
  tracker.step();
  await fetchAll(tracker, durations, opened);
  await patiently(tracker, durations, () => fetchMissingParents(opened));
  tracker.enter('publishing');
  tracker.step();
  const result = await publish(tracker, durations, opened.synchronisation);
  if (patched('renew-records')) await renewRecords({ synchronisation: result.synchronisation });
  tracker.step();
  return result;
}

/**
 * Brings the PeeringDB cache up to date: fetches, then publishes all 13 types as one snapshot. However it ends, the
 * last whole snapshot is what readers see, and its record and job say what happened.
 */
export async function peeringdbSync(input: PeeringdbSyncInput): Promise<PeeringdbSyncResult> {
  const tracker = new Tracker(STEPS);
  const { job_id } = input;
  try {
    const result = await synchronise(tracker, input);
    await regardless(() => closeSynchronisation({ job_id, ending: { status: 'completed', result } }));
    return result;
  } catch (error) {
    const ending = endingOf(error, UPSTREAM_FAILURES);
    await regardless(() => closeSynchronisation({ job_id, ending }));
    throw error;
  }
}
