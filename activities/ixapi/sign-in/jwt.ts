/** What a token says of itself, if it is a JSON Web Token. Its signature is the exchange's own affair. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Nobody relies on a longer one. */
const LONGEST_MS = 365 * 86_400_000;
/** A token is replaced so long before it ends, or a tenth of its lifetime if that is less. */
const MARGIN_MS = 30_000;

/**
 * How long a token lives that was asked for at `now`, milliseconds; undefined where it does not say, or nothing that can
 * be. `exp` and `iat` are of the exchange's clock, of which only the difference is of use here.
 */
function lifetimeOf(token: string, now: Date): number | undefined {
  const { exp, iat } = claimsOf(token);
  if (typeof exp !== 'number') return undefined;
  const lifetime = typeof iat === 'number' ? (exp - iat) * 1000 : exp * 1000 - now.getTime();
  return lifetime > 0 ? Math.min(lifetime, LONGEST_MS) : undefined;
}

/** Until when a token that was asked for at `now` is used, ISO 8601 by our clock; null: until it is refused. */
export function usedUntil(token: string, now: Date): string | null {
  const lifetime = lifetimeOf(token, now);
  if (lifetime === undefined) return null;
  return new Date(now.getTime() + lifetime - Math.min(MARGIN_MS, lifetime / 10)).toISOString();
}
