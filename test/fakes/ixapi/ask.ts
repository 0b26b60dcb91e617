import { request } from 'undici';
import { FAKE_IXAPI_KEY, type ApiKey } from './keys';
import type { Row } from './model';

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
  readonly authorization?: string;
}

/** Asks once, following no redirect and repairing nothing. */
export async function ask(url: string, { method = 'GET', body, authorization }: AskOptions = {}): Promise<Asked> {
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: statusCode, headers, text, json: () => JSON.parse(text) };
}

/** The pair of tokens for a key. */
export async function logIn(
  url: string,
  { api_key, api_secret }: ApiKey = FAKE_IXAPI_KEY,
): Promise<{ access_token: string; refresh_token: string }> {
  const { status, json, text } = await ask(`${url}/auth/token`, { method: 'POST', body: { api_key, api_secret } });
  if (status !== 201) throw new Error(`${status} ${text}`);
  return json() as { access_token: string; refresh_token: string };
}

/** Asks with a token of its own. */
export async function askAs(url: string, path: string, options: AskOptions = {}, key?: ApiKey): Promise<Asked> {
  const { access_token } = await logIn(url, key);
  return ask(`${url}${path}`, { authorization: `Bearer ${access_token}`, ...options });
}

/** All rows of a list, page by page, as a careful client reads them. */
export async function readAll(url: string, path: string, limit = 100, key?: ApiKey): Promise<Row[]> {
  const { access_token } = await logIn(url, key);
  const rows: Row[] = [];
  for (;;) {
    const query = `${path.includes('?') ? '&' : '?'}page_limit=${limit}&page_offset=${rows.length}`;
    const page = await ask(`${url}${path}${query}`, { authorization: `Bearer ${access_token}` });
    const found = page.json() as Row[];
    rows.push(...found);
    if (page.status === 200 || found.length === 0) return rows;
  }
}
