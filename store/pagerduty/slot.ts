/** When a request of a routing key may be made. Pure; times are in milliseconds. */

/** PagerDuty counts over 60 s; a second more for requests that arrive closer together than they were made. */
export const WINDOW_MS = 61_000;
/** One request in so many is kept for new critical alerts. */
const RESERVE = 20;
/** Slots that nobody came for in time are caught up with, so many at once. */
const CATCH_UP = 3;

/** What is known of a routing key: the requests of the last window, and when the next one is due. */
export interface Budget {
  readonly perMinute: number;
  readonly taken: readonly number[];
  /** Of these, the ones out of the reserve. */
  readonly urgent: readonly number[];
  readonly nextSlot: number;
  /** PagerDuty wants nothing of this key before. */
  readonly blockedUntil: number;
}

/** Who asks: how many wait before it, and whether it is a new critical alert. */
export interface Asking {
  readonly ahead: number;
  readonly isUrgent: boolean;
}

/** A slot, and when the one after it is; or when to ask again. */
export type Slot =
  | { readonly granted: true; readonly nextSlot: number; readonly fromReserve: boolean }
  | { readonly granted: false; readonly until: number };

const reserveOf = (perMinute: number): number => Math.floor(perMinute / RESERVE);

/** The time from one slot to the next: the minute's requests but for the reserve, evenly. */
export const intervalOf = (perMinute: number): number => 60_000 / (perMinute - reserveOf(perMinute));

/** A slot now, or when one may be free: at an even pace, and never more than `perMinute` in any window. */
export function slotFor(
  { perMinute, taken, urgent, nextSlot, blockedUntil }: Budget,
  asking: Asking,
  now: number,
): Slot {
  const interval = intervalOf(perMinute);
  const turn = asking.ahead * interval;
  if (blockedUntil > now) return { granted: false, until: blockedUntil + turn };
  const oldest = taken.length < perMinute ? undefined : taken[taken.length - perMinute];
  if (oldest !== undefined) return { granted: false, until: oldest + WINDOW_MS + turn };
  if (asking.isUrgent && nextSlot > now && urgent.length < reserveOf(perMinute))
    return { granted: true, nextSlot, fromReserve: true };
  const from = Math.max(nextSlot, now - (CATCH_UP - 1) * interval);
  const until = from + turn;
  return until <= now ? { granted: true, nextSlot: from + interval, fromReserve: false } : { granted: false, until };
}
