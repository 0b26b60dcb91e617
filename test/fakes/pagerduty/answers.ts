/** What is sent back, before faults change it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function html(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'Content-Type': 'text/html', ...headers }, body };
}

/** The Events API takes an event in. */
export const processed = (dedupKey: string): Answer =>
  json(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });

export const invalidEvent = (errors: readonly string[]): Answer =>
  json(400, { status: 'invalid event', message: 'Event object is invalid', errors });

/** PagerDuty's schema of the Events API v2, example of the answer 400. */
export const unreadableEvent = (): Answer =>
  json(400, {
    status: 'Unrecognized object',
    message: 'Event object format is unrecognized',
    errors: ['JSON parse error'],
  });

/** The body is unverified: the documents give the status alone, and promise no header. */
export const throttled = (headers: Record<string, string> = {}): Answer =>
  json(
    429,
    {
      status: 'throttle exceeded',
      message: 'Requests for this service are arriving too quickly. Please retry later.',
    },
    headers,
  );

/** The form of errors of the REST API (PagerDuty docs, REST API v2, "Errors"). */
export function restError(status: number, code: number, message: string, errors?: readonly string[]): Answer {
  return json(status, { error: { message, code, ...(errors === undefined ? {} : { errors }) } });
}
