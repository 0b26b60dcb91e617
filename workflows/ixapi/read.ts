import { proxyActivities } from '@temporalio/workflow';
import { applicationFailure } from '../shared/failure';
import { waitOut } from '../shared/patience';
import { LONG, QUICK } from '../shared/policies';
import { regardless, type Tracker } from '../shared/tracker';
import type { IxapiActivities, ReadingCounts, ReadingRef } from './activities';
import { IXAPI_FAILURES, IXAPI_UPSTREAM_FAILURES, type IxapiDurations } from './messages';

const { openReading, closeReading } = proxyActivities<IxapiActivities>(QUICK);
const { fetchReading, publishReading, readRouterPorts, compareSources } = proxyActivities<IxapiActivities>(LONG);

/** An outage is waited out for an hour; the next scheduled refresh begins anew. */
const PATIENCE_SECONDS = 3600;
/** What waiting does not change. */
const HOPELESS: readonly string[] = [IXAPI_FAILURES.forbidden, IXAPI_FAILURES.badAddress, IXAPI_FAILURES.badVersion];
const WAITED_OUT: readonly string[] = [...IXAPI_UPSTREAM_FAILURES, IXAPI_FAILURES.incomplete];

/** Reads what is not read yet and publishes it, and waits out what the exchange has against it. */
async function read(
  tracker: Tracker,
  { backoff_seconds, patience_seconds = PATIENCE_SECONDS }: IxapiDurations,
  ref: ReadingRef,
): Promise<ReadingCounts> {
  for (let failures = 0, waited = 0; ; failures++) {
    try {
      await fetchReading(ref);
      return await publishReading(ref);
    } catch (error) {
      const wait = waitOut(error, WAITED_OUT, failures, backoff_seconds);
      const isHopeless = HOPELESS.includes(applicationFailure(error)?.type ?? '');
      if (wait === undefined || isHopeless || waited + wait.seconds > patience_seconds) throw error;
      waited += wait.seconds;
      await tracker.wait(wait.seconds, wait.reason);
    }
  }
}

/** Steps of {@link readExchange}. */
export const READING_STEPS = 1;

/** Reads the IX-API object of an exchange to the end; which object, and what it came to. */
export async function readExchange(
  tracker: Tracker,
  {
    key,
    exchange,
    durations = {},
  }: { readonly key: string; readonly exchange: number; readonly durations?: IxapiDurations },
): Promise<{ readonly ix_api: number; readonly counts: ReadingCounts }> {
  tracker.enter('reading');
  const ref = await openReading({ key, exchange });
  try {
    const counts = await read(tracker, durations, ref);
    tracker.step();
    return { ix_api: ref.ix_api, counts };
  } finally {
    await regardless(() => closeReading({ key }));
  }
}

/** Steps of {@link compare}. */
export const COMPARING_STEPS = 1;

/** Compares all sources of an object's exchanges; how many differences there are. */
export async function compare(tracker: Tracker, ix_api: number): Promise<number> {
  tracker.enter('comparing');
  await readRouterPorts({ ix_api });
  const { drift } = await compareSources({ ix_api });
  tracker.step();
  return drift;
}
