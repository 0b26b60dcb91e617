import { request } from 'undici';
import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY } from './keys';

/** An answer, as it came and as it reads. */
export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Throws if the body is no JSON. */
  readonly json: () => any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface AskOptions {
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly body?: unknown;
  /** The whole header; none when null. */
  readonly authorization?: string | null;
  readonly from?: string;
}

/** Asks the REST API once, with the fake's token. */
export async function ask(url: string, options: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', body, authorization = `Token token=${FAKE_PAGERDUTY_TOKEN}`, from } = options;
  const headers = { ...(authorization === null ? {} : { authorization }), ...(from === undefined ? {} : { from }) };
  return read(request(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
}

/** Sends an event by hand, once; a text goes out as it is. */
export async function enqueue(url: string, event: unknown): Promise<Asked> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const headers = { 'content-type': 'application/json' };
  return read(request(`${url}/v2/enqueue`, { method: 'POST', headers, body }));
}

/** A valid trigger; without a dedup_key if that is undefined. */
export function triggerOf(dedup_key?: string, changes: object = {}): object {
  const payload = { summary: 'router is down', source: 'netbox', severity: 'critical' };
  return { routing_key: FAKE_ROUTING_KEY, event_action: 'trigger', dedup_key, payload, ...changes };
}

export const acknowledgeOf = (dedup_key: string, routing_key = FAKE_ROUTING_KEY): object => ({
  routing_key,
  event_action: 'acknowledge',
  dedup_key,
});

export const resolveOf = (dedup_key: string, routing_key = FAKE_ROUTING_KEY): object => ({
  routing_key,
  event_action: 'resolve',
  dedup_key,
});

async function read(answer: ReturnType<typeof request>): Promise<Asked> {
  const { statusCode, headers, body } = await answer;
  const text = await body.text();
  return { status: statusCode, headers, text, json: () => JSON.parse(text) };
}
