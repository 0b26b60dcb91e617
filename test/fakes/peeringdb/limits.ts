import type { FakeClock } from './clock';
import type { Identity } from './visibility';

/** PeeringDB's limits; every one that is left out is off. */
export interface Limits {
  readonly anonymousPerMinute?: number;
  readonly keyPerMinute?: number;
  /** The same anonymous request whose answer had more bytes than this may be asked once in so many seconds. */
  readonly repeat?: { readonly bytes: number; readonly seconds: number };
  /** How often the same anonymous request may be asked in a minute, whatever its size. */
  readonly samePerMinute?: number;
  /** Refusals are replayed for this long without being counted, and without `Retry-After`. */
  readonly replayRefusalSeconds?: number;
  /** More refused requests than this in a minute are answered 429 until the minute is over. */
  readonly refusedPerMinute?: number;
}

/** The published limits (peeringdb docs, howto/work_within_peeringdbs_query_limits; peeringdb 2.82, middleware.py). */
export const PUBLISHED_LIMITS: Limits = {
  anonymousPerMinute: 20,
  keyPerMinute: 40,
  repeat: { bytes: 100_000, seconds: 3600 },
  samePerMinute: 2,
  replayRefusalSeconds: 10,
  refusedPerMinute: 10,
};

/** A refusal as it was first given, without its `Retry-After`. */
export interface Refusal {
  readonly status: number;
  body(): Buffer;
}

export interface Limiter {
  set(limits: Limits): void;
  /** A refusal to be given again, because the same one was given a moment ago. */
  replay(caller: string, path: string): Refusal | undefined;
  remember(caller: string, path: string, refusal: Refusal): void;
  /** Seconds until the request would be served, or 0: then it counts as served. */
  wait(caller: string, identity: Identity, path: string): number;
  /** Tells how large the answer was. */
  served(caller: string, path: string, bytes: number): void;
  refusedTooOften(caller: string): boolean;
}

interface Event {
  readonly key: string;
  readonly at: number;
}

/** Counts requests against the limits, on the fake clock. */
export function createLimiter(clock: FakeClock, initial: Limits): Limiter {
  let limits = initial;
  let counted: Event[] = [];
  let refused: Event[] = [];
  const large = new Map<string, number>();
  const replays = new Map<string, { refusal: Refusal; until: number }>();
  const forget = (): void => {
    const minuteAgo = clock.now() - 60_000;
    counted = counted.filter(({ at }) => at > minuteAgo);
    refused = refused.filter(({ at }) => at > minuteAgo);
  };
  /** Seconds until there is room for one more event of the key. */
  const room = (key: string, allowed: number | undefined): number => {
    const times = counted.filter((event) => event.key === key).map(({ at }) => at);
    if (allowed === undefined || times.length < allowed) return 0;
    return (times[times.length - allowed]! + 60_000 - clock.now()) / 1000;
  };
  const repeatWait = (key: string): number => {
    const last = large.get(key);
    if (limits.repeat === undefined || last === undefined) return 0;
    return last / 1000 + limits.repeat.seconds - clock.now() / 1000;
  };
  return {
    set: (next) => {
      limits = next;
    },
    replay: (caller, path) => {
      const kept = replays.get(`${caller} ${path}`);
      return kept !== undefined && kept.until > clock.now() ? kept.refusal : undefined;
    },
    remember: (caller, path, refusal) => {
      if (refusal.status !== 429) refused.push({ key: caller, at: clock.now() });
      const until = clock.now() + (limits.replayRefusalSeconds ?? 0) * 1000;
      replays.set(`${caller} ${path}`, { refusal, until });
    },
    wait: (caller, identity, path) => {
      forget();
      const same = `${caller} ${path}`;
      const anonymous = identity === 'anonymous';
      const perMinute = room(caller, anonymous ? limits.anonymousPerMinute : limits.keyPerMinute);
      const repeated = anonymous ? Math.max(room(same, limits.samePerMinute), repeatWait(same)) : 0;
      const seconds = Math.ceil(Math.max(0, perMinute, repeated));
      if (seconds === 0) counted.push({ key: caller, at: clock.now() }, { key: same, at: clock.now() });
      return seconds;
    },
    served: (caller, path, bytes) => {
      if (limits.repeat !== undefined && bytes > limits.repeat.bytes) large.set(`${caller} ${path}`, clock.now());
    },
    refusedTooOften: (caller) => {
      forget();
      const { refusedPerMinute } = limits;
      return refusedPerMinute !== undefined && refused.filter(({ key }) => key === caller).length > refusedPerMinute;
    },
  };
}
