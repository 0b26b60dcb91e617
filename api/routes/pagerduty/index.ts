import type { Endpoint } from '../../http/endpoint';
import type { IncidentsDeps } from '../incidents/deps';

/** What is sent to PagerDuty and what comes back, under the plugin's paths. */
export const createPagerdutyRoutes = (_deps: IncidentsDeps): Endpoint[] => [];
