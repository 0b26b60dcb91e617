/** An instant in microseconds since 1970; a number holds them exactly until the year 2255. */
export type Micros = number;

/** Tells the time in microseconds, never the same twice and never backwards, as two saves never share one. */
export type Clock = () => Micros;

/** The machine's clock with microseconds. */
export function createClock(): Clock {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.round((performance.timeOrigin + performance.now()) * 1000));
    return last;
  };
}

/** `2026-11-21T04:13:46.736632Z`, as the REST API writes it. */
export function toIso(at: Micros): string {
  return `${seconds(at)}.${String(at % 1_000_000).padStart(6, '0')}Z`;
}

/** `2026-11-21T04:13:46.736Z`, as snapshots have it. */
export function toIsoMillis(at: Micros): string {
  return `${toIso(at).slice(0, 23)}Z`;
}

/** `2026-11-21T04:13:47.417528+00:00`, as webhooks say when they were made; with a space before 3.7. */
export function toOffset(at: Micros, spaced: boolean): string {
  const text = toIso(at).replace('Z', '+00:00');
  return spaced ? text.replace('T', ' ') : text;
}

/** Reads a date of a filter; undefined when it is none. Without a zone it is UTC. */
export function parseTime(text: string): Micros | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6}))?\s*(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, day = '', minutes = '00:00', second = ':00', fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(`${day}T${minutes}${second}${zone}`);
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number(fraction.padEnd(6, '0'));
}

function seconds(at: Micros): string {
  return new Date(Math.floor(at / 1000)).toISOString().slice(0, 19);
}
