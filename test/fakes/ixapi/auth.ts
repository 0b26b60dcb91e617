import { invalid, json, problem, type Answer } from './answers';
import type { ApiKey } from './keys';
import type { TokenDesk } from './tokens';

type Fields = Readonly<Record<string, unknown>>;

/** `POST /auth/token`: 201 with a pair of tokens (IX-API 2.1.0). */
export function answerToken(desk: TokenDesk, body: Fields): Answer {
  const missing = requireFields(body, ['api_key', 'api_secret']);
  if (missing !== undefined) return missing;
  const key = desk.keyOf(body.api_key, body.api_secret);
  if (key === undefined) return problem('authentication-error', 'The API key or its secret is wrong.');
  return json(201, desk.grant(key, 'token'));
}

/** `POST /auth/refresh`: 201 with a new pair; the old tokens stay good until they expire, which is unverified. */
export function answerRefresh(desk: TokenDesk, body: Fields): Answer {
  const missing = requireFields(body, ['refresh_token']);
  if (missing !== undefined) return missing;
  const key = desk.check(String(body.refresh_token), 'refresh');
  if (typeof key === 'string') return problem(key, 'The refresh token is not valid.');
  return json(201, desk.grant(key, 'refresh'));
}

/** Who is asking: the key of a bearer token, or the refusal. */
export function authenticate(desk: TokenDesk, authorization: string | undefined): ApiKey | Answer {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return problem('authentication-error', 'No access token was given.');
  const key = desk.check(token, 'access');
  return typeof key === 'string' ? problem(key, 'The access token is not valid.') : key;
}

function requireFields(body: Fields, names: readonly string[]): Answer | undefined {
  const missing = names.filter((name) => typeof body[name] !== 'string' || body[name] === '');
  if (missing.length === 0) return undefined;
  return invalid(missing.map((name) => ({ name, reason: 'This field is required.' })));
}
