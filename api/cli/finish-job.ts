import { z } from 'zod';
import type { Job } from './answers';
import { CliError, EXIT } from './exit';
import type { ApiClient } from './http';
import { printable, type Io } from './io';
import { write, type OutputOptions } from './output';
import { createProgress } from './progress';
import { describeStep, isOver, watchJob } from './watch-job';

const summarySchema = z.object({ summary: z.string() });
const errorSchema = z.looseObject({
  detail: z.string().optional(),
  message: z.string().optional(),
  title: z.string().optional(),
});

function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  const parsed = errorSchema.safeParse(error);
  const text = parsed.success ? (parsed.data.detail ?? parsed.data.message ?? parsed.data.title) : undefined;
  return text ?? JSON.stringify(error ?? 'no reason is known');
}

/** What happened, in one sentence. */
function describeResult(job: Job): string {
  const parsed = summarySchema.safeParse(job.result);
  return parsed.success ? parsed.data.summary : `job ${job.id} ${job.status}`;
}

const printJson = (io: Io, options: OutputOptions, job: Job): void =>
  write(io, options.output, `${JSON.stringify(job, null, 2)}\n`);

/** Throws a {@link CliError} for a job that ended otherwise than completed; JSON has it all the same. */
function requireCompleted(io: Io, options: OutputOptions, job: Job): void {
  if (job.status === 'completed') return;
  if (options.format === 'json') printJson(io, options, job);
  if (job.status === 'canceled') throw new CliError(`job ${job.id} was canceled`, EXIT.incomplete);
  throw new CliError(printable(`job ${job.id} failed: ${describeError(job.error)}`));
}

/**
 * Follows a job with progress on standard error until it completed. Throws a {@link CliError} if it ends otherwise, or on
 * Ctrl-C, which leaves the job running.
 */
export async function completedJob(io: Io, client: ApiClient, options: OutputOptions, start: Job): Promise<Job> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const job = await watchJob(client, start, createProgress(io.stderr), controller.signal);
    if (!isOver(job)) {
      throw new CliError(
        `job ${job.id} goes on (${describeStep(job).text}): 'crossconnect job show --wait ${job.id}' follows it, 'crossconnect job cancel ${job.id}' stops it`,
        EXIT.interrupted,
      );
    }
    requireCompleted(io, options, job);
    return job;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Follows a job to its end, as {@link completedJob} does, and prints its outcome. */
export async function followJob(io: Io, client: ApiClient, options: OutputOptions, start: Job): Promise<void> {
  const job = await completedJob(io, client, options, start);
  if (options.format === 'json') printJson(io, options, job);
  else write(io, options.output, `${printable(describeResult(job))}\n`);
}

/** Prints a job that is not waited for. */
export function reportStarted(io: Io, options: OutputOptions, job: Job): void {
  if (options.format === 'json') printJson(io, options, job);
  else write(io, options.output, `${job.id}\n`);
}
