/** NetBox's versions, such as `4.6` or `4.6.8`. */

/** Whether a version is this one or a later one. One that is no version is taken for the newest. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (!match) return true;
  const [have, haveMinor] = [Number(match[1]), Number(match[2])];
  return have > major || (have === major && haveMinor >= minor);
}
