import type { Endpoint } from '../../http/endpoint';
import { recordEndpoints } from '../../http/records';
import { createAdoptionRoutes } from './adoptions';
import type { DevicesDeps } from './deps';
import { createExclusionRoutes } from './exclusions';
import { createLinkRoutes } from './links';
import { createNetboxDeviceRoutes } from './netbox-devices';
import { PLATFORM_KIND } from './platforms';
import { createReconcileRoutes } from './reconcile';
import { createRouterRoutes } from './routers';
import { createWebhookRoutes } from './webhook';

/** Routers and platforms, and what NetBox has to do with them. */
export const createDevicesRoutes = (deps: DevicesDeps): Endpoint[] => [
  ...recordEndpoints(deps.knex, PLATFORM_KIND),
  ...createRouterRoutes(deps),
  ...createLinkRoutes(deps),
  ...createAdoptionRoutes(deps),
  ...createExclusionRoutes(deps),
  ...createNetboxDeviceRoutes(deps),
  ...createReconcileRoutes(deps),
  ...createWebhookRoutes(deps),
];
