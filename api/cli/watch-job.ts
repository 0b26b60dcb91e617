import { setTimeout as sleep } from 'node:timers/promises';
import { jobSchema, parseAnswer, type Job } from './answers';
import { NoAnswerError, type ApiClient } from './http';
import type { Progress, Step } from './progress';

/** Short work is over at once, long work is asked for once a second. */
const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 1_000;
/** How long a product may be away, for instance while it is restarted: its jobs go on meanwhile. */
const AWAY_MS = 60_000;

/** Whether nothing further will happen to a job. */
export const isOver = (job: Job): boolean => ['completed', 'failed', 'canceled'].includes(job.status);

/** What a job does right now, in words. */
export function describeStep({ id, status, progress }: Job): Step {
  const until = progress?.waiting_until ? ` until ${progress.waiting_until}` : '';
  const why = progress?.reason ? `: ${progress.reason}` : '';
  const confirm = progress?.confirmable ? ` (crossconnect job confirm ${id})` : '';
  const waiting = status === 'waiting' || until !== '' || confirm !== '' ? `, waiting${until}${why}${confirm}` : '';
  return { text: `${progress?.phase ?? status}${waiting}`, done: progress?.done, total: progress?.total };
}

/** Asks for a job by its id. */
export async function fetchJob(client: ApiClient, id: string): Promise<Job> {
  return parseAnswer(jobSchema, await client.get(`/api/core/jobs/${encodeURIComponent(id)}/`), `job ${id}`);
}

/** Shows a job's progress until it is over, or until `signal` fires: then the job as it is then. */
export async function watchJob(client: ApiClient, start: Job, progress: Progress, signal: AbortSignal): Promise<Job> {
  let job = start;
  let lastAnswer = Date.now();
  let pause = FIRST_POLL_MS;
  try {
    while (!isOver(job) && !signal.aborted) {
      progress.show(describeStep(job));
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(pause * 1.5, LONGEST_POLL_MS);
      try {
        job = await fetchJob(client, job.id);
        lastAnswer = Date.now();
      } catch (error) {
        if (!(error instanceof NoAnswerError) || Date.now() - lastAnswer > AWAY_MS) throw error;
      }
    }
    return job;
  } finally {
    progress.end();
  }
}
