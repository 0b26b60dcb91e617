import { createHash } from 'node:crypto';
import { request } from 'undici';
import type { Secret } from '../../../config/secret';
import { AppError } from '../../shared/failure';
import { badAddress, badAnswer, throttled, unavailable } from '../errors';
import { checkAddress, createGuardedAgent, type GuardOptions } from './guard';
import { retryAfterOf } from './retry-after';
import { clean, saidBy } from './said';

/** A request. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as a bearer token. */
  readonly token?: Secret;
  /** What else is in the request that nobody may read in an error. */
  readonly secrets?: readonly Secret[];
  /** The digest of an answer of before. Where the same comes, it is parsed when it is looked at. */
  readonly known?: string | undefined;
}

/** An answer: 2xx with JSON, or a refusal (4xx but 408 and 429) with whatever came, undefined if that is no JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Of all that was sent: the same digest is the same answer. */
  readonly digest: string;
  /** Where it came from, without parameters, and what it says of a refusal, redacted. */
  readonly place: string;
  readonly said: string;
}

/** What speaks to exchanges. */
export interface IxapiHttp {
  /** One request is one request: nothing is retried or followed. Throws the errors of `errors.ts`. */
  ask(asked: Asked, signal: AbortSignal): Promise<HttpAnswer>;
  /** Ends all connections, and the requests on them. */
  close(): Promise<void>;
}

export interface HttpOptions extends Pick<GuardOptions, 'allowPrivate' | 'lookup'> {
  readonly userAgent: string;
  /** For all of a request, milliseconds. */
  readonly timeoutMs?: number;
  /** The largest answer that is read, bytes. */
  readonly largest?: number;
  readonly clock?: () => Date;
}

/** A page of a thousand rows is some 500 kB, which exchanges answer within seconds. */
const TIMEOUT_MS = 15_000;
/** A list without pages may be that of all that an exchange has. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** To one exchange. */
const CONNECTIONS = 4;

const placeOf = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};

function parsed(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Makes something when it is first asked for. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function redirected(place: string, location: string | undefined, secrets: readonly Secret[]): AppError {
  const target = location !== undefined && URL.canParse(location, place) ? new URL(location, place) : undefined;
  const to = target === undefined ? 'nowhere' : clean(placeOf(target.href), secrets);
  return badAddress(`${place} redirects to ${to}, which is not followed: expected the final address`);
}

/** The words for a request that got no answer: codes only, since errors of the HTTP client may hold what was received. */
function failed(error: unknown, place: string, timeoutMs: number, isLate: boolean): AppError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (isLate) return unavailable(`${place} did not answer within ${timeoutMs / 1000} s`);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return badAnswer(`${place} answers with more than is read of an answer`);
  if (code === 'ENOTFOUND') return unavailable(`${place}: there is no address of this name (ENOTFOUND)`);
  const isTold = typeof code === 'string' && /^[\w-]{1,60}$/.test(code);
  return unavailable(`${place}: ${isTold ? code : message === 'aborted' ? 'cut off' : 'failed'}`);
}

/** Makes what speaks to exchanges, for as long as a process runs. */
export function createHttp(options: HttpOptions): IxapiHttp {
  const { allowPrivate, userAgent, timeoutMs = TIMEOUT_MS, clock = () => new Date() } = options;
  const dispatcher = createGuardedAgent({
    allowPrivate,
    lookup: options.lookup,
    connections: CONNECTIONS,
    maxResponseSize: options.largest ?? LARGEST_ANSWER,
  });

  async function answerOf(
    { method, url, body, token, secrets = [], known }: Asked,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const place = placeOf(url);
    const hidden = token === undefined ? secrets : [...secrets, token];
    const answer = await request(url, {
      ...{ method, dispatcher, signal, body: body === undefined ? null : JSON.stringify(body) },
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
      },
    });
    const status = answer.statusCode;
    const header = (name: string): string | undefined => [answer.headers[name]].flat()[0];
    const bytes = await answer.body.arrayBuffer();
    const json = lazily(() => parsed(bytes));
    const said = status < 400 ? '' : saidBy(json(), hidden);
    const sentence = `${place} answers ${status}${said === '' ? '' : `: ${said}`}`;
    if (status === 429 || (status === 503 && header('retry-after') !== undefined))
      throw throttled(sentence, retryAfterOf(header('retry-after'), clock()));
    if (status >= 500 || status === 408) throw unavailable(sentence, status);
    if (status >= 300 && status < 400) throw redirected(place, header('location'), hidden);
    const digest = createHash('md5').update(new Uint8Array(bytes)).digest('hex');
    if (status < 300 && digest !== known && json() === undefined)
      throw badAnswer(`${place} answers ${status} with what is no JSON`);
    return {
      ...{ status, digest, place, said },
      get body() {
        return json();
      },
    };
  }

  return {
    async ask(asked, signal) {
      const wrong = checkAddress(asked.url, allowPrivate);
      if (wrong !== undefined) throw badAddress(wrong);
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        return await answerOf(asked, AbortSignal.any([timeout, signal]));
      } catch (error) {
        if (error instanceof AppError || signal.aborted) throw error;
        throw failed(error, placeOf(asked.url), timeoutMs, timeout.aborted);
      }
    },
    close: () => dispatcher.destroy(),
  };
}
