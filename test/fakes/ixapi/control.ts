import { controllerOf, type Callable, type Controller } from '../control';
import type { FakeIxapi } from './server';

type Controlled = Pick<FakeIxapi, 'state' | 'tokens' | 'faults' | 'limits' | 'paging' | 'about' | 'log' | 'clock'>;

/** Lets another process do what `state`, `tokens`, `faults` and the rest do here. */
export function createController(parts: Controlled): Controller {
  const calls = Object.entries(parts).flatMap(([part, members]) =>
    Object.entries(members).map(([name, call]): [string, Callable] => [`${part}.${name}`, call as Callable]),
  );
  return controllerOf(new Map(calls));
}
