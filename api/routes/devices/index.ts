import type { Endpoint } from '../../http/endpoint';
import type { DevicesDeps } from './deps';
import { createWebhookRoutes } from './webhook';

/** Routers and platforms, and what NetBox has to do with them. */
export const createDevicesRoutes = (deps: DevicesDeps): Endpoint[] => [...createWebhookRoutes(deps)];
