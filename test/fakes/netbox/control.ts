import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeNetbox } from './server';

export type Controller = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Controlled = Pick<FakeNetbox, 'state' | 'webhooks' | 'faults' | 'tokens' | 'requests'>;
type Callable = (...args: never[]) => unknown;

/**
 * Lets another process do what `state`, `webhooks`, `faults` and the rest do here: `POST /_control` with
 * `{"call": "state.updateDevice", "args": [5, {"status": "offline"}]}` answers `{"result": …}`, or 400 `{"error": …}`.
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

function listCalls({ state, webhooks, faults, tokens, requests }: Controlled): Map<string, Callable> {
  return new Map<string, Callable>([
    ...callsOf('state', state),
    ...callsOf('changes', state.changes),
    ...callsOf('webhooks', webhooks),
    ...callsOf('faults', faults),
    ['devices', () => [...state.devices.values()]],
    ['roles', () => [...state.roles.values()]],
    ['platforms', () => [...state.platforms.values()]],
    ['setUser', (user: string) => void (state.user = user)],
    ['changeRows', () => state.changes.rows],
    ['sent', () => webhooks.sent],
    ['waiting', () => webhooks.waiting.length],
    ['tokens.add', (token: string) => void tokens.add(token)],
    ['tokens.delete', (token: string) => tokens.delete(token)],
    ['requests', () => requests],
    ['requests.clear', () => void requests.splice(0)],
  ]);
}

function callsOf(part: string, object: object): [string, Callable][] {
  const functions = Object.entries(object).filter(([, member]) => typeof member === 'function');
  return functions.map(([name, call]) => [`${part}.${name}`, call as Callable]);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return Buffer.concat(parts).toString('utf8');
}
