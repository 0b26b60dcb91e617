import { proxyActivities } from '@temporalio/workflow';
import { applicationFailure } from '../shared/failure';
import { waitOut } from '../shared/patience';
import { LONG, QUICK } from '../shared/policies';
import { regardless, type Tracker } from '../shared/tracker';
import type { IxapiActivities, ReadingCounts, ReadingRef } from './activities';
import { IXAPI_FAILURES, IXAPI_UPSTREAM_FAILURES, type IxapiDurations } from './messages';

const { openReading, closeReading } = proxyActivities<IxapiActivities>(QUICK);
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

/** Reads and publishes, and waits out what the exchange has against it. */
async function read(
  tracker: Tracker,
  { backoff_seconds, patience_seconds = PATIENCE_SECONDS }: IxapiDurations,
  ref: ReadingRef,
): Promise<ReadingCounts> {
  for (let failures = 0, waited = 0; ; failures++) {
    try {
      return await readObject(ref);
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

/** A reading of an exchange's IX-API object that was published. */
export interface ReadExchange {
  readonly key: string;
  readonly ix_api: number;
  readonly counts: ReadingCounts;
}

/**
 * Reads the IX-API object of an exchange to the end. `meanwhile`: what is done at the same time as it begins. Whoever goes
 * on ends the reading with {@link compare} or {@link forget}.
 */
export async function readExchange(
  tracker: Tracker,
  {
    key,
    exchange,
    durations = {},
  }: { readonly key: string; readonly exchange: number; readonly durations?: IxapiDurations },
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<ReadExchange> {
  tracker.enter('reading');
  try {
    // Where one fails the other one has ended too: a job is not begun after it was ended.
    const [ref] = await both(openReading({ key, exchange }), meanwhile());
    const counts = await read(tracker, durations, ref);
    tracker.step();
    return { key, ix_api: ref.ix_api, counts };
  } catch (error) {
    await forget({ key });
    throw error;
  }
}

/** Forgets the pages of a reading. */
export const forget = ({ key }: Pick<ReadExchange, 'key'>): Promise<void> => regardless(() => closeReading({ key }));

/** Steps of {@link compare}. */
export const COMPARING_STEPS = 1;

/** Compares all sources of an object's exchanges; how many differences there are. */
export async function compare(tracker: Tracker, read: ReadExchange): Promise<number> {
  tracker.enter('comparing');
  const [{ drift }] = await both(compareSources({ ix_api: read.ix_api }), forget(read));
  tracker.step();
  return drift;
}
