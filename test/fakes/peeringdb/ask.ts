import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import type { Row } from './store';

/** An answer, as it came and as it reads. */
export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came over the wire. */
  readonly raw: Buffer;
  readonly text: string;
  /** Throws if the body is no JSON. */
  readonly json: () => { data: Row[]; meta: Row };
}

export interface AskOptions {
  readonly key?: string;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks once, following no redirect and repairing nothing. */
export async function ask(url: string, { key, gzip = false, headers = {} }: AskOptions = {}): Promise<Asked> {
  const answer = await request(url, {
    headers: {
      'accept-encoding': gzip ? 'gzip' : 'identity',
      ...(key === undefined ? {} : { authorization: `Api-Key ${key}` }),
      ...headers,
    },
    headersTimeout: 2000,
    bodyTimeout: 2000,
  });
  const raw = Buffer.from(await answer.body.arrayBuffer());
  const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('latin1');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    raw,
    text,
    json: () => JSON.parse(text) as { data: Row[]; meta: Row },
  };
}
