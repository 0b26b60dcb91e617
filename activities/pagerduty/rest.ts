import { Agent, request, type Dispatcher } from 'undici';
import type { Secret } from '../../config/secret';
import { AppError } from '../shared/failure';
import { badAnswer, forbidden, throttled, unavailable } from './rest-errors';

/** What a question is about, in the order in which it is asked; a name may be repeated. */
export type Parameters = readonly (readonly [string, string | number])[];

/** PagerDuty's REST API v2, as far as it is read. */
export interface RestClient {
  /** Asks for a path. Undefined: PagerDuty knows no such object (404). Throws the errors of `rest-errors.ts`. */
  get(path: string, parameters: Parameters, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

export interface RestClientOptions {
  /** PAGERDUTY_API_URL. */
  readonly url: string;
  readonly token: Secret;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

/** It counts requests by the minute (960 for each token): there is no hurry. */
const CONNECTIONS = 4;
/** A page of a hundred incidents is some 300 kB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;
/** What is kept of an answer that is an error. */
const KEPT_OF_TEXT = 300;
/** What is believed of how long to wait. */
const LONGEST_WAIT_SECONDS = 3600;

type Headers = Dispatcher.ResponseData['headers'];

/** `ratelimit-reset`, in seconds (PagerDuty docs, REST API v2, "Rate limits"); `Retry-After` where a proxy says that. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = [headers['ratelimit-reset'], headers['retry-after']].flat().find((value) => /^\d+$/.test(value ?? ''));
  return text === undefined ? undefined : Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Number(text)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The form of PagerDuty's own errors: `{error: {message, code, errors?}}`. */
const isOwn = (text: string): boolean => {
  const { error } = (parsed(text) ?? {}) as { error?: unknown };
  return typeof error === 'object' && error !== null;
};

function refuse(status: number, headers: Headers, text: string, place: string): never {
  const said = isOwn(text) ? `: ${text.slice(0, KEPT_OF_TEXT)}` : '';
  if (status === 429) throw throttled(`${place} answers 429`, retryAfterOf(headers));
  if (status >= 500 || status === 408) throw unavailable(`${place} answers ${status}`);
  if (status === 401 || status === 403)
    throw forbidden(`${place} answers ${status}${said}: look at PAGERDUTY_API_TOKEN and its rights`);
  if (status >= 300 && status < 400)
    throw forbidden(`${place} answers ${status}: PAGERDUTY_API_URL must name the final address`);
  throw badAnswer(`${place} answers ${status}${said || ", which is not PagerDuty's: look at PAGERDUTY_API_URL"}`);
}

/** A client of PagerDuty's REST API. One request is one request: nothing is retried or followed here. */
export function createRestClient({ url, token, timeoutMs, userAgent }: RestClientOptions): RestClient {
  const dispatcher = new Agent({ connections: CONNECTIONS, maxResponseSize: LARGEST_ANSWER });
  const headers = {
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${token.reveal()}`,
    'user-agent': userAgent,
  };
  return {
    async get(path, parameters, signal) {
      const place = `${url}/${path}`;
      const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, String(value)]));
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const until = AbortSignal.any([timeout, signal]);
        const answer = await request(`${place}?${query.toString()}`, { headers, dispatcher, signal: until });
        const text = (await answer.body.text()).replaceAll(token.reveal(), '[redacted]');
        if (answer.statusCode === 404 && isOwn(text)) return undefined;
        if (answer.statusCode !== 200) return refuse(answer.statusCode, answer.headers, text, place);
        return parsed(text) ?? badAnswered(place);
      } catch (error) {
        if (error instanceof AppError || signal.aborted) throw error;
        const code = (error as { code?: unknown } | null)?.code;
        const why = timeout.aborted
          ? `did not answer within ${timeoutMs / 1000} s`
          : typeof code === 'string'
            ? code
            : 'failed';
        throw unavailable(`${place}: ${why}`, error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function badAnswered(place: string): never {
  throw badAnswer(`${place} answers 200 with what is no JSON`);
}
