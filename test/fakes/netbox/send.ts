import type { ServerResponse } from 'node:http';
import type { Answer } from './answers';
import type { ActiveFaults } from './faults';

/** Sends an answer, or as much of it as a fault lets through. */
export function send(
  response: ServerResponse,
  answer: Answer,
  headers: Record<string, string>,
  faults: ActiveFaults,
): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...(answer.body === '' ? {} : { 'Content-Type': answer.type }),
    'Content-Length': String(body.length),
    ...headers,
    ...answer.headers,
  });
  if (faults.cutPage === undefined) return void response.end(body);
  const part = body.subarray(0, Math.floor(body.length * (faults.cutPage.share ?? 0.5)));
  response.write(part, () => response.socket?.resetAndDestroy());
}
