import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ProblemType } from './answers';
import type { Fault, TakeFault } from './faults';
import type { LoggedRequest } from './log';
import type { Rest, RestQuestion } from './rest';
import { nameProblem, refusalOf, send, spoil } from './send';

interface Parts {
  /** Of the API, as `/api/v2`. */
  readonly base: string;
  readonly takeFault: TakeFault;
  readonly rest: Rest;
  readonly revoke: () => void;
  readonly requests: LoggedRequest[];
  readonly problems: ProblemType;
  /** Is done before each request. */
  readonly settle: () => void;
  /** Aborted when the fake stops. */
  readonly stopped: AbortSignal;
}

/** Answers requests: faults that are in the way, then what was asked, then faults of the answer. */
export function createResponder(parts: Parts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const text = await readBody(request);
    parts.settle();
    const { method = 'GET', url = '/', headers } = request;
    const { pathname, searchParams, search } = new URL(url, 'http://127.0.0.1');
    const path = pathname.startsWith(`${parts.base}/`) ? pathname.slice(parts.base.length) : undefined;
    const fault = parts.takeFault({ method, path: path ?? pathname, query: search });
    const logged: LoggedRequest = {
      method,
      path: path ?? pathname,
      query: search,
      at: Date.now(),
      account: null,
      status: 0,
      rows: null,
      fault: fault?.kind ?? null,
    };
    parts.requests.push(logged);
    const end = await perform(parts, {
      ...{ method, path, params: searchParams, body: parse(text), authorization: headers.authorization, fault },
      identify: (account) => (logged.account = account),
    });
    if (end === 'silence') return;
    if (end === 'reset') return void request.socket.resetAndDestroy();
    logged.status = end.status;
    logged.rows = end.rows ?? null;
    send(response, end, fault);
  };
}

async function perform(parts: Parts, question: RestQuestion): Promise<Answer | 'reset' | 'silence'> {
  const { fault } = question;
  if (fault?.kind === 'reset') return 'reset';
  if (fault?.kind === 'hang') return 'silence';
  if (fault?.kind === 'delay') await pause(fault, parts.stopped);
  if (fault?.kind === 'revoke') parts.revoke();
  const answer = refusalOf(fault) ?? parts.rest(question);
  return fault?.kind === 'lose-answer' ? 'reset' : spoil(nameProblem(answer, parts.problems), fault);
}

async function pause({ milliseconds }: Extract<Fault, { kind: 'delay' }>, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
