import { controllerOf, type Callable, type Controller } from '../control';
import type { FakeNetbox } from './server';

type Controlled = Pick<FakeNetbox, 'state' | 'webhooks' | 'faults' | 'tokens' | 'requests'>;
/** Lets another process do what `state`, `webhooks`, `faults` and the rest do here. */
export const createController = (controlled: Controlled): Controller => controllerOf(listCalls(controlled));

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
