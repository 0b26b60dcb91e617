/**
 * Every way in which a request can fail, by its code. The `type` of an answer is `urn:crossconnect:problem:` and the code;
 * what is said here is for everybody, so the details of unexpected errors stay in the log.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'pagerduty-off': { status: 400, title: 'Nothing is sent to PagerDuty' },
  'malformed-body': { status: 400, title: 'The body is not JSON' },
  'malformed-url': { status: 400, title: 'The address is not well-formed' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  'already-running': { status: 409, title: 'Something else is running' },
  'job-failed': { status: 409, title: 'The job did not complete' },
  'job-finished': { status: 409, title: 'The job is over' },
  'job-not-waiting': { status: 409, title: 'The job waits for nobody' },
  'idempotency-key-in-use': { status: 409, title: 'A request with this key is being worked on' },
  'peeringdb-cache-empty': { status: 409, title: 'The PeeringDB cache is empty' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not understood' },
  'idempotency-key-reused': { status: 422, title: 'This key was used for another request' },
  'internal-error': { status: 500, title: 'Something went wrong' },
  'upstream-failed': { status: 502, title: 'An upstream service failed' },
  'database-unavailable': { status: 503, title: 'The database is not available' },
  'temporal-unavailable': { status: 503, title: 'Temporal is not available' },
  'not-ready': { status: 503, title: 'The product is not ready' },
  'netbox-off': { status: 503, title: 'The link to NetBox is off' },
  'query-too-slow': { status: 503, title: 'The query took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Texts by field of the request; `body` is the body as a whole. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** What a problem may carry besides its detail. */
export interface ProblemOptions extends ErrorOptions {
  readonly errors?: FieldErrors;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the answer, such as the job that is in the way. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Thrown to answer a request with a problem. Its message is the detail that the caller reads. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail, options);
    this.status = PROBLEMS[code].status;
  }
}

/** The body of an answer with content type `application/problem+json` (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: FieldErrors;
}

/** The `type` of a problem. */
export const problemType = (code: ProblemCode): string => `urn:crossconnect:problem:${code}`;

/** The body that a problem is answered with. */
export function problemBody({ code, message, options }: Problem): ProblemBody {
  const { status, title } = PROBLEMS[code];
  const errors = options.errors === undefined ? {} : { errors: options.errors };
  return { ...options.members, type: problemType(code), title, status, detail: message, ...errors };
}

/** A 400 whose detail sums up its fields. */
export function invalidRequest(errors: FieldErrors, options: ErrorOptions = {}): Problem {
  const detail = Object.entries(errors)
    .map(([field, texts]) => `${field}: ${texts.join(', ')}`)
    .join('; ');
  return new Problem('invalid-request', detail, { ...options, errors });
}

/** A 404 for a record of some kind. */
export const notFound = (what: string, id: string | number): Problem =>
  new Problem('not-found', `there is no ${what} ${id}`);
