import { dumps } from './json';

/** An answer before it is sent: a body that was made, or a file's that is compressed already. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly length: number;
  body(): Buffer;
  gzipped?(): Promise<Buffer>;
}

const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';

export function jsonAnswer(status: number, body: Buffer | string, headers: Record<string, string> = {}): Answer {
  return answer(status, typeof body === 'string' ? Buffer.from(body, 'latin1') : body, JSON_TYPE, headers);
}

export function htmlAnswer(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return answer(status, Buffer.from(page), HTML_TYPE, headers);
}

/** An error as PeeringDB's renderer writes it. */
export function errorAnswer(status: number, error: string, rest: object = {}): Answer {
  return jsonAnswer(status, dumps({ ...rest, meta: { error } }));
}

/** 429 with PeeringDB's sentence; `retryAfter` null leaves the header out. */
export function throttledAnswer(retryAfter: number | string | null, wait: number): Answer {
  const message =
    `Request was throttled. Expected available in ${waitInWords(wait)}. ` +
    'Authenticate for less restrictions by using an API key.';
  const body = dumps({ message, meta: { error: 'Too Many Requests' } });
  return jsonAnswer(429, body, retryAfter === null ? {} : { 'Retry-After': String(retryAfter) });
}

export function unauthorizedAnswer(): Answer {
  return errorAnswer(401, 'Invalid API key');
}

/** What the firewall in front of PeeringDB says: not JSON, and not for having no rights. */
export function firewallAnswer(): Answer {
  return htmlAnswer(403, '403 Forbidden', { Server: 'awselb/2.0' });
}

function answer(status: number, body: Buffer, type: string, headers: Record<string, string>): Answer {
  return { status, headers: { 'Content-Type': type, ...headers }, length: body.length, body: () => body };
}

/** Whole minutes or hours as PeeringDB rounds them; exactly 60 seconds are "0 hours" there as well. */
function waitInWords(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`;
  if (seconds > 60 && seconds < 3600) return `${Math.floor(seconds / 60)} minutes`;
  return `${Math.floor(seconds / 3600)} hours`;
}

/** An answer that has to be put together from parsed rows. */
export function okAnswer(envelope: { data: unknown[]; meta: object }): Answer {
  return jsonAnswer(200, dumps(envelope));
}
