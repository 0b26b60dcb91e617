import { json, type Answer } from './answers';
import { MINUTE } from './rate-limit';

export interface RestLimiter {
  /** Counts a request; the headers of its answer, and the refusal where it is one too many. */
  readonly take: (token: string) => { headers: Record<string, string>; refused?: Answer };
  readonly set: (perMinute: number) => void;
}

/** 960 a minute and key, told by headers (PagerDuty docs, REST API v2, "Rate limiting"); whole minutes here. */
export function createRestLimiter(perMinute: number): RestLimiter {
  let limit = perMinute;
  const spent = new Map<string, { count: number; until: number }>();
  return {
    take: (token) => {
      const now = performance.now();
      const before = spent.get(token);
      const current = before === undefined || before.until <= now ? { count: 0, until: now + MINUTE } : before;
      current.count += 1;
      spent.set(token, current);
      const headers = {
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': String(Math.max(0, limit - current.count)),
        'ratelimit-reset': String(Math.ceil((current.until - now) / 1000)),
      };
      if (current.count <= limit) return { headers };
      return { headers, refused: json(429, { error: { code: 2020, message: 'Rate Limit Exceeded' } }) };
    },
    set: (next) => {
      limit = next;
      spent.clear();
    },
  };
}
