import type { Endpoint } from '../../http/endpoint';
import { recordEndpoints } from '../../http/records';
import { createAccountRoutes } from './accounts';
import type { IxapiDeps } from './deps';
import { createDriftRoutes } from './drift';
import { createJobRoutes } from './jobs';
import { ixApiKind } from './objects';
import { createViewRoutes } from './view';

/** IX-API objects, and what the exchanges that they speak for have for us. */
export const createIxapiRoutes = (deps: IxapiDeps): Endpoint[] => [
  ...recordEndpoints(deps.knex, ixApiKind(deps)),
  ...createAccountRoutes(deps),
  ...createViewRoutes(deps),
  ...createJobRoutes(deps),
  ...createDriftRoutes(deps),
];
