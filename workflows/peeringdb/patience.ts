import { applicationFailure } from '../shared/failure';
import { SYNC_FAILURES, type SyncDurations } from './messages';

/** A wait that an upstream failure calls for; `giveUp` when it was waited for long enough. */
export type Patience = { readonly seconds: number; readonly reason: string } | 'give-up' | 'not-upstream';

/** Outages are waited out for two hours: the next hour's synchronisation has long been due then. */
const PATIENCE_SECONDS = 2 * 3600;
/** A dropped connection is tried again soon. */
const BACKOFF_SECONDS = 2;
const LONGEST_BACKOFF_SECONDS = 900;
/** Throttled without a word on how long: a minute, then longer, up to the hour that PeeringDB's longest limit lasts. */
const THROTTLED_SECONDS = 60;
const LONGEST_THROTTLED_SECONDS = 3600;
/** Throttled again and again for half a day is not a limit any more. */
const THROTTLED_PATIENCE_SECONDS = 12 * 3600;

/** How long the failures of one step have been waited for. A pure value: see {@link waitFor}. */
export interface Waited {
  readonly outages: number;
  readonly outageSeconds: number;
  readonly throttles: number;
  readonly throttledSeconds: number;
}

export const NOT_WAITED: Waited = { outages: 0, outageSeconds: 0, throttles: 0, throttledSeconds: 0 };

function throttleOf(details: unknown, throttles: number): number {
  const told = (details as { retry_after_seconds?: number | null } | undefined)?.retry_after_seconds;
  // A second more than told: upstream rounds down.
  if (typeof told === 'number') return Math.max(1, told + 1);
  return Math.min(LONGEST_THROTTLED_SECONDS, THROTTLED_SECONDS * 2 ** throttles);
}

/** What to do about an error of a step, given how long its earlier ones were waited for; and what was waited then. */
export function waitFor(
  error: unknown,
  waited: Waited,
  durations: SyncDurations,
): { patience: Patience; waited: Waited } {
  const failure = applicationFailure(error);
  const reason = failure?.message ?? '';
  switch (failure?.type) {
    case SYNC_FAILURES.throttled: {
      const seconds = throttleOf(failure.details?.[0], waited.throttles);
      if (waited.throttledSeconds + seconds > THROTTLED_PATIENCE_SECONDS) return { patience: 'give-up', waited };
      const { throttles, throttledSeconds } = waited;
      return {
        patience: { seconds, reason },
        waited: { ...waited, throttles: throttles + 1, throttledSeconds: throttledSeconds + seconds },
      };
    }
    case SYNC_FAILURES.unavailable:
    case SYNC_FAILURES.badAnswer: {
      const { outages, outageSeconds } = waited;
      const seconds = Math.min(LONGEST_BACKOFF_SECONDS, (durations.backoff_seconds ?? BACKOFF_SECONDS) * 2 ** outages);
      if (outageSeconds + seconds > (durations.patience_seconds ?? PATIENCE_SECONDS))
        return { patience: 'give-up', waited };
      return {
        patience: { seconds, reason },
        waited: { ...waited, outages: outages + 1, outageSeconds: outageSeconds + seconds },
      };
    }
    default:
      return { patience: 'not-upstream', waited };
  }
}
