import { Secret } from '../../../config/secret';
import type { TokenPair } from '../../../store/ixapi/object/tokens';
import { badAddress, badAnswer, forbidden } from '../errors';
import type { HttpAnswer, IxapiHttp } from '../http/ask';
import { urlOf } from '../http/url';

/** What tokens are asked for with. */
export interface Credentials {
  readonly api_url: string;
  readonly api_key: string;
  readonly api_secret: Secret;
  /** What else the exchange knows of ours, such as a pair of tokens of before. */
  readonly secrets?: readonly Secret[];
}

/** What a header takes; tokens are a few hundred characters long. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

const tokenOf = (value: unknown): Secret | undefined =>
  typeof value === 'string' && TOKEN.test(value) ? new Secret(value) : undefined;

/** 201 with both tokens (IX-API 2.1.0, `auth_token_create`); one without a refresh token is taken as well. */
function pairOf({ body, place }: HttpAnswer): TokenPair {
  const { access_token, refresh_token } = (body ?? {}) as { access_token?: unknown; refresh_token?: unknown };
  const access = tokenOf(access_token);
  if (access === undefined) throw badAnswer(`${place} answers without an access token that can be sent`);
  return { access, refresh: tokenOf(refresh_token) };
}

const isRefused = ({ status }: HttpAnswer): boolean => status >= 400;

const isOwn = ({ body }: HttpAnswer): boolean => typeof body === 'object' && body !== null;

/** Signs in with key and secret. Throws `forbidden` where they are refused. */
export async function signInWith(
  http: IxapiHttp,
  { api_url, api_key, api_secret, secrets = [] }: Credentials,
  signal: AbortSignal,
): Promise<TokenPair> {
  const body = { api_key, api_secret: api_secret.reveal() };
  const url = urlOf(api_url, 'auth/token');
  const answer = await http.ask({ method: 'POST', url, body, secrets: [api_secret, ...secrets] }, signal);
  if (!isRefused(answer)) return pairOf(answer);
  const sentence = `${answer.place} answers ${answer.status}${answer.said === '' ? '' : `: ${answer.said}`}`;
  if (answer.status === 404 || answer.status === 405 || !isOwn(answer))
    throw badAddress(`${sentence}, which is no answer of an IX-API: look at the api_url`);
  throw forbidden(`${sentence}: look at the api_key and the api_secret`);
}

/** Gets a new pair for an old one; undefined: it is refused. `secrets`: what else the exchange knows of ours. */
export async function refreshWith(
  http: IxapiHttp,
  api_url: string,
  refresh: Secret,
  secrets: readonly Secret[],
  signal: AbortSignal,
): Promise<TokenPair | undefined> {
  const body = { refresh_token: refresh.reveal() };
  const url = urlOf(api_url, 'auth/refresh');
  const answer = await http.ask({ method: 'POST', url, body, secrets: [refresh, ...secrets] }, signal);
  return isRefused(answer) ? undefined : pairOf(answer);
}
