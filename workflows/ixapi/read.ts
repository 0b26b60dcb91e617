import { proxyActivities } from '@temporalio/workflow';
import { applicationFailure } from '../shared/failure';
import { waitOut } from '../shared/patience';
import { LONG, QUICK } from '../shared/policies';
import { regardless, type Tracker } from '../shared/tracker';
import type { IxapiActivities, ObjectRead } from './activities';
import { IXAPI_FAILURES, IXAPI_UPSTREAM_FAILURES, type IxapiDurations } from './messages';

const { forgetReading } = proxyActivities<IxapiActivities>(QUICK);
const { readObject, compareSources } = proxyActivities<IxapiActivities>(LONG);

/** An outage is waited out for an hour; the next scheduled refresh begins anew. */
const PATIENCE_SECONDS = 3600;
/** What waiting does not change. */
const HOPELESS: readonly string[] = [IXAPI_FAILURES.forbidden, IXAPI_FAILURES.badAddress, IXAPI_FAILURES.badVersion];

/** Does two things at once, and goes on when both have ended, also where one fails. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([one, other]);
  if (second.status === 'rejected') throw second.reason;
  if (first.status === 'rejected') throw first.reason;
  return [first.value, second.value];
}

/** A reading: the exchange whose IX-API object is read, and what the reading is known by. */
interface Reading {
  readonly key: string;
  readonly exchange: number;
  readonly durations?: IxapiDurations;
}

/** Reads and publishes, and waits out what the exchange has against it. */
async function read(tracker: Tracker, { key, exchange, durations = {} }: Reading): Promise<ObjectRead> {
  const { backoff_seconds, patience_seconds = PATIENCE_SECONDS } = durations;
  for (let failures = 0, waited = 0; ; failures++) {
    try {
      return await readObject({ key, exchange });
    } catch (error) {
      const wait = waitOut(error, IXAPI_UPSTREAM_FAILURES, failures, backoff_seconds);
      const isHopeless = HOPELESS.includes(applicationFailure(error)?.type ?? '');
      if (wait === undefined || isHopeless || waited + wait.seconds > patience_seconds) throw error;
      waited += wait.seconds;
      await tracker.wait(wait.seconds, wait.reason);
    }
  }
}

/** Steps of {@link readExchange}. */
export const READING_STEPS = 1;

/** Reads the IX-API object of an exchange to the end. `meanwhile`: what is done at the same time. */
export async function readExchange(
  tracker: Tracker,
  reading: Reading,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<ObjectRead> {
  tracker.enter('reading');
  try {
    // Where one fails the other one has ended too: a job is not begun after it was ended.
    const [done] = await both(read(tracker, reading), meanwhile());
    tracker.step();
    return done;
  } catch (error) {
    await regardless(() => forgetReading({ key: reading.key }));
    throw error;
  }
}

/** Steps of {@link compare}. */
export const COMPARING_STEPS = 1;

/** Compares all sources of an object's exchanges; how many differences there are. */
export async function compare(tracker: Tracker, { ix_api }: ObjectRead): Promise<number> {
  tracker.enter('comparing');
  const { drift } = await compareSources({ ix_api });
  tracker.step();
  return drift;
}
