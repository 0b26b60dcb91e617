import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

/** Where NetBox sends its webhooks. */
export interface FakeWebhook {
  readonly url: string;
  readonly secret?: string;
  /** Further headers, as an operator sets them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyTemplate?: 'classic';
}

/** A webhook as it goes out; its body is as frozen when it is made as NetBox's is. */
export interface Outgoing {
  readonly hook: FakeWebhook;
  readonly event: string;
  /** The device's. */
  readonly id: number;
  readonly body: string;
}

/** One attempt to deliver. */
export interface Sent {
  readonly url: string;
  readonly event: string;
  readonly id: number;
  readonly body: string;
  /** In order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What the receiver answered; 0 when it did not. */
  readonly status: number;
  readonly error?: string;
  /** When it was sent, in milliseconds. */
  readonly at: number;
}

/** A connection of its own for each, as NetBox does it. */
const agent = new Agent({ keepAlive: false });

/** The headers of NetBox 4.6, in its order. */
export function headersOf({ hook, body }: Outgoing): [string, string][] {
  const { host } = new URL(hook.url);
  const signature = hook.secret === undefined ? undefined : sign(body, hook.secret);
  return [
    ['Host', host],
    ['Accept-Encoding', 'identity'],
    ['User-Agent', 'python-urllib3/2.8.0'],
    ['Content-Type', 'application/json'],
    ...Object.entries(hook.headers ?? {}),
    ['Content-Length', String(Buffer.byteLength(body))],
    ...(signature === undefined ? [] : [['X-Hook-Signature', signature] as [string, string]]),
  ];
}

/** Sends a webhook once and waits for the answer as long as it takes; follows no redirects. */
export function deliver(outgoing: Outgoing, signal: AbortSignal): Promise<Sent> {
  const headers = headersOf(outgoing);
  const { hook, body, event, id } = outgoing;
  const sent = { url: hook.url, event, id, body, headers, at: Date.now() };
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ ...sent, status: 0, error: error.message });
    const request = httpRequest(hook.url, { method: 'POST', agent, headers: Object.fromEntries(headers), signal });
    // Node would add it, and NetBox does not send it.
    request.removeHeader('Connection');
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('error', fail).on('end', () => resolve({ ...sent, status: response.statusCode ?? 0 }));
      response.resume();
    });
    request.end(body);
  });
}

function sign(body: string, secret: string): string {
  return createHmac('sha512', secret).update(body).digest('hex');
}
