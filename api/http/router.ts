import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { Problem } from '../problem';
import { requireScope, type Authenticate } from './auth';
import { readBody } from './body';
import type { Actor, Answer, Context, Endpoint } from './endpoint';
import { onlyOnce } from './idempotency';
import type { HttpMetrics } from './metrics';
import { parseBody, parseParams, parseQuery } from './validate';

export interface RouterDeps {
  readonly knex: Knex;
  readonly authenticate: Authenticate;
  readonly metrics: HttpMetrics;
  readonly clock: () => Date;
  readonly publicUrl: string | undefined;
  /** Fires when the product stops. */
  readonly draining: AbortSignal;
}

/** A request that went through the logging middleware. */
export type LoggedRequest = Request & { id: string; log: Log };

const isSafe = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The parameters of an address as they came. */
function parametersOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

/** The address by which the caller reached us, unless `PUBLIC_URL` says it. */
function baseUrl(request: Request, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const url = `${request.protocol}://${request.get('host') ?? ''}`;
  return URL.canParse(url) ? new URL(url).origin : 'http://localhost';
}

/** Fires when the caller hangs up, or the product stops. */
function signalOf(response: Response, draining: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, draining]);
}

function contextOf(
  request: Request,
  response: Response,
  { actor, rawBody }: Pick<Context, 'actor' | 'rawBody'>,
  deps: RouterDeps,
): Context {
  const { id, log } = request as LoggedRequest;
  return {
    actor,
    rawBody,
    header: (name) => request.get(name),
    requestId: id,
    log,
    query: parametersOf(request.originalUrl),
    baseUrl: baseUrl(request, deps.publicUrl),
    path: request.path.replace(/\/*$/, '/'),
    now: deps.clock(),
    // Made only for those who wait: few do.
    get signal() {
      return signalOf(response, deps.draining);
    },
  };
}

/** Sends an answer. Kept answers of failed requests are problems too. */
function send(response: Response, { status = 200, headers = {}, body }: Answer): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (typeof body === 'string') response.send(body);
  else response.type(status >= 400 ? 'application/problem+json' : 'application/json').send(JSON.stringify(body));
}

async function authorize(
  endpoint: Endpoint,
  request: Request,
  response: Response,
  { authenticate }: RouterDeps,
): Promise<Actor | undefined> {
  if (endpoint.scope === 'public') return undefined;
  const { authorization } = request.headers;
  const actor = await authenticate({ authorization, address: request.socket.remoteAddress });
  response.locals['actor'] = actor.name;
  requireScope(actor, endpoint.scope);
  return actor;
}

/** Answers one endpoint: who asks, what is asked for, and, with an `Idempotency-Key`, only once. */
function serve(endpoint: Endpoint, deps: RouterDeps): RequestHandler {
  const { request: schemas, listParameters, handler } = endpoint;
  return async (request, response) => {
    const actor = await authorize(endpoint, request, response, deps);
    const params = parseParams(schemas.params, request.params);
    const query = listParameters === undefined ? parseQuery(schemas.query, parametersOf(request.originalUrl)) : {};
    const { json, raw } = isSafe(request.method)
      ? { json: {}, raw: Buffer.alloc(0) }
      : await readBody(request, response, endpoint.largestBody);
    const context = contextOf(request, response, { actor, rawBody: raw }, deps);
    const body = parseBody(schemas.body, json);
    const work = async (): Promise<Answer> => handler({ params, query, body }, context);
    const key = endpoint.creates ? request.get('idempotency-key') : undefined;
    const keyed = key === undefined ? undefined : { key, raw, method: request.method };
    send(response, keyed === undefined ? await work() : await onlyOnce(deps.knex, context, keyed, work));
  };
}

function timed(route: string, { metrics }: RouterDeps): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    response.once('close', () =>
      metrics.observe(request.method, route, response.statusCode, (performance.now() - started) / 1_000),
    );
    next();
  };
}

function otherMethods(endpoints: readonly Endpoint[]): RequestHandler {
  const methods = endpoints.map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new Problem('method-not-allowed', `${request.method} is not allowed here: expected ${allow}`, {
        headers: { Allow: allow },
      });
    }
    response.status(204).set('Allow', allow).end();
  };
}

/** Words before parameters, so that `/networks/shared-ixps/` is not taken for a network's id. */
const parameterPositions = (path: string): string =>
  path
    .split('/')
    .map((part) => (part.startsWith('{') ? '1' : '0'))
    .join('');

/** A router of endpoints: their paths work with a trailing slash or without, other methods get a 405. */
export function createRouter(endpoints: readonly Endpoint[], deps: RouterDeps): Router {
  const router = express.Router({ caseSensitive: true, strict: false });
  const paths = [...new Set(endpoints.map(({ path }) => path))].sort((one, other) =>
    parameterPositions(one).localeCompare(parameterPositions(other)),
  );
  for (const path of paths) {
    const here = endpoints.filter((endpoint) => endpoint.path === path);
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    route.all(timed(path, deps));
    for (const endpoint of here) route[endpoint.method](serve(endpoint, deps));
    route.all(otherMethods(here));
  }
  return router;
}
