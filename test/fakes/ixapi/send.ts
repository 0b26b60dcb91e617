import type { ServerResponse } from 'node:http';
import { html, json, type Answer, type ProblemType } from './answers';
import type { Fault } from './faults';

/** The answer that a fault gives in place of doing anything. */
export function refusalOf(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === 'redirect') return html(fault.status ?? 302, 'Found', { Location: fault.to });
  if (fault?.kind !== 'status') return undefined;
  const headers = {
    ...(fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) }),
    ...(fault.type === undefined ? {} : { 'Content-Type': fault.type }),
  };
  const { status, body } = fault;
  if (body !== undefined) return { status, headers: { 'Content-Type': 'text/html', ...headers }, body };
  return json(status, { type: typeOf(status), title: `Error ${status}`, status, ...fault.problem }, headers);
}

function typeOf(status: number): string {
  const names: Readonly<Record<number, string>> = {
    400: 'validation-error',
    401: 'authentication-error',
    403: 'permission-denied',
    404: 'not-found',
  };
  const name = names[status];
  return name === undefined ? 'about:blank' : `https://errors.ix-api.net/v2/${name}.html`;
}

/** What a fault makes of the answer to something that was done. */
export function spoil(answer: Answer, fault: Fault | undefined): Answer {
  if (fault?.kind === 'not-json') return html(answer.status, 'Example Exchange');
  if (fault?.kind !== 'content-type') return answer;
  return { ...answer, headers: { ...answer.headers, 'Content-Type': fault.type } };
}

/** Calls problems what the exchange calls them. */
export function nameProblem(answer: Answer, type: ProblemType): Answer {
  if (answer.status < 400 || answer.headers['Content-Type'] !== 'application/json') return answer;
  return { ...answer, headers: { ...answer.headers, 'Content-Type': type } };
}

/** Sends an answer, or as much of it as a fault lets through. */
export function send(response: ServerResponse, { status, headers, body }: Answer, fault: Fault | undefined): void {
  const all = Buffer.from(body);
  const bytes = fault?.kind === 'truncated-json' ? part(all, fault.share) : all;
  response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) });
  if (fault?.kind !== 'truncated') return void response.end(bytes);
  response.write(part(bytes, fault.share), () => response.destroy());
}

const part = (bytes: Buffer, share = 0.5): Buffer => bytes.subarray(0, Math.floor(bytes.length * share));
