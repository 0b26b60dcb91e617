import { Agent, request, type Dispatcher } from 'undici';
import type { Secret } from '../../config/secret';
import { AppError } from '../shared/failure';
import { badAnswer, badRequest, forbidden, unavailable } from './errors';

/** NetBox's answer to a GET. */
export interface NetboxAnswer {
  /** Undefined: it knows no such object (404). */
  readonly json: unknown;
  /** NetBox's own version as the header `API-Version` says it, such as `4.6`; undefined where a proxy took it away. */
  readonly version: string | undefined;
}

export interface NetboxClientOptions {
  /** Base address, without `/api`. */
  readonly url: string;
  readonly token: Secret;
  readonly verifyTls: boolean;
  readonly userAgent: string;
  readonly timeouts?: { readonly headers: number; readonly body: number };
}

export interface NetboxClient {
  /** Asks for a path below `/api/`. Throws the errors of `errors.ts`; 404 is an answer. */
  get(path: string, signal: AbortSignal): Promise<NetboxAnswer>;
  close(): Promise<void>;
}

/** NetBox renders a page of a thousand devices in seconds, on a busy machine in tens of them (8 s were measured). */
const TIMEOUTS = { headers: 60_000, body: 60_000 };
/** Requests at once from one process: NetBox has few workers, and people are waiting for it too. */
const CONNECTIONS = 4;
/** A page of a thousand devices is about 500 kB; local context data may be any size. */
const LARGEST_BODY = 64 * 1024 * 1024;

/** NetBox reads the version of a token off its prefix; `nbt_` goes as Bearer, any other as Token (NetBox 4.5 and later). */
const authorization = (token: string): string => `${token.startsWith('nbt_') ? 'Bearer' : 'Token'} ${token}`;

const headerOf = (headers: Dispatcher.ResponseData['headers'], name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** What NetBox says of a request that it refuses; nothing for an HTML page. */
function saidBy(text: string): string {
  try {
    const parsed = JSON.parse(text) as { detail?: unknown } | null;
    const said = typeof parsed?.detail === 'string' ? parsed.detail : JSON.stringify(parsed);
    return `: ${said.slice(0, 300)}`;
  } catch {
    return '';
  }
}

/** NetBox's own "not found", which is an answer; that of a proxy or of a wrong address is none. */
function isOwn404(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { detail?: unknown } | null)?.detail === 'string';
  } catch {
    return false;
  }
}

function refuse(status: number, headers: Dispatcher.ResponseData['headers'], text: string, place: string): never {
  if (status >= 500 || status === 429) throw unavailable(`${place} answers ${status}`);
  if (status >= 300 && status < 400) {
    const location = headerOf(headers, 'location') ?? 'nowhere';
    throw forbidden(`${place} redirects to ${location}: NETBOX_API must name the final address`);
  }
  const said = saidBy(text);
  if (status === 400) throw badRequest(`${place} answers 400${said}`);
  if (status === 404) throw forbidden(`${place} answers 404, which is not NetBox's own: look at NETBOX_API`);
  // A missing, wrong or expired token is a 403 for NetBox, never a 401 (measured on 4.6).
  throw forbidden(`${place} answers ${status}${said}: look at NETBOX_API_TOKEN and its rights`);
}

function toError(error: unknown, place: string): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || code === 'UND_ERR_ABORTED') return error;
  return unavailable(`${place}: ${code}`, error);
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badAnswer(`${place} answers 200 with what is no JSON`, error);
  }
}

/** A client of NetBox's REST API. One request is one request: nothing is retried or followed here. */
export function createNetboxClient(options: NetboxClientOptions): NetboxClient {
  const { url, token, verifyTls, userAgent, timeouts = TIMEOUTS } = options;
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    maxResponseSize: LARGEST_BODY,
    connect: { rejectUnauthorized: verifyTls },
  });
  const headers = {
    accept: 'application/json',
    authorization: authorization(token.reveal()),
    'user-agent': userAgent,
  };

  async function ask(path: string, signal: AbortSignal): Promise<NetboxAnswer> {
    const address = `${url}/api/${path}`;
    const place = address.replace(/\?.*$/, '');
    try {
      const response = await request(address, { headers, dispatcher, signal });
      const text = await response.body.text();
      const version = headerOf(response.headers, 'api-version');
      if (response.statusCode === 404 && isOwn404(text)) return { json: undefined, version };
      if (response.statusCode !== 200) return refuse(response.statusCode, response.headers, text, place);
      return { json: parse(text, place), version };
    } catch (error) {
      throw toError(error, place);
    }
  }
  return { get: ask, close: () => dispatcher.destroy() };
}
