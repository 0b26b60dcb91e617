import { setTimeout as sleep } from 'node:timers/promises';
import { findJob, isFinal, type JobRow } from '../../store/jobs';
import { currentJob } from './job-state';
import type { JobDeps } from './jobs';

const POLL_MS = 150;
/** How often a workflow is asked itself: it may have ended without a word. */
const ASK_MS = 2_000;

/** What a wait is bounded by. */
export interface Wait {
  readonly seconds: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  readonly clock: () => Date;
}

/** The job once it is over, or as it is when the wait ends. */
export async function waitForJob(deps: JobDeps, job: JobRow, { seconds, signal, clock }: Wait): Promise<JobRow> {
  const ends = performance.now() + seconds * 1_000;
  let asked = performance.now();
  let current = job;
  while (!isFinal(current.status) && performance.now() < ends && !signal.aborted) {
    await sleep(Math.min(POLL_MS, ends - performance.now()), undefined, { signal }).catch(() => undefined);
    current = (await findJob(deps.knex, job.id)) ?? current;
    if (performance.now() - asked < ASK_MS) continue;
    asked = performance.now();
    current = await currentJob(deps, current, clock());
  }
  return current;
}
