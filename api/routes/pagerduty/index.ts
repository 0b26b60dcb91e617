import type { Endpoint } from '../../http/endpoint';
import type { IncidentsDeps } from '../incidents/deps';
import { createBulkRoutes } from './bulk-send';
import { createCustomRoutes } from './custom';
import { createDeadLetterRoutes } from './dead-letters';
import { createSendRoutes } from './send';
import { createStatusRoutes } from './status';
import { createWayBackRoutes } from './way-back';
import { createPagerdutyWebhookRoutes } from './webhook';

/** What is sent to PagerDuty and what comes back, under the plugin's paths. */
export const createPagerdutyRoutes = (deps: IncidentsDeps): Endpoint[] => [
  ...createStatusRoutes(deps),
  ...createSendRoutes(deps),
  ...createCustomRoutes(deps),
  ...createBulkRoutes(deps),
  ...createDeadLetterRoutes(deps),
  ...createPagerdutyWebhookRoutes(deps),
  ...createWayBackRoutes(deps),
];
