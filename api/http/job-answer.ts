import { z } from 'zod';
import { isFinal, type JobRow } from '../../store/jobs';
import type { JobDeps } from '../temporal/jobs';
import { waitForJob } from '../temporal/wait';
import { Problem } from '../problem';
import type { Answer, Context } from './endpoint';
import { timeOut } from './schemas';

/** A job as it is answered. */
export const jobSchema = z
  .looseObject({
    id: z.string(),
    type: z.string(),
    status: z.enum(['pending', 'running', 'waiting', 'completed', 'failed', 'canceled']),
    url: z.string(),
    workflow_id: z.string(),
    run_id: z.string().nullable(),
    progress: z.unknown(),
    result: z.unknown().optional(),
    error: z.object({ type: z.string(), message: z.string(), upstream: z.boolean().optional() }).optional(),
    created: timeOut,
    started: timeOut.nullable(),
    finished: timeOut.nullable(),
  })
  .meta({ id: 'Job' });

const jobPath = (id: string): string => `/api/core/jobs/${id}/`;

/** A job as it is answered: with a result, or with an error, or with neither while it is open. */
export function jobBody(job: JobRow, baseUrl: string): Record<string, unknown> {
  const { id, type, status, workflow_id, run_id, progress, result, error, created, started, finished } = job;
  return {
    ...{ id, type, status, url: `${baseUrl}${jobPath(id)}`, workflow_id, run_id, progress },
    ...(isFinal(status) && result !== null ? { result } : {}),
    ...(error === null ? {} : { error }),
    ...{ created, started, finished },
  };
}

/** 202 with a job that goes on. */
export const accepted = (job: JobRow, { baseUrl }: Context): Answer => ({
  status: 202,
  headers: { Location: `${baseUrl}${jobPath(job.id)}` },
  body: jobBody(job, baseUrl),
});

function failed(job: JobRow, baseUrl: string): Problem {
  const { error, status } = job;
  const code = status === 'failed' && error?.upstream ? 'upstream-failed' : 'job-failed';
  const why = error === null ? '' : `: ${error.message}`;
  return new Problem(code, `the job ${job.id} ${status === 'canceled' ? 'was canceled' : 'failed'}${why}`, {
    members: { job: jobBody(job, baseUrl) },
  });
}

/**
 * The answer to the call that started a job: 202; with `wait`, 200 once it completed, or a problem if it failed meanwhile:
 * 502 if that was upstream's doing, else 409.
 */
export async function jobAnswer(
  deps: JobDeps & { readonly clock: () => Date },
  job: JobRow,
  context: Context,
  wait: number | undefined,
): Promise<Answer> {
  if (wait === undefined) return accepted(job, context);
  const ended = await waitForJob(deps, job, { seconds: wait, signal: context.signal, clock: deps.clock });
  if (!isFinal(ended.status)) return accepted(ended, context);
  if (ended.status !== 'completed') throw failed(ended, context.baseUrl);
  return { body: jobBody(ended, context.baseUrl) };
}
