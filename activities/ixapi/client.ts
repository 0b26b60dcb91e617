import { badAddress, badAnswer, forbidden } from './errors';
import type { HttpAnswer, IxapiHttp } from './http/ask';
import type { Get } from './reading/lists';
import { createSignIn, isPast, type IxapiAccess, type SignInDeps } from './sign-in/sign-in';
import { urlOf, type Parameters } from './http/url';

/** An answer to a GET. 206: it is a part of a list (IX-API 2.7.1). */
export interface IxapiAnswer {
  readonly status: 200 | 206;
  readonly body: unknown;
  /** Of all that was sent. */
  readonly digest: string;
}

/** A client of all IX-API objects. */
export interface IxapiClient {
  /**
   * What asks an object's exchange, for as long as a piece of work takes: what the object is, and its token, are read when
   * it is first used. Throws the errors of `errors.ts`.
   */
  open(ix_api: number, signal: AbortSignal): Get;
  /** Ends all connections, and waits until nobody is signing in any more. */
  close(): Promise<void>;
}

/** Whether it comes from an API and not from a web server. */
const isOwn = ({ body }: HttpAnswer): boolean => typeof body === 'object' && body !== null;

/** What an answer to a signed-in GET means; 401 was dealt with. */
export function meaningOf(answer: HttpAnswer): IxapiAnswer | undefined {
  const { status, digest, place, said } = answer;
  const sentence = `${place} answers ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 200 || status === 206)
    return {
      ...{ status, digest },
      get body() {
        return answer.body;
      },
    };
  if (status === 401 || status === 403) throw forbidden(`${sentence}: look at the api_key and its rights`);
  if (status !== 404) throw badAnswer(sentence);
  if (isOwn(answer)) return undefined;
  throw badAddress(`${sentence}, which is not that of an IX-API: look at the api_url`);
}

/** One GET with a token. */
export const askWith = (
  http: IxapiHttp,
  { api_url, token, secrets }: Pick<IxapiAccess, 'api_url' | 'token' | 'secrets'>,
  path: string,
  parameters: Parameters,
  signal: AbortSignal,
  known?: string,
): Promise<HttpAnswer> =>
  http.ask({ method: 'GET', url: urlOf(api_url, path, parameters), token, secrets, known }, signal);

/** Makes the client; `http` ends with it. A request that is answered 401 is asked once more, signed in anew. */
export function createIxapiClient(deps: SignInDeps): IxapiClient {
  const { http, clock } = deps;
  const signIn = createSignIn(deps);
  return {
    open(ix_api, signal) {
      let known: IxapiAccess | undefined;
      const access = async (rejected?: number): Promise<IxapiAccess> => {
        if (known === undefined || known.generation === rejected || isPast(known.until, clock()))
          known = await signIn.accessFor(ix_api, signal, rejected);
        return known;
      };
      return async (path, parameters, before) => {
        const used = await access();
        const answer = await askWith(http, used, path, parameters, signal, before);
        if (answer.status !== 401) return meaningOf(answer);
        return meaningOf(await askWith(http, await access(used.generation), path, parameters, signal, before));
      };
    },
    async close() {
      await http.close();
      await signIn.settle();
    },
  };
}
