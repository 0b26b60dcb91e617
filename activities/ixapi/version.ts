/** IX-API's versions, such as `2.7.1`. */

type Fields = Readonly<Record<string, unknown>>;

/** A text that is a version, without a `v` before it. */
const versionIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^\s*v?(\d{1,4}(?:\.\d{1,4}){0,3})\b/i.exec(value)?.[1] : undefined;

/**
 * The version that an exchange says it speaks: `schema_version` of `/implementation` is exact; `version` of `/health` is
 * that of the API, often only its first number, and `releaseId` may be that of the software (draft-inadarei-api-health-check),
 * so it counts only where it goes on from there. Undefined: it does not say.
 */
export function versionOf(
  implementation: Fields | null | undefined,
  health: Fields | null | undefined,
): string | undefined {
  const exact = versionIn(implementation?.['schema_version']);
  if (exact !== undefined) return exact;
  const [version, release] = [versionIn(health?.['version']), versionIn(health?.['releaseId'])];
  return release?.startsWith(`${version ?? '2'}.`) ? release : version;
}

/** Whether a version is spoken here: 2, or one that is not known, since version 1 had nothing to tell it by. */
export const isSpoken = (version: string): boolean => !/^\d/.test(version) || /^2(\.|$)/.test(version);

/** Why it is not. The end of version 1 is that of its providers' support (README of pyixapi). */
export const notSpoken = (version: string): string =>
  /^1(\.|$)/.test(version)
    ? 'IX-API version 1 ended on 2026-07-01: expected the address of version 2, which often ends in /api/v2'
    : `the exchange speaks IX-API version ${version}: expected version 2`;
