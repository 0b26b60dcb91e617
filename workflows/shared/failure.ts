import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { JobEnding, JobError } from './ending';

/** The failure that an activity threw, out of what Temporal wraps it in; undefined for anything else. */
export function applicationFailure(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return applicationFailure(error.cause);
  return undefined;
}

/** How a job ends with an error. `upstreamTypes` are the failures that somebody else's system is the reason of. */
export function endingOf(
  error: unknown,
  upstreamTypes: readonly string[],
): JobEnding<never> & { readonly error: JobError } {
  if (isCancellation(error)) return { status: 'canceled', error: { type: 'CANCELED', message: 'canceled' } };
  const failure = applicationFailure(error);
  const type = failure?.type ?? 'FAILED';
  const message =
    failure?.message ??
    (error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error));
  return { status: 'failed', error: { type, message, upstream: upstreamTypes.includes(type) } };
}
