import type { ServerResponse } from 'node:http';
import { html, json, throttled, type Answer } from './answers';
import type { Fault } from './faults';

/** The answer that a fault gives in place of doing anything. */
export function refusalOf(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === 'redirect') return html(fault.status ?? 302, 'Found', { Location: fault.to });
  if (fault?.kind !== 'status') return undefined;
  const headers: Record<string, string> = {};
  if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter);
  if (fault.body !== undefined) return json(fault.status, fault.body, headers);
  if (fault.errors !== undefined)
    return json(
      fault.status,
      { status: 'invalid event', message: 'Event object is invalid', errors: fault.errors },
      headers,
    );
  if (fault.status === 429) return throttled(headers);
  return html(fault.status, `${fault.status} Server Error`, headers);
}

/** What a fault makes of the answer to something that was done. */
export function spoil(answer: Answer, fault: Fault | undefined): Answer {
  if (fault?.kind === 'not-json') return html(answer.status, 'PagerDuty');
  if (fault?.kind !== 'content-type') return answer;
  return { ...answer, headers: { ...answer.headers, 'Content-Type': fault.type } };
}

/** Sends an answer, or as much of it as a fault lets through. */
export function send(response: ServerResponse, { status, headers, body }: Answer, fault: Fault | undefined): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) });
  if (fault?.kind !== 'truncated') return void response.end(bytes);
  const part = bytes.subarray(0, Math.floor(bytes.length * (fault.share ?? 0.5)));
  response.write(part, () => response.destroy());
}
