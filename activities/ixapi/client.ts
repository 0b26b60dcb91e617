import type { Secret } from '../../config/secret';
import { badAddress, badAnswer, forbidden } from './errors';
import type { HttpAnswer, IxapiHttp } from './http';
import { createSignIn, type SignInDeps } from './sign-in';
import { urlOf, type Parameters } from './url';

/** An answer to a GET. 206: it is a part of a list (IX-API 2.7.1). */
export interface IxapiAnswer {
  readonly status: 200 | 206;
  readonly body: unknown;
}

/** A client of all IX-API objects. */
export interface IxapiClient {
  /**
   * Asks an object's exchange for a path below its address, signed in. Undefined: the exchange knows no such thing (404).
   * Throws the errors of `errors.ts`.
   */
  get(ix_api: number, path: string, parameters: Parameters, signal: AbortSignal): Promise<IxapiAnswer | undefined>;
  /** Ends all connections, and waits until nobody is signing in any more. */
  close(): Promise<void>;
}

/** Whether it comes from an API and not from a web server. */
const isOwn = ({ body }: HttpAnswer): boolean => typeof body === 'object' && body !== null;

/** What an answer to a signed-in GET means; 401 was dealt with. */
export function meaningOf(answer: HttpAnswer): IxapiAnswer | undefined {
  const { status, body, place, said } = answer;
  const sentence = `${place} answers ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 200 || status === 206) return { status, body };
  if (status === 401 || status === 403) throw forbidden(`${sentence}: look at the api_key and its rights`);
  if (status !== 404) throw badAnswer(sentence);
  if (isOwn(answer)) return undefined;
  throw badAddress(`${sentence}, which is not that of an IX-API: look at the api_url`);
}

/** One GET with a token. */
export const askWith = (
  http: IxapiHttp,
  { api_url, token }: { readonly api_url: string; readonly token: Secret },
  path: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<HttpAnswer> => http.ask({ method: 'GET', url: urlOf(api_url, path, parameters), token }, signal);

/** Makes the client; `http` ends with it. A request that is answered 401 is asked once more, signed in anew. */
export function createIxapiClient(deps: SignInDeps): IxapiClient {
  const { http } = deps;
  const signIn = createSignIn(deps);
  return {
    async get(ix_api, path, parameters, signal) {
      const access = await signIn.accessFor(ix_api, signal);
      const answer = await askWith(http, access, path, parameters, signal);
      if (answer.status !== 401) return meaningOf(answer);
      const anew = await signIn.accessFor(ix_api, signal, access.generation);
      return meaningOf(await askWith(http, anew, path, parameters, signal));
    },
    async close() {
      await http.close();
      await signIn.settle();
    },
  };
}
