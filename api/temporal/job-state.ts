import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { SEND_JOB } from '../../store/pagerduty/asks';
import { finishJob, findJob, isFinal, openJobs, recordProgress, type JobResult, type JobRow } from '../../store/jobs';
import { progressQuery, type JobMemo, type JobProgress } from '../../workflows/shared/job';
import { TemporalUnavailableError } from './client';
import type { JobDeps } from './jobs';

/** How long a workflow may take to say how far it is; a busy or absent worker does not. */
const PROGRESS_MS = 2_000;
/** A job without a workflow is lost, unless it is so new that its workflow may not be there yet. */
const NEW_MS = 60_000;
/** Open jobs that are looked after when jobs are listed. */
const LOOKED_AFTER = 25;

/** Whether a job has no workflow of its own: the alert's, which ends it, sends much else and says nothing of one send. */
export const isKeptElsewhere = ({ type }: Pick<JobRow, 'type'>): boolean => type === SEND_JOB;

const failed = (type: string, message: string): JobResult => ({ status: 'failed', error: { type, message } });

/** How a workflow ended whose activities did not get to say so. */
async function endingOf(
  deps: JobDeps,
  job: JobRow,
  { status, runId }: WorkflowExecutionDescription,
): Promise<JobResult | undefined> {
  switch (status.name) {
    case 'TERMINATED':
      return { status: 'canceled', error: { type: 'TERMINATED', message: 'its workflow was terminated' } };
    case 'CANCELLED':
      return { status: 'canceled', error: { type: 'CANCELED', message: 'it was canceled' } };
    case 'TIMED_OUT':
      return failed('TIMED_OUT', 'its workflow ran out of time');
    case 'COMPLETED':
    case 'FAILED':
      return deps.temporal.call((client) => resultOf(client.workflow.getHandle(job.workflow_id, runId).result()));
    default:
      return undefined;
  }
}

async function resultOf(result: Promise<unknown>): Promise<JobResult> {
  try {
    return { status: 'completed', result: await result };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: unknown = error.cause;
    while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
    const type = cause instanceof ApplicationFailure ? (cause.type ?? 'FAILED') : 'FAILED';
    return failed(type, cause instanceof Error ? cause.message : error.message);
  }
}

/** The workflow of a job as it is now; nothing when Temporal knows none that is this job's. */
async function describe({ temporal }: JobDeps, job: JobRow): Promise<WorkflowExecutionDescription | undefined> {
  const ask = (runId?: string): Promise<WorkflowExecutionDescription> =>
    temporal.call((client) => client.workflow.getHandle(job.workflow_id, runId).describe());
  const mine = (found: WorkflowExecutionDescription): boolean =>
    (found.memo as Partial<JobMemo> | undefined)?.job_id === job.id;
  try {
    const found = await ask(job.run_id ?? undefined);
    if (found.status.name !== 'CONTINUED_AS_NEW') return mine(found) ? found : undefined;
    const latest = await ask();
    return mine(latest) ? latest : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function readProgress(deps: JobDeps, job: JobRow): Promise<JobProgress | undefined> {
  try {
    return await deps.temporal.call(
      (client) => client.workflow.getHandle(job.workflow_id).query(progressQuery),
      PROGRESS_MS,
    );
  } catch {
    // No worker answers: what is known of the job stays as it was.
    return undefined;
  }
}

async function refresh(deps: JobDeps, job: JobRow, now: Date): Promise<JobRow> {
  const description = await describe(deps, job);
  const isNew = now.getTime() - Date.parse(job.created) < NEW_MS;
  if (description === undefined && isNew) return job;
  const ending = description
    ? await endingOf(deps, job, description)
    : failed('WORKFLOW_LOST', 'Temporal no longer knows its workflow');
  if (ending) {
    await finishJob(deps.knex, job.id, ending, now);
  } else {
    const progress = await readProgress(deps, job);
    if (progress === undefined) return job;
    const waiting = progress.reason !== undefined || progress.waiting_until !== undefined;
    await recordProgress(deps.knex, job.id, progress, waiting);
  }
  return (await findJob(deps.knex, job.id)) ?? job;
}

/**
 * A job as it is now: an open one is asked how far it is, and one whose workflow ended without a word (terminated, timed
 * out, failed before its first activity) is ended here. While Temporal does not answer: as it was last known.
 */
export async function currentJob(deps: JobDeps, job: JobRow, now: Date): Promise<JobRow> {
  if (isFinal(job.status) || isKeptElsewhere(job)) return job;
  try {
    return await refresh(deps, job, now);
  } catch (error) {
    if (error instanceof TemporalUnavailableError) return job;
    throw error;
  }
}

/** Brings the rows of the newest open jobs up to date, so that they can be listed and filtered. */
export async function refreshOpenJobs(deps: JobDeps, now: Date): Promise<void> {
  const jobs = await openJobs(deps.knex, LOOKED_AFTER, SEND_JOB);
  await Promise.all(jobs.map((job) => currentJob(deps, job, now)));
}
