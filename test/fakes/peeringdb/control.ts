import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeClock } from './clock';
import type { Faults } from './faults';
import type { Limits } from './limits';
import type { ListFiles } from './list-files';
import type { LoggedRequest } from './server';
import type { State } from './state';

interface Controlled {
  readonly state: State;
  readonly faults: Faults;
  readonly clock: FakeClock;
  readonly files: ListFiles;
  readonly keys: Set<string>;
  readonly requests: LoggedRequest[];
  readonly setLimits: (limits: Limits) => void;
}

export type Controller = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Callable = (...args: never[]) => unknown;

/**
 * Lets another process do what `state`, `faults`, `clock` and the rest do here: `POST /_control` with
 * `{"call": "state.update", "args": ["net", 5, {"notes": "x"}]}` answers `{"result": …}`, or 400 `{"error": …}`.
 */
export function createController(controlled: Controlled): Controller {
  const calls = listCalls(controlled);
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

function listCalls({ state, faults, clock, files, keys, requests, setLimits }: Controlled): Map<string, Callable> {
  const ofState = Object.entries(state).map(([name, call]): [string, Callable] => [`state.${name}`, call as Callable]);
  return new Map<string, Callable>([
    ...ofState,
    ['faults.add', faults.add],
    ['faults.clear', faults.clear],
    ['faults.rules', () => faults.rules],
    ['clock.now', clock.now],
    ['clock.advance', clock.advance],
    ['files.precompress', files.precompress],
    ['keys.add', (key: string) => void keys.add(key)],
    ['keys.delete', (key: string) => keys.delete(key)],
    ['requests', () => requests],
    ['requests.clear', () => void requests.splice(0)],
    ['setLimits', setLimits],
  ]);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return Buffer.concat(parts).toString('utf8');
}
