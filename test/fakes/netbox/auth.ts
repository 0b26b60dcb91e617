import { detail, type Answer } from './answers';
import type { Behaviour } from './versions';

/** The refusal of a request's credentials, if they are not good: always 403, never 401. */
export function refuseCredentials(
  authorization: string | undefined,
  tokens: ReadonlySet<string>,
  behaviour: Behaviour,
): Answer | undefined {
  const [scheme = '', token, ...more] = (authorization ?? '').split(/\s+/).filter((part) => part !== '');
  const known = behaviour.tokenVersions ? /^(token|bearer)$/i : /^token$/i;
  if (!known.test(scheme)) return detail(403, 'Authentication credentials were not provided.');
  if (token === undefined || more.length > 0) return detail(403, malformed(behaviour));
  if (tokens.has(token)) return undefined;
  if (!behaviour.tokenVersions) return detail(403, 'Invalid token');
  if (!token.startsWith('nbt_')) return detail(403, 'Invalid v1 token');
  if (token.includes('.')) return detail(403, 'Invalid v2 token');
  const hint = "Could not parse key from v2 token. Did you mean to use 'Token' instead of 'Bearer'?";
  return detail(403, `Invalid authorization header: ${hint}`);
}

/** The name of the scheme, for the log of requests; never the token. */
export function schemeOf(authorization: string | undefined): string {
  return /^\s*(\S+)/.exec(authorization ?? '')?.[1] ?? '';
}

function malformed({ tokenVersions }: Behaviour): string {
  // The text of versions before 4.5 is that of Django's REST framework.
  if (!tokenVersions) return 'Invalid token header. Token string should not contain spaces.';
  return 'Invalid authorization header: Must be in the form "Bearer <key>.<token>" or "Token <token>"';
}
