/** Seconds since a time that is remembered (ISO 8601), never less than none; null when there is none. */
export const ageOf = (time: string | null, now: Date): number | null =>
  time === null ? null : Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1_000));
