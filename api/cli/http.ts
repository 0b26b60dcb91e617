import { request } from 'undici';
import { z } from 'zod';
import { errorCode } from '../../config/error-code';
import type { Secret } from '../../config/secret';
import { CliError, EXIT, type ExitCode } from './exit';
import { printable } from './io';

const TIMEOUT_MS = 60_000;

const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.record(z.string(), z.array(z.string())).optional(),
});

/** Thrown when nothing answers at the product's address. */
export class NoAnswerError extends CliError {}

/** What is asked for: parameters by name, or as pairs. */
export type Query = Readonly<Record<string, string>> | [name: string, value: string][];

/** Asks the API of one product. Answers are unknown: callers parse them. */
export interface ApiClient {
  readonly url: string;
  /** Pairs rather than a record where a parameter is repeated. */
  get(path: string, query?: Query): Promise<unknown>;
  post(path: string, body?: unknown): Promise<unknown>;
  patch(path: string, body: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function exitCodeOf(status: number): ExitCode {
  return status === 400 || status === 404 || status === 422 ? EXIT.invalid : EXIT.failed;
}

/** One line for an answer that is an error. */
function describeProblem(status: number, text: string, url: string, requestId: string | undefined): string {
  const problem = problemSchema.safeParse(parseJson(text));
  const suffix = requestId === undefined ? '' : ` (request ${requestId})`;
  if (!problem.success) return `${url} answered ${status} without saying why: is this the product's address?${suffix}`;
  const { title, detail, errors = {} } = problem.data;
  const fields = Object.entries(errors).map(([field, texts]) => `${field}: ${texts.join(', ')}`);
  const said = detail ?? title ?? `answered ${status}`;
  // The detail may name the fields already.
  const what = [said, ...fields.filter((field) => !said.includes(field))].join('; ');
  const hint = status === 401 ? '; set API_TOKEN to a token that the product knows' : '';
  return printable(`${what}${hint}${suffix}`);
}

/**
 * A client for the product at `url`, which waits so many milliseconds for each answer. Its errors are {@link CliError}s of
 * one line, with the id of the request.
 */
export function createApiClient(url: string, token: Secret, timeoutMs = TIMEOUT_MS): ApiClient {
  async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const address = new URL(url + path);
    let status: number;
    let text: string;
    let requestId: string | undefined;
    try {
      const answer = await request(address, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Token ${token.reveal()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      status = answer.statusCode;
      text = await answer.body.text();
      requestId = answer.headers['x-request-id']?.toString();
    } catch (error) {
      throw new NoAnswerError(
        `crossconnect at ${url} does not answer (${errorCode(error) || String(error)}): is it running?`,
      );
    }
    if (status >= 300) throw new CliError(describeProblem(status, text, address.href, requestId), exitCodeOf(status));
    return parseJson(text);
  }

  return {
    url,
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      return ask('GET', search === '' ? path : `${path}?${search}`);
    },
    post: (path, body) => ask('POST', path, body),
    patch: (path, body) => ask('PATCH', path, body),
    delete: (path) => ask('DELETE', path),
  };
}
