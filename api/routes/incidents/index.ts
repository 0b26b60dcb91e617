import type { Endpoint } from '../../http/endpoint';
import type { IncidentsDeps } from './deps';
import { createIncidentRecordRoutes } from './records';

/** Events, incidents and what belongs to them, under the plugin's paths. */
export const createIncidentsRoutes = (deps: IncidentsDeps): Endpoint[] => [...createIncidentRecordRoutes(deps)];
