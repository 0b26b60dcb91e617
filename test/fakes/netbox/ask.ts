import { request } from 'undici';
import { FAKE_NETBOX_TOKEN } from './server';

/** An answer, as it came and as it reads. */
export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Throws if the body is no JSON. */
  readonly json: () => any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly body?: unknown;
  /** The whole header; none when null. */
  readonly authorization?: string | null;
}

/** Asks once, with the fake's token, following no redirect and repairing nothing. */
export async function ask(url: string, options: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', body, authorization = `Token ${FAKE_NETBOX_TOKEN}` } = options;
  const answer = await request(url, {
    method,
    headers: authorization === null ? {} : { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) };
}

/** Follows `next` from a first page on; all the results in order. */
export async function walk(url: string): Promise<{ id: number; [name: string]: unknown }[]> {
  const rows: { id: number }[] = [];
  for (let next: string | null = url; next !== null;) {
    const page = (await ask(next)).json() as { next: string | null; results: { id: number }[] };
    rows.push(...page.results);
    ({ next } = page);
  }
  return rows;
}
