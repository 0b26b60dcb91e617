import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as answers from './answers';
import type { Answer } from './answers';
import type { FakeClock } from './clock';
import type { Fault, Faults } from './faults';
import type { Limiter } from './limits';
import type { ListFile } from './list-file';
import { joinRows, type ListFiles } from './list-files';
import { select, type Query } from './query';
import { send } from './send';
import type { LoggedRequest } from './server';
import type { Store } from './store';
import { sees, textFor, type Identity } from './visibility';

interface Parts {
  readonly store: Store;
  readonly files: ListFiles;
  readonly clock: FakeClock;
  readonly faults: Faults;
  readonly limiter: Limiter;
  readonly keys: ReadonlySet<string>;
  readonly requests: LoggedRequest[];
}

type Responder = (request: IncomingMessage, response: ServerResponse, url: URL, query: Query) => Promise<void>;

/** Whom the credentials make the caller; `refused` carries the answer to bad ones. */
interface Caller {
  readonly identity: Identity;
  /** By whom requests are counted: a key, or the one address that all anonymous callers share here. */
  readonly name: string;
  readonly refused?: Answer;
}

/** Answers requests in the order of the real service: firewall and kept refusals, credentials, limits, contents. */
export function createResponder(parts: Parts): Responder {
  const { faults, limiter, requests, clock } = parts;
  return async (request, response, url, query) => {
    const caller = identify(request, parts.keys);
    const path = `${url.pathname}${url.search}`;
    const fault = faults.take(query, caller.identity);
    const logged: LoggedRequest = {
      method: request.method ?? 'GET',
      path,
      identity: caller.refused === undefined ? caller.identity : 'refused',
      at: clock.now(),
      user_agent: request.headers['user-agent'] ?? '',
      status: 0,
      bytes: 0,
      gzip: false,
      ...(fault === undefined ? {} : { fault: fault.kind }),
    };
    requests.push(logged);
    if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
    if (fault?.kind === 'hang' && fault.after === 'request') return;
    if (fault?.kind === 'delay') await sleep(fault.milliseconds);
    const answer = answerOf(fault) ?? guard(limiter, caller, query, path) ?? content(parts, request, query, caller);
    if (isKept(answer)) limiter.remember(caller.name, path, answer);
    if (answer.status === 200) limiter.served(caller.name, path, answer.length);
    await send(request, response, answer, fault, logged);
  };
}

/** PeeringDB keeps its own refusals for a while; what the firewall says and what was kept already are not kept. */
function isKept({ status, headers }: Answer): boolean {
  const own = headers['Content-Type'] === 'application/json' && headers['X-Cached-Response'] === undefined;
  return own && [401, 403, 429].includes(status);
}

/** The answer that a fault gives in place of the right one. */
function answerOf(fault: Fault | undefined): Answer | undefined {
  switch (fault?.kind) {
    case 'throttled':
      return answers.throttledAnswer(fault.retryAfter, typeof fault.retryAfter === 'number' ? fault.retryAfter : 3540);
    case 'unauthorized':
      return answers.unauthorizedAnswer();
    case 'firewall':
      return answers.firewallAnswer();
    case 'html':
      return answers.htmlAnswer(200, 'PeeringDB is down for maintenance');
    case 'meta-error':
      return answers.okAnswer({ data: [], meta: { error: fault.error } });
    case 'redirect':
      return answers.htmlAnswer(fault.status ?? 301, 'Moved Permanently', { Location: fault.to });
    case 'status': {
      const headers: Record<string, string> = {};
      if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter);
      return answers.htmlAnswer(fault.status, `${fault.status} Server Error`, headers);
    }
    default:
      return undefined;
  }
}

/** Refuses for what was asked before, for credentials, or for a limit; the public cache has none of these. */
function guard(limiter: Limiter, caller: Caller, query: Query, path: string): Answer | undefined {
  if (query.kind === 'file') return undefined;
  if (limiter.refusedTooOften(caller.name)) {
    const body = '{"meta": {"error": "Too many requests that resulted in 401 or 403 responses"}}';
    return answers.jsonAnswer(429, body, { 'X-Throttled-Response': 'True', 'X-Cached-Response': 'True' });
  }
  const kept = limiter.replay(caller.name, path);
  if (kept !== undefined) return answers.jsonAnswer(kept.status, kept.body(), { 'X-Cached-Response': 'True' });
  if (caller.refused !== undefined) return caller.refused;
  const wait = limiter.wait(caller.name, caller.identity, path);
  return wait > 0 ? answers.throttledAnswer(wait, wait) : undefined;
}

function content(parts: Parts, request: IncomingMessage, query: Query, { identity }: Caller): Answer {
  const { files, store } = parts;
  if (query.tag === undefined) return answers.htmlAnswer(404, 'Page not found');
  if (request.method !== 'GET') return answers.errorAnswer(405, `Method "${request.method ?? ''}" not allowed.`);
  if (query.refused !== undefined) return answers.errorAnswer(400, query.refused);
  if (query.kind === 'file') return fileAnswer(files.getPublic(query.tag));
  if (query.kind === 'object') return objectAnswer(store, query, identity);
  if (query.kind === 'list' && !(query.limit > 0 && query.limit <= 250))
    return sliced(files.get(query.tag, identity), query);
  const rows = select(store, query, identity);
  if (rows.length === 0 && query.unique) return answers.errorAnswer(404, 'Entity not found', { data: [] });
  return answers.jsonAnswer(200, joinRows(query.tag, rows, identity));
}

function fileAnswer(file: ListFile): Answer {
  const headers = { 'Content-Type': 'application/json' };
  return { status: 200, headers, length: file.length, body: () => file.body(), gzipped: () => file.gzipped() };
}

/** A list file, or the part of it that `skip` and a large `limit` ask for. */
function sliced(file: ListFile, { skip, limit }: Query): Answer {
  if (skip <= 0 && limit <= 0) return fileAnswer(file);
  const { data, meta } = JSON.parse(file.body().toString('latin1')) as { data: unknown[]; meta: object };
  return answers.okAnswer({ data: data.slice(skip, limit > 0 ? skip + limit : undefined), meta });
}

/** One object, of which PeeringDB shows pending ones as well. */
function objectAnswer(store: Store, { tag, id }: Query, identity: Identity): Answer {
  const entry = store[tag!].byId.get(id!);
  if (entry === undefined || entry.status === 'deleted' || !sees(tag!, entry, identity))
    return answers.errorAnswer(404, 'Not found.');
  return answers.jsonAnswer(200, `{"data": [${textFor(tag!, entry, identity)}], "meta": {}}`);
}

function identify({ headers }: IncomingMessage, keys: ReadonlySet<string>): Caller {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ');
  if (/^basic$/i.test(scheme)) {
    const error =
      'Basic authentication support has been deprecated and is no longer supported, ' +
      'please switch to API key authentication.';
    return { identity: 'anonymous', name: 'anonymous', refused: answers.errorAnswer(403, error) };
  }
  if (!/^api-key$/i.test(scheme)) return { identity: 'anonymous', name: 'anonymous' };
  if (keys.has(credentials)) return { identity: 'key', name: `key ${credentials}` };
  return { identity: 'anonymous', name: `key ${credentials}`, refused: answers.unauthorizedAnswer() };
}
