import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { detail, html, json, type Answer } from './answers';
import { refuseCredentials, schemeOf } from './auth';
import { newRequest } from './editor';
import type { ActiveFaults, FakeNetboxFaults } from './faults';
import type { Question } from './routes';
import { send } from './send';
import type { LoggedRequest } from './server';
import type { FakeNetboxState } from './state';
import type { Behaviour } from './versions';

interface Parts {
  readonly behaviour: Behaviour;
  readonly faults: FakeNetboxFaults;
  readonly tokens: ReadonlySet<string>;
  readonly requests: LoggedRequest[];
  readonly state: FakeNetboxState;
  readonly route: (question: Question) => Answer;
  readonly maxPageSize: number;
  readonly paceMs: number;
}

/** Answers requests: faults first, then credentials, then what was asked. */
export function createResponder(parts: Parts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const started = performance.now();
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    const body = await readBody(request);
    const faults = parts.faults.take(request.method ?? 'GET', `${url.pathname}${url.search}`);
    const logged = log(parts, request, url);
    if (faults.down !== undefined) return void request.socket.resetAndDestroy();
    if (faults.slow !== undefined) await sleep(faults.slow.ms);
    const change = newRequest(parts.state.user, request.method ?? 'GET', url.pathname);
    const maxPageSize = parts.faults.maxPageSize() ?? parts.maxPageSize;
    const asked = { request: change, url, body, faults, maxPageSize };
    const answer = faultAnswer(faults) ?? answerTo(parts, request.headers.authorization, asked);
    await pace(parts.paceMs * (answer.rows / 1000) - (performance.now() - started));
    logged.status = answer.status;
    const headers = { 'API-Version': parts.behaviour.version, 'X-Request-ID': change.id };
    send(response, answer, headers, faults);
  };
}

function answerTo(parts: Parts, authorization: string | undefined, question: Question): Answer {
  const { url, body, request } = question;
  if (!url.pathname.endsWith('/')) return withSlash(question);
  const refused = refuseCredentials(authorization, parts.tokens, parts.behaviour);
  if (refused !== undefined) return refused;
  if (body === UNREADABLE && request.method !== 'GET') return detail(400, 'JSON parse error');
  return parts.route(question);
}

/** Django adds the slash for those who only read. */
function withSlash({ url, request }: Question): Answer {
  if (request.method !== 'GET') return html(404, 'Page Not Found');
  return { ...html(301, ''), body: '', headers: { Location: `${url.pathname}/${url.search}` } };
}

/** The answer that a fault gives in place of the right one. */
function faultAnswer({ refuse, notJson }: ActiveFaults): Answer | undefined {
  if (notJson !== undefined) return html(200, 'NetBox is down for maintenance');
  if (refuse === undefined) return undefined;
  const answer = refuse.json === undefined ? html(refuse.status, 'Server Error') : json(refuse.status, refuse.json);
  return { ...answer, ...(refuse.headers === undefined ? {} : { headers: refuse.headers }) };
}

function log({ requests }: Parts, { method = 'GET', headers }: IncomingMessage, url: URL): LoggedRequest {
  const logged = {
    method,
    path: `${url.pathname}${url.search}`,
    at: Date.now(),
    status: 0,
    user_agent: headers['user-agent'] ?? '',
    authorization: schemeOf(headers.authorization),
  };
  requests.push(logged);
  return logged;
}

async function pace(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds);
}

/** In place of a body that is no JSON. */
const UNREADABLE = Symbol('unreadable');

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  try {
    return parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return UNREADABLE;
  }
}
