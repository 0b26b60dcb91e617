import type { About } from './about';
import { html, json, problem, type Answer } from './answers';
import { answerRefresh, answerToken, authenticate } from './auth';
import type { Fault } from './faults';
import type { Limiter } from './limits';
import { isListed, type Lists } from './lists';
import { isCollection, type IxapiVersion } from './model';
import type { TokenDesk } from './tokens';
import { answerV1 } from './v1';
import type { Write } from './writes';

/** A request as it is understood. */
export interface RestQuestion {
  readonly method: string;
  /** Below the base; undefined for what is not below it. */
  readonly path: string | undefined;
  readonly params: URLSearchParams;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly fault: Fault | undefined;
  /** Is told whose request it was. */
  readonly identify: (account: string) => void;
}

interface Parts {
  readonly version: IxapiVersion;
  readonly desk: TokenDesk;
  readonly limiter: Limiter;
  readonly about: About;
  readonly lists: Lists;
  readonly write: Write;
}

export type Rest = (question: RestQuestion) => Answer;

/** Answers whatever is asked of the API. */
export function createRest({ version, desk, limiter, about, lists, write }: Parts): Rest {
  const open = (method: string, path: string, body: unknown): Answer | undefined => {
    const fields = isFields(body) ? body : {};
    if (method === 'POST' && path === '/auth/token') return answerToken(desk, fields);
    if (method === 'POST' && path === '/auth/refresh') return answerRefresh(desk, fields);
    if (version === '1' || method !== 'GET') return undefined;
    if (path === '/health') return json(200, about.health(), { 'Content-Type': 'application/health+json' });
    return path === '/implementation' ? json(200, about.implementation()) : undefined;
  };
  return ({ method, path, params, body, authorization, fault, identify }) => {
    // Nobody answers a wrong path in JSON outside of the API: a web server is there, or a web site.
    if (path === undefined) return html(404, 'Not Found');
    const answer = open(method, path, body);
    if (answer !== undefined) return answer;
    if (version === '1' && answerV1(path).status === 404) return answerV1(path);
    const key = authenticate(desk, authorization);
    if ('body' in key) return key;
    const { account, read_only = false } = key;
    identify(account);
    const refused = limiter.take(account);
    if (refused !== undefined) return refused;
    if (version === '1') return answerV1(path);
    if (path === '/account' && version === '2.7.1' && method === 'GET') return lists.one(account, 'accounts', account);
    const [, collection, id, action, ...rest] = segmentsOf(path);
    if (!isCollection(collection) || !isListed(version, collection) || rest.length > 0) return problem('not-found');
    if (method === 'GET' && id === undefined) return lists.list({ account, collection, params, fault });
    if (method === 'GET' && action === undefined) return lists.one(account, collection, id!);
    if (method !== 'GET' && read_only) return problem('permission-denied', 'This key may only read.');
    const fields = isFields(body) ? body : {};
    const written = write({ account, method, collection, id, action, body: fields });
    return written ?? problem(method === 'GET' ? 'not-found' : 'method-not-allowed');
  };
}

function segmentsOf(path: string): string[] {
  try {
    return path.split('/').map((segment) => decodeURIComponent(segment));
  } catch {
    return [];
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
