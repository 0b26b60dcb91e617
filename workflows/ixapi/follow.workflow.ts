import {
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setHandler,
  uuid4,
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

/** What the next look may be spared: the exchange's failures, and what happened to what was read. */
const PASSING: readonly string[] = [...IXAPI_UPSTREAM_FAILURES, IXAPI_FAILURES.changed];
const isPassing = (error: unknown): boolean => PASSING.includes(applicationFailure(error)?.type ?? '');

/** Reads the exchange and imports what has addresses now; how many configs are left. */
async function look(tracker: Tracker, { job_id, exchange, durations = {} }: IxapiFollowInput, looks: number) {
  const { patience_seconds = PATIENCE_SECONDS } = durations;
  const reading = { key: `${job_id} ${looks}`, exchange, durations: { ...durations, patience_seconds } };
  const read = await readExchange(tracker, reading);
  const { left } = await importFollowed({ job_id, exchange });
  await compare(tracker, read);
  return left;
}

/** Whether there is more to follow, or somebody wants it looked at. */
interface News {
  isTold: boolean;
}

/** Read anew each time: a signal may come during any wait. */
const isToldOf = (news: Readonly<News>): boolean => news.isTold;

/** Looks again and again, until nothing is left to wait for. */
async function follow(tracker: Tracker, input: IxapiFollowInput, news: News): Promise<void> {
  const { durations = {} } = input;
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
      if (!isPassing(error)) throw error;
      reason = applicationFailure(error)?.message ?? reason;
    }
    if (workflowInfo().continueAsNewSuggested && !isToldOf(news))
      await continueAsNew<typeof ixapiFollow>({ ...input, looks: looks + 1 });
  }
}

async function beginAnew({ exchange, durations }: IxapiFollowInput): Promise<never> {
  const job_id = uuid4();
  const next = makeContinueAsNewFunc<typeof ixapiFollow>({ memo: { job_id } });
  return next({ job_id, exchange, ...(durations && { durations }) });
}

/** Waits for addresses of an exchange's configs, which are imported then. Cancelling gives it up. */
export async function ixapiFollow(input: IxapiFollowInput): Promise<void> {
  const { job_id, exchange } = input;
  const tracker = new Tracker(0);
  const news: News = { isTold: false };
  setHandler(followSignal, () => {
    news.isTold = true;
  });
  try {
    await startJob({ job_id, type: IXAPI_FOLLOW_JOB, input: { exchange } });
    await follow(tracker, input, news);
    await regardless(() => closeImport({ job_id, ending: { status: 'completed', result: {} } }));
    // There was more to follow while the job was being ended: that is another job.
    if (isToldOf(news)) await beginAnew(input);
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const isOver = isCancellation(error) || applicationFailure(error)?.type === IXAPI_FAILURES.notLinked;
    if (isOver) await regardless(() => forgetFollowed({ exchange }));
    const ending = endingOf(error, IXAPI_UPSTREAM_FAILURES);
    await regardless(() => closeImport({ job_id, ending }));
    throw error;
  }
}
