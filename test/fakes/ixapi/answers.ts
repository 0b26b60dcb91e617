/** What is sent back, before faults change it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How many rows a list has. */
  readonly rows?: number;
}

/** What the body of a problem is called: the specification says JSON, RFC 9457 says the other. */
export type ProblemType = 'application/json' | 'application/problem+json';

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export function html(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body };
}

/** Types and titles of problems (IX-API 2.1.0, answers 400 to 404; the title of the last two is unverified). */
const PROBLEMS = {
  'validation-error': [400, 'Some fields did not validate.'],
  'unable-to-fulfill': [400, 'Unable to fulfill your request.'],
  'authentication-error': [401, 'Authentication Credentials Invalid'],
  'signature-expired': [401, 'Authentication Credentials Invalid'],
  'not-authenticated': [401, 'Authentication Credentials Invalid'],
  'permission-denied': [403, 'You do not have permission to perform this action.'],
  'not-found': [404, 'Not found.'],
  'method-not-allowed': [405, 'Method not allowed.'],
  'too-many-requests': [429, 'Too many requests.'],
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** A problem document; `more` are members of its own, as `properties` of a validation error. */
export function problem(name: ProblemName, detail?: string, more: object = {}): Answer {
  const [status, title] = PROBLEMS[name];
  const type = `https://errors.ix-api.net/v2/${name}.html`;
  return json(status, { type, title, status, ...(detail === undefined ? {} : { detail }), ...more });
}

/** Which fields or parameters are wrong (terraform-provider-ixapi, errors.go: `properties` of `name` and `reason`). */
export const invalid = (properties: readonly { readonly name: string; readonly reason: string }[]): Answer =>
  problem('validation-error', undefined, { properties });
