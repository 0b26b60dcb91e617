/** What is believed of how long to wait. */
const LONGEST_WAIT_SECONDS = 3600;

/** `Retry-After` (RFC 9110, 10.2.3) in seconds from `now`, 1 to 3600; undefined where there is none that can be read. */
export function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.ceil(seconds)));
}
