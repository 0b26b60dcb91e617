import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What another process may call, by name. */
export type Callable = (...args: never[]) => unknown;

export type Controller = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Lets another process do what is done here: `POST /_control` with `{"call": "state.update", "args": [5, {"notes": "x"}]}`
 * answers `{"result": …}`, or 400 `{"error": …}`.
 */
export function controllerOf(calls: ReadonlyMap<string, Callable>): Controller {
  return async (request, response) => {
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const { call, args = [] } = JSON.parse(await readBody(request)) as { call: string; args?: never[] };
      const callable = calls.get(call);
      if (callable === undefined) throw new Error(`${call}: no such call; there are ${[...calls.keys()].join(', ')}`);
      reply(200, { result: (await callable(...args)) ?? null });
    } catch (error) {
      reply(400, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return Buffer.concat(parts).toString('utf8');
}
