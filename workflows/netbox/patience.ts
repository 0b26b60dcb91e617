import { applicationFailure } from '../shared/failure';
import { NETBOX_UPSTREAM_FAILURES } from './messages';

/** A dropped connection is tried again soon. */
const BACKOFF_SECONDS = 2;
/** Long enough to be no burden to a NetBox that is down, short enough to be no delay to an operator who waits. */
const LONGEST_BACKOFF_SECONDS = 300;

/** How long to wait, and why, after an error of NetBox's; nothing for an error that is not. Waiting never ends by itself. */
export function waitFor(
  error: unknown,
  failures: number,
  first = BACKOFF_SECONDS,
): { readonly seconds: number; readonly reason: string } | undefined {
  const failure = applicationFailure(error);
  if (!NETBOX_UPSTREAM_FAILURES.includes(failure?.type ?? '')) return undefined;
  return {
    seconds: Math.min(LONGEST_BACKOFF_SECONDS, first * 2 ** Math.min(failures, 20)),
    reason: failure?.message ?? '',
  };
}
