/** The clock that the fake lives by: `updated`, list files and rate limits all read it. */
export interface FakeClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly advance: (milliseconds: number) => void;
}

/** The instant at which generated data ends: no generated row is newer. */
export const EPOCH = Date.UTC(2026, 10, 1);

/** A clock that moves only when told to. */
export function createFakeClock(start: number = EPOCH): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** The machine's clock, which can be put forward but never back. */
export function createRunningClock(): FakeClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

const DAY = 86_400;
const days = new Map<number, string>();
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** A time as PeeringDB writes it: whole seconds, UTC. */
export function isoSeconds(seconds: number): string {
  const day = Math.floor(seconds / DAY);
  let date = days.get(day);
  if (date === undefined) days.set(day, (date = new Date(day * DAY * 1000).toISOString().slice(0, 11)));
  const rest = seconds - day * DAY;
  return `${date}${two[Math.floor(rest / 3600)]}:${two[Math.floor(rest / 60) % 60]}:${two[rest % 60]}Z`;
}
