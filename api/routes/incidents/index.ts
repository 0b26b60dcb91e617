import type { Endpoint } from '../../http/endpoint';
import type { IncidentsDeps } from './deps';

/** Where the plugin has them. */
export const BUSINESS = '/api/plugins/business-application/';

/** Events, incidents and what belongs to them, under the plugin's paths. */
export const createIncidentsRoutes = (_deps: IncidentsDeps): Endpoint[] => [];
