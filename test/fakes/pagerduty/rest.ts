import { restError, type Answer } from './answers';
import type { Book } from './book';
import type { Moves } from './moves';
import { createRestIncidents } from './rest-incidents';
import type { RestLimiter } from './rest-limit';
import { page } from './rest-page';
import { showService } from './show';

/** A request to the REST API. */
export interface RestQuestion {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly authorization: string | undefined;
  /** The header: the address of the user in whose name it is. */
  readonly from: string | undefined;
}

export type Rest = (question: RestQuestion) => Answer;

interface Parts {
  readonly book: Book;
  readonly moves: Moves;
  readonly tokens: ReadonlySet<string>;
  readonly limiter: RestLimiter;
}

/** Answers as the REST API v2 does, after credentials and limit. */
export function createRest({ book, moves, tokens, limiter }: Parts): Rest {
  const incidents = createRestIncidents(book, moves);
  const route = ({ method, url, body, from }: RestQuestion): Answer => {
    const [kind, id, part, ...more] = url.pathname.split('/').slice(1);
    if (more.length > 0) return notFound();
    switch (`${method} ${kind ?? ''}${id === undefined ? '' : '/id'}${part === undefined ? '' : `/${part}`}`) {
      case 'GET incidents':
        return incidents.list(url.searchParams);
      case 'GET incidents/id':
        return incidents.get(id!);
      case 'GET incidents/id/alerts':
        return incidents.alerts(id!, url.searchParams);
      case 'PUT incidents/id':
        return incidents.update(id!, body, from);
      case 'GET services':
        return page('services', book.services, url.searchParams, showService);
      default:
        return notFound();
    }
  };
  return (question) => {
    const token = /^Token token=(.+)$/.exec(question.authorization ?? '')?.[1];
    // Code and text are unverified.
    if (token === undefined || !tokens.has(token)) return restError(401, 2006, 'Unauthorized');
    const { headers, refused } = limiter.take(token);
    const answer = refused ?? route(question);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };
}

const notFound = (): Answer => restError(404, 2100, 'Not Found');
