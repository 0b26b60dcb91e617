import type { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import type { Secret } from '../../config/secret';
import { badAnswer, forbidden, throttled, unauthorized, unavailable } from './errors';

/** A body on its way in, gzipped. */
export interface Answer {
  readonly body: Readable;
}

export interface PeeringdbClientOptions {
  /** Base address of the API. */
  readonly api: string;
  readonly key?: Secret | undefined;
  readonly userAgent: string;
  /** How long the first byte of an answer, and each further one, is waited for; milliseconds. */
  readonly timeouts?: { readonly headers: number; readonly body: number };
}

export interface PeeringdbClient {
  /** Base address of the API. */
  readonly api: string;
  /** Whether requests carry a key. */
  readonly authenticated: boolean;
  /** Asks the API; the key goes along. Throws the errors of `errors.ts`. */
  get(path: string, signal: AbortSignal): Promise<Answer>;
  /** Asks for a public file at any address, without the key. */
  getFile(url: string, signal: AbortSignal): Promise<Answer>;
}

// PeeringDB's front may take its time over the first byte of a list it has to render; between bytes it does not.
const TIMEOUTS = { headers: 120_000, body: 60_000 };
/** What is read of an error's body, in characters: enough for its message. */
const LARGEST_ERROR = 4_000;

/** Seconds or a date (RFC 9110, 10.2.3) as seconds from now. */
function parseRetryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

/**
 * Seconds until a throttled client may ask again. PeeringDB replays a refused request's answer without its Retry-After
 * header for some seconds, but its message still tells ("Expected available in 59 minutes"; peeringdb 2.82.0,
 * `middleware.py` and `exceptions.py`).
 */
export function waitOf(retryAfter: string | undefined, message: string): number | null {
  const seconds = parseRetryAfter(retryAfter);
  if (seconds !== null) return seconds;
  const told = /available in (\d+) (second|minute|hour)/i.exec(message);
  if (told === null) return null;
  return (
    Number(told[1]) * { second: 1, minute: 60, hour: 3600 }[told[2]?.toLowerCase() as 'second' | 'minute' | 'hour']
  );
}

const headerOf = (headers: Dispatcher.ResponseData['headers'], name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** The message of an error's body: PeeringDB's own, or none for a page of somebody else's. */
function messageOf(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { message?: unknown; detail?: unknown; meta?: { error?: unknown } } | null;
    const message = parsed?.message ?? parsed?.detail ?? parsed?.meta?.error;
    return typeof message === 'string' ? message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}

async function refuse({ statusCode, headers, body }: Dispatcher.ResponseData, place: string): Promise<never> {
  const text = (await body.text().catch(() => '')).slice(0, LARGEST_ERROR);
  const message = messageOf(text);
  const said = message === undefined ? '' : `: ${message}`;
  if (statusCode === 429) {
    throw throttled(`${place} answers 429${said}`, waitOf(headerOf(headers, 'retry-after'), message ?? ''));
  }
  if (statusCode === 401) throw unauthorized(`${place} answers 401: PEERINGDB_API_KEY is not accepted${said}`);
  if (statusCode === 403) {
    const firewall = /html/i.test(headerOf(headers, 'content-type') ?? '') || /<html/i.test(text);
    throw forbidden(
      firewall ? `a firewall before ${place} refuses this machine (403, an HTML page)` : `${place} answers 403${said}`,
    );
  }
  if (statusCode >= 300 && statusCode < 400) {
    throw forbidden(
      `${place} redirects to ${headerOf(headers, 'location') ?? 'nowhere'}: PEERINGDB_API must name the final address`,
    );
  }
  if (statusCode >= 500) throw unavailable(`${place} answers ${statusCode}${said}`);
  throw forbidden(`${place} answers ${statusCode}${said}`);
}

/** What unpacking a body throws, as our error. Everything else passes. */
export function toBodyError(error: unknown, place: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('Z_')
    ? badAnswer(`${place}: the gzipped body is broken (${code})`, error)
    : error;
}

/** What connections throw, as our errors. Ours and cancellation pass. */
export function toUpstreamError(error: unknown, place: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error;
  if (/^(UND_ERR_(?!ABORTED)|E[A-Z]+$)/.test(code)) return unavailable(`${place}: ${code}`, error);
  return error;
}

/** A client of PeeringDB's API and its public cache files. One request is one request: nothing is retried or followed here. */
export function createPeeringdbClient({
  api,
  key,
  userAgent,
  timeouts = TIMEOUTS,
}: PeeringdbClientOptions): PeeringdbClient {
  async function ask(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const place = url.replace(/\?.*$/, '');
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, {
        headers: { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': userAgent, ...headers },
        headersTimeout: timeouts.headers,
        bodyTimeout: timeouts.body,
        signal,
      });
    } catch (error) {
      throw toUpstreamError(error, place);
    }
    if (response.statusCode !== 200) return refuse(response, place);
    if (/html/i.test(headerOf(response.headers, 'content-type') ?? '')) {
      response.body.destroy();
      response.body.on('error', () => undefined);
      throw badAnswer(`${place} answers 200 with an HTML page`);
    }
    const gzipped = headerOf(response.headers, 'content-encoding')?.toLowerCase() === 'gzip';
    return { body: gzipped ? response.body : compress(response.body) };
  }

  return {
    api,
    authenticated: key !== undefined,
    get: (path, signal) => ask(`${api}/${path}`, key ? { authorization: `Api-Key ${key.reveal()}` } : {}, signal),
    getFile: (url, signal) => ask(url, {}, signal),
  };
}

/** Bodies are kept gzipped; one that comes plain is gzipped here, quickly rather than small. */
function compress(body: Readable): Readable {
  const gzip = createGzip({ level: 1 });
  body.on('error', (error) => gzip.destroy(error));
  return body.pipe(gzip);
}
