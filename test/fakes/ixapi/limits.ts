import { problem, type Answer } from './answers';

/** So many requests in a window, per account. Neither 2.1.0 nor 2.7.1 speaks of limits; exchanges may have them. */
export interface RateLimit {
  readonly requests: number;
  /** 60 000 by default. */
  readonly windowMs?: number;
  /** How the answer 429 says when to come back; in seconds by default. */
  readonly retryAfter?: 'seconds' | 'date' | 'none';
}

export interface FakeIxapiLimits {
  /** Starts over with another limit. */
  readonly set: (limit: RateLimit | 'off') => void;
}

export interface Limiter {
  /** Counts a request; the refusal where it is one too many. */
  readonly take: (account: string) => Answer | undefined;
  readonly limits: FakeIxapiLimits;
}

export function createLimiter(limit: RateLimit | 'off'): Limiter {
  let current = limit;
  const spent = new Map<string, { count: number; until: number }>();
  return {
    take: (account) => {
      if (current === 'off') return undefined;
      const now = Date.now();
      const before = spent.get(account);
      const window =
        before === undefined || before.until <= now ? { count: 0, until: now + (current.windowMs ?? 60_000) } : before;
      window.count += 1;
      spent.set(account, window);
      return window.count <= current.requests ? undefined : refusal(window.until, now, current.retryAfter);
    },
    limits: {
      set: (next) => {
        current = next;
        spent.clear();
      },
    },
  };
}

function refusal(until: number, now: number, retryAfter: RateLimit['retryAfter'] = 'seconds'): Answer {
  const answer = problem('too-many-requests');
  if (retryAfter === 'none') return answer;
  const seconds = Math.ceil((until - now) / 1000);
  const when = retryAfter === 'date' ? new Date(now + seconds * 1000).toUTCString() : String(seconds);
  return { ...answer, headers: { ...answer.headers, 'Retry-After': when } };
}
