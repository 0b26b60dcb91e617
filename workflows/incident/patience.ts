import { applicationFailure } from '../shared/failure';
import { PAGERDUTY_UPSTREAM_FAILURES } from './messages';

/** A dropped connection is tried again soon, an outage every five minutes. */
const BACKOFF_SECONDS = 2;
const LONGEST_BACKOFF_SECONDS = 300;

/** How long to wait, and why. */
interface Wait {
  readonly seconds: number;
  readonly reason: string;
}

/** How long to wait after an error of PagerDuty's REST API; nothing for an error that is not. */
export function waitFor(error: unknown, failures: number, first = BACKOFF_SECONDS): Wait | undefined {
  const failure = applicationFailure(error);
  if (!PAGERDUTY_UPSTREAM_FAILURES.includes(failure?.type ?? '')) return undefined;
  const wanted = (failure?.details?.[0] as { retry_after_seconds?: number } | undefined)?.retry_after_seconds;
  const seconds = wanted ?? Math.min(LONGEST_BACKOFF_SECONDS, first * 2 ** Math.min(failures, 20));
  return { seconds, reason: failure?.message ?? '' };
}
