import { createWindow, type SlidingWindow } from './window';

/** About 120 a minute and integration key in a sliding window (PagerDuty docs, Events API v2, "Rate limits"). */
export interface RateLimit {
  readonly perMinute?: number;
  /** What counts as the minute, in milliseconds. */
  readonly windowMs?: number;
}

export interface RateLimiter {
  /** Counts an event that is let through now, by `performance.now`; one that is refused does not count. */
  readonly admits: (routingKey: string, now: number) => boolean;
  /** Starts over with another limit. */
  readonly set: (limit: RateLimit | 'off') => void;
}

export const MINUTE = 60_000;

export function createRateLimiter(limit: RateLimit | 'off'): RateLimiter {
  let current = limit;
  const windows = new Map<string, SlidingWindow>();
  return {
    admits: (routingKey, now) => {
      if (current === 'off') return true;
      const window = windows.get(routingKey) ?? createWindow(current.windowMs ?? MINUTE);
      windows.set(routingKey, window);
      if (window.count(now) >= (current.perMinute ?? 120)) return false;
      window.add(now);
      return true;
    },
    set: (next) => {
      current = next;
      windows.clear();
    },
  };
}
