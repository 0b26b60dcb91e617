import { errorCode } from '../../config/error-code';
import { CacheEmptyError } from '../../store/peeringdb/snapshot';
import { FilterError } from '../../store/query/filter-error';
import { invalidRequest, Problem } from '../problem';
import { TemporalUnavailableError } from '../temporal/client';

/** What express and its body parser throw for bad requests, by their `type`. */
const PARSER_PROBLEMS: Readonly<Record<string, Problem>> = {
  'entity.parse.failed': new Problem('malformed-body', 'the body is not JSON'),
  'entity.too.large': new Problem('body-too-large', 'the body is larger than what is taken here'),
  'encoding.unsupported': new Problem(
    'unsupported-media-type',
    'the content encoding is not supported: expected gzip, deflate or none',
  ),
  'charset.unsupported': new Problem('unsupported-media-type', 'the charset is not supported: expected utf-8'),
  'request.size.invalid': new Problem('malformed-body', 'the body is not as long as its content-length says'),
  'request.aborted': new Problem('malformed-body', 'the body ended early'),
};

/** SQLSTATEs of a connection that is refused or lost. */
const DATABASE_GONE = /^(08...|57P0[1-4]|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
/** SQLSTATEs of values that PostgreSQL does not take: their first two characters are 22 (data exception). */
const BAD_VALUE = /^22...$/;
const INVALID_REGEX = '2201B';
const STATEMENT_TIMEOUT = '57014';

const member = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error ? (error as Record<string, unknown>)[name] : undefined;

const isDatabaseGone = (error: unknown): boolean =>
  DATABASE_GONE.test(errorCode(error)) ||
  member(error, 'name') === 'KnexTimeoutError' ||
  /^Connection (terminated|ended)|^timeout exceeded when trying to connect|connection error and is not queryable$/.test(
    String(member(error, 'message')),
  );

/** Problems that PostgreSQL reports; nothing for those that are our own fault. */
function databaseProblem(error: unknown): Problem | undefined {
  const code = errorCode(error);
  if (code === INVALID_REGEX) {
    return new Problem('invalid-request', 'a regular expression is not valid', { cause: error });
  }
  if (BAD_VALUE.test(code)) {
    return new Problem('invalid-request', 'a value of the request cannot be stored or compared', { cause: error });
  }
  if (code === STATEMENT_TIMEOUT) {
    return new Problem('query-too-slow', 'the query took too long: expected a simpler filter', { cause: error });
  }
  return isDatabaseGone(error)
    ? new Problem('database-unavailable', 'the database is not available: try again later', { cause: error })
    : undefined;
}

/** Problems of express itself: it throws errors with a status for addresses that are not well-formed. */
function expressProblem(error: unknown): Problem | undefined {
  const known = PARSER_PROBLEMS[String(member(error, 'type'))];
  if (known) return new Problem(known.code, known.message, { cause: error });
  const status = member(error, 'status');
  if (error instanceof URIError || (status === 400 && member(error, 'type') === undefined)) {
    return new Problem('malformed-url', 'the address is not well-formed: expected percent-encoded UTF-8', {
      cause: error,
    });
  }
  return typeof status === 'number' && status >= 400 && status < 500
    ? new Problem('malformed-body', 'the body cannot be read', { cause: error })
    : undefined;
}

/** The problem that an error is answered with. What nobody expected says nothing about itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CacheEmptyError) return new Problem('peeringdb-cache-empty', error.message);
  if (error instanceof FilterError) return invalidRequest(error.errors);
  if (error instanceof TemporalUnavailableError) {
    return new Problem('temporal-unavailable', error.message, { headers: { 'Retry-After': '5' }, cause: error });
  }
  return (
    databaseProblem(error) ??
    expressProblem(error) ??
    new Problem('internal-error', 'something went wrong: the log has more under the id of this request', {
      cause: error,
    })
  );
}
