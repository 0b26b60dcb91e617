import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { errorCode } from '../../../config/error-code';
import type { Secret } from '../../../config/secret';
import { inWords, type Finding } from './check';

/** What PagerDuty's two APIs answer to harmless questions. */

const ANSWER_MS = 7_000;
const LARGEST_ANSWER = 4 * 1024 * 1024;
const CERTIFICATE = /CERT|UNABLE_TO_|HOSTNAME_MISMATCH/;

/** One of the APIs, as its setting has it. */
interface Place {
  readonly setting: 'PAGERDUTY_EVENTS_API_URL' | 'PAGERDUTY_API_URL';
  readonly url: string;
  readonly what: string;
  /** What the setting is for most people. */
  readonly usual: string;
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Dispatcher.ResponseData['headers'];
}

type Question = Pick<Dispatcher.RequestOptions, 'method' | 'body'> & { readonly headers: Record<string, string> };

const fail = (detail: string, hint: string): Finding => ({ level: 'fail', detail, hint });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable({ setting, url }: Place, error: unknown): Finding {
  const code = errorCode(error);
  if (CERTIFICATE.test(code))
    return fail(
      `${url}: ${inWords(error)} (${code})`,
      'let NODE_EXTRA_CA_CERTS name the certificate of your authority',
    );
  return fail(`${url}: ${inWords(error)}`, `look at ${setting} and the network`);
}

/** What any answer but the right one means. */
function wrong({ setting, url, what, usual }: Place, { status, headers }: Answer): Finding {
  if (status >= 300 && status < 400)
    return fail(
      `${url} redirects, to ${headers['location']?.toString() ?? 'nowhere'}`,
      `${setting} must name the final address: redirects are not followed, so that keys go nowhere else`,
    );
  if (status === 429)
    return { level: 'warn', detail: `${url} answers 429`, hint: 'too many requests: it goes on by itself' };
  if (status === 408 || status >= 500)
    return fail(`${url} answers ${status}`, 'look at the status page of PagerDuty, and at what lies before it');
  return fail(`${url} answers ${status}, and is no ${what} of PagerDuty`, `${setting} is usually ${usual}`);
}

/** Asks once; `judge` says what a right answer means, and nothing of any other. No redirect is followed. */
async function ask(
  place: Place,
  path: string,
  question: Question,
  judge: (answer: Answer) => Finding | undefined,
): Promise<Finding> {
  const dispatcher = new Agent({ maxResponseSize: LARGEST_ANSWER });
  const headers = { ...question.headers, 'user-agent': 'crossconnect doctor' };
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(place.url + path, {
      ...{ ...question, headers, dispatcher, signal },
    });
    const answer = { status: statusCode, json: parsed(await body.text()), headers: answered };
    return judge(answer) ?? wrong(place, answer);
  } catch (error) {
    return unreachable(place, error);
  } finally {
    await dispatcher.destroy();
  }
}

/** The form of its refusals: status, message and errors (Events API v2, "Error responses"). */
const refusalSchema = z.looseObject({ status: z.string(), errors: z.array(z.unknown()) });

/** Whether the Events API answers: an event without anything in it is refused, and so nobody is paged. */
export function askEventsApi(url: string): Promise<Finding> {
  const usual = 'https://events.pagerduty.com/v2/enqueue, in the EU https://events.eu.pagerduty.com/v2/enqueue';
  const place: Place = { setting: 'PAGERDUTY_EVENTS_API_URL', url, what: 'Events API', usual };
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return ask(place, '', { method: 'POST', headers, body: '{}' }, ({ status, json }) =>
    status === 400 && refusalSchema.safeParse(json).success
      ? { level: 'ok', detail: `${url} is the Events API` }
      : undefined,
  );
}

const incidentsSchema = z.looseObject({ incidents: z.array(z.unknown()) });

/** Whether the REST API takes the token, and the token may read incidents. */
export function askRestApi(url: string, token: Secret): Promise<Finding> {
  const usual = 'https://api.pagerduty.com, in the EU https://api.eu.pagerduty.com';
  const place: Place = { setting: 'PAGERDUTY_API_URL', url, what: 'REST API', usual };
  const headers = {
    accept: 'application/vnd.pagerduty+json;version=2',
    authorization: `Token token=${token.reveal()}`,
  };
  return ask(place, '/incidents?limit=1', { method: 'GET', headers }, ({ status, json }) => {
    if (status === 200 && incidentsSchema.safeParse(json).success)
      return { level: 'ok', detail: `${url} takes the token, and it may read incidents` };
    if (status === 401)
      return fail(`${url} refuses the token`, 'look at PAGERDUTY_API_TOKEN: it is wrong, or of another region');
    if (status === 403) return fail('the token may not read incidents', 'give PAGERDUTY_API_TOKEN that right');
    return undefined;
  });
}
