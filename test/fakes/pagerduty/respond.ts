import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { restError, type Answer } from './answers';
import { remember } from './book';
import type { EventBook, LoggedEvent } from './event-log';
import type { Enqueue } from './events-api';
import type { Fault, Question, TakeFault } from './faults';
import type { Keep } from './model';
import type { Rest } from './rest';
import { refusalOf, send, spoil } from './send';
import { isFields } from './validate';

/** One request to the REST API as the fake saw it; never the token. */
export interface LoggedRequest {
  readonly method: string;
  /** With its parameters. */
  readonly path: string;
  readonly at: number;
  /** 0 while there is no answer, and where none was sent. */
  status: number;
  readonly fault: string | null;
}

interface Parts {
  readonly takeFault: TakeFault;
  readonly eventBook: EventBook;
  readonly enqueue: Enqueue;
  readonly rest: Rest;
  readonly requests: LoggedRequest[];
  readonly keep: Keep;
  /** Aborted when the fake stops. */
  readonly stopped: AbortSignal;
}

/** What a request turned out to be: how it is done, and what is told of its end. */
interface Work {
  readonly act: () => Answer;
  readonly finish: (status: number) => void;
}

/** Answers requests: faults that are in the way, then what was asked, then faults of the answer. */
export function createResponder(parts: Parts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const bytes = await readBody(request);
    const body = parse(bytes);
    const fault = parts.takeFault(questionOf(request, body));
    const { act, finish } = workOf(parts, request, body, bytes.length, fault);
    const end = await perform(fault, act, parts.stopped);
    finish(typeof end === 'string' || response.destroyed ? 0 : end.status);
    if (end === 'reset') request.socket.resetAndDestroy();
    else if (end !== 'silence') send(response, end, fault);
  };
}

/** Does what was asked, unless a fault is in the way; how the request ends. */
async function perform(
  fault: Fault | undefined,
  act: () => Answer,
  stopped: AbortSignal,
): Promise<Answer | 'reset' | 'silence'> {
  if (fault?.kind === 'reset') return 'reset';
  if (fault?.kind === 'hang' && fault.processed !== true) return 'silence';
  if (fault?.kind === 'delay') await pause(fault.milliseconds, stopped);
  if (stopped.aborted) return 'reset';
  const answer = refusalOf(fault) ?? spoil(act(), fault);
  if (fault?.kind === 'lose-answer') return 'reset';
  if (fault?.kind === 'hang') return 'silence';
  if (fault?.kind === 'delay-answer') await pause(fault.milliseconds, stopped);
  return answer;
}

function workOf(parts: Parts, request: IncomingMessage, body: unknown, bytes: number, fault: Fault | undefined): Work {
  const { method = 'GET', url = '/', headers } = request;
  const target = new URL(url, 'http://127.0.0.1');
  if (target.pathname === '/v2/enqueue' && method === 'POST') {
    const logged = parts.eventBook.arrived(body, fault?.kind ?? null);
    return { act: () => parts.enqueue(body, bytes, logged), finish: (status) => finishEvent(parts, logged, status) };
  }
  const logged: LoggedRequest = { method, path: url, at: Date.now(), status: 0, fault: fault?.kind ?? null };
  remember(parts.requests, logged, parts.keep);
  const question = { method, url: target, body, authorization: headers.authorization, from: fromOf(headers.from) };
  const isEventsApi = target.pathname.startsWith('/v2/');
  return {
    act: () => (isEventsApi ? restError(404, 2100, 'Not Found') : parts.rest(question)),
    finish: (status) => void (logged.status = status),
  };
}

function finishEvent({ eventBook }: Parts, logged: LoggedEvent, status: number): void {
  logged.status = status;
  eventBook.finished(logged);
}

function questionOf({ method = 'GET', url = '/' }: IncomingMessage, body: unknown): Question {
  const fields = isFields(body) ? body : {};
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  return {
    method,
    path: url,
    event_action: text('event_action'),
    dedup_key: text('dedup_key'),
    routing_key: text('routing_key'),
  };
}

const fromOf = (from: string | undefined): string | undefined => (from === '' ? undefined : from);

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return Buffer.concat(parts);
}

/** Undefined for what is no JSON. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
