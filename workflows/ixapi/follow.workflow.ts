import {
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { JobActivities } from '../shared/ending';
import { applicationFailure, endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { IxapiActivities } from './activities';
import {
  followSignal,
  IXAPI_FAILURES,
  IXAPI_FOLLOW_JOB,
  IXAPI_UPSTREAM_FAILURES,
  type IxapiDurations,
  type IxapiFollowInput,
} from './messages';
import { compare, readExchange } from './read';

const { startJob } = proxyActivities<JobActivities>(QUICK);
const { forgetFollowed, closeImport } = proxyActivities<IxapiActivities>(QUICK);
const { importFollowed } = proxyActivities<IxapiActivities>(LONG);

/** Exchanges allocate addresses at once, or people of theirs do within days: soon at first, then four times an hour. */
const FIRST_SECONDS = 15;
const AT_MOST_SECONDS = 15 * 60;
/** What is followed goes on being followed while the exchange is down; one look waits out no more than this. */
const PATIENCE_SECONDS = 600;

function waitBefore(looks: number, durations: IxapiDurations): number {
  const { follow_seconds = FIRST_SECONDS, follow_at_most_seconds = AT_MOST_SECONDS } = durations;
  return Math.min(follow_at_most_seconds, follow_seconds * 2 ** Math.min(looks, 20));
}

const isUpstream = (error: unknown): boolean => {
  const type = applicationFailure(error)?.type ?? '';
  return IXAPI_UPSTREAM_FAILURES.includes(type) || type === IXAPI_FAILURES.incomplete;
};

/** Reads the exchange and imports what has addresses now; how many configs are left. */
async function look(tracker: Tracker, { job_id, exchange, durations = {} }: IxapiFollowInput, looks: number) {
  const { patience_seconds = PATIENCE_SECONDS } = durations;
  const reading = { key: `${job_id} ${looks}`, exchange, durations: { ...durations, patience_seconds } };
  const { ix_api } = await readExchange(tracker, reading);
  const { left } = await importFollowed({ job_id, exchange });
  await compare(tracker, ix_api);
  return left;
}

/** Read anew each time: a signal may come during any wait. */
const isToldOf = (news: { readonly isTold: boolean }): boolean => news.isTold;

/** Looks again and again, until nothing is left to wait for. */
async function follow(tracker: Tracker, input: IxapiFollowInput): Promise<void> {
  const { durations = {} } = input;
  const news = { isTold: false };
  setHandler(followSignal, () => {
    news.isTold = true;
  });
  let reason = 'the exchange has not allocated the addresses yet';
  for (let looks = input.looks ?? 0; ; looks++) {
    tracker.enter('waiting for addresses');
    await tracker.wait(waitBefore(looks, durations), reason, () => news.isTold);
    // What was told begins anew: it is looked at soon.
    if (news.isTold) looks = 0;
    news.isTold = false;
    try {
      const left = await look(tracker, input, looks);
      reason = `the exchange has not allocated the addresses of ${left} network service configs yet`;
      if (left === 0 && !isToldOf(news)) return;
    } catch (error) {
      if (!isUpstream(error)) throw error;
      reason = applicationFailure(error)?.message ?? reason;
    }
    if (workflowInfo().continueAsNewSuggested && !isToldOf(news))
      await continueAsNew<typeof ixapiFollow>({ ...input, looks: looks + 1 });
  }
}

/** Waits for addresses of an exchange's configs, which are imported then. Cancelling gives it up. */
export async function ixapiFollow(input: IxapiFollowInput): Promise<void> {
  const { job_id, exchange } = input;
  const tracker = new Tracker(0);
  try {
    await startJob({ job_id, type: IXAPI_FOLLOW_JOB, input: { exchange } });
    await follow(tracker, input);
    await regardless(() => closeImport({ job_id, ending: { status: 'completed', result: {} } }));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const isOver = isCancellation(error) || applicationFailure(error)?.type === IXAPI_FAILURES.notLinked;
    if (isOver) await regardless(() => forgetFollowed({ exchange }));
    const ending = endingOf(error, IXAPI_UPSTREAM_FAILURES);
    await regardless(() => closeImport({ job_id, ending }));
    throw error;
  }
}
