import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

/** A webhook as it goes out; its body is that of the time when something happened. */
export interface Outgoing {
  /** The same for each attempt and each repetition. */
  readonly webhook_id: string;
  readonly subscription_id: string;
  readonly event_type: string;
  /** Null with a ping. */
  readonly incident_id: string | null;
  readonly body: string;
}

/** One attempt to deliver. */
export interface Sent extends Outgoing {
  /** When it was sent, in milliseconds. */
  readonly at: number;
  /** What the receiver answered; 0 when it did not in time. */
  readonly status: number;
  readonly error?: string;
}

/** Where and how one webhook is delivered. */
export interface Target {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

const agent = new Agent({ keepAlive: false, maxSockets: 50 });

/** One signature for each secret (PagerDuty docs, Webhooks, "Verifying signatures"). */
export function sign(body: string, secrets: readonly string[]): string {
  return secrets.map((secret) => `v1=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`).join(',');
}

/** Sends a webhook once; follows no redirect. */
export function deliver(outgoing: Outgoing, target: Target, stopped: AbortSignal): Promise<Sent> {
  const { body, webhook_id, subscription_id } = outgoing;
  const { url, secrets, timeoutMs } = target;
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'PagerDuty-Webhook/V3.0',
    'X-Webhook-Id': webhook_id,
    'X-Webhook-Subscription': subscription_id,
    ...(secrets.length === 0 ? {} : { 'X-PagerDuty-Signature': sign(body, secrets) }),
  };
  const sent = { ...outgoing, at: Date.now() };
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ ...sent, status: 0, error: error.message });
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
    const request = httpRequest(url, { method: 'POST', agent, headers, signal });
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('error', fail).on('end', () => resolve({ ...sent, status: response.statusCode ?? 0 }));
      response.resume();
    });
    request.end(body);
  });
}
