import { applicationFailure } from './failure';

/** A dropped connection is tried again soon. */
const BACKOFF_SECONDS = 2;
/** Long enough to be no burden to an upstream that is down, short enough to be no delay to an operator who waits. */
const LONGEST_BACKOFF_SECONDS = 300;

/** How long to wait, and why. */
export interface Wait {
  readonly seconds: number;
  readonly reason: string;
}

/**
 * How long to wait after a failure of one of these types: as long as the upstream wants it (`retry_after_seconds` in the
 * failure's details), else twice as long each time. Nothing for a failure of another type. Waiting never ends by itself.
 */
export function waitOut(
  error: unknown,
  types: readonly string[],
  failures: number,
  first = BACKOFF_SECONDS,
): Wait | undefined {
  const failure = applicationFailure(error);
  if (!types.includes(failure?.type ?? '')) return undefined;
  const wanted = (failure?.details?.[0] as { retry_after_seconds?: number } | undefined)?.retry_after_seconds;
  const seconds = wanted ?? Math.min(LONGEST_BACKOFF_SECONDS, first * 2 ** Math.min(failures, 20));
  return { seconds, reason: failure?.message ?? '' };
}
