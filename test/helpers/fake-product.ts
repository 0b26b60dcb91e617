import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake answers: a body, and a status unless it is 200. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  /** Sent as it is instead of JSON. */
  readonly text?: string;
}

/** A request as the fake got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The path with the query, as it was asked for: `query` has only the last of repeated parameters. */
  readonly url: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A running fake. */
export interface FakeProduct {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** An HTTP server that stands for the product's API: `answer` says what it answers to each request. */
export async function startFakeProduct(answer: (asked: Asked) => Answer): Promise<FakeProduct> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        url: url.pathname + url.search,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: await read(request),
      };
      asked.push(one);
      const { status = 200, body, text } = answer(one);
      response.writeHead(status, {
        'content-type': text === undefined ? 'application/json' : 'text/html',
        'x-request-id': 'req-1',
      });
      response.end(text ?? (body === undefined ? '' : JSON.stringify(body)));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
