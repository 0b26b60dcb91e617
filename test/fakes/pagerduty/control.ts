import { controllerOf, type Callable, type Controller } from '../control';
import type { FakePagerduty } from './server';

type Controlled = Pick<FakePagerduty, 'state' | 'log' | 'people' | 'webhooks' | 'faults' | 'limits' | 'requests'>;

/** Lets another process do what `state`, `people`, `webhooks` and the rest do here. */
export function createController({ requests, ...parts }: Controlled): Controller {
  const calls = Object.entries(parts).flatMap(([part, members]) =>
    Object.entries(members).map(([name, call]): [string, Callable] => [`${part}.${name}`, call as Callable]),
  );
  return controllerOf(new Map([...calls, ['requests', () => requests], ['requests.clear', () => requests.splice(0)]]));
}
