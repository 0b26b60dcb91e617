import { controllerOf, type Callable, type Controller } from '../control';
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

/** Lets another process do what `state`, `faults`, `clock` and the rest do here. */
export const createController = (controlled: Controlled): Controller => controllerOf(listCalls(controlled));

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
