import type { Endpoint } from '../../http/endpoint';
import { recordEndpoints } from '../../http/records';
import type { DevicesDeps } from './deps';
import { createExclusionRoutes } from './exclusions';
import { PLATFORM_KIND } from './platforms';
import { createReconcileRoutes } from './reconcile';
import { createRouterRoutes } from './routers';
import { createWebhookRoutes } from './webhook';

/** Routers and platforms, and what NetBox has to do with them. */
export const createDevicesRoutes = (deps: DevicesDeps): Endpoint[] => [
  ...recordEndpoints(deps.knex, PLATFORM_KIND),
  ...createRouterRoutes(deps),
  ...createExclusionRoutes(deps),
  ...createReconcileRoutes(deps),
  ...createWebhookRoutes(deps),
];
