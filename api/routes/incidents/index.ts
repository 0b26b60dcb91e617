import type { Endpoint } from '../../http/endpoint';
import { createAlertmanagerRoutes } from './alerts-alertmanager';
import { createGenericRoutes } from './alerts-generic';
import type { IncidentsDeps } from './deps';
import { createIncidentRecordRoutes } from './records';
import { createNetboxRoutes } from './update-from-netbox';

/** Events, incidents and what belongs to them, under the plugin's paths. */
export const createIncidentsRoutes = (deps: IncidentsDeps): Endpoint[] => [
  ...createIncidentRecordRoutes(deps),
  ...createGenericRoutes(deps),
  ...createAlertmanagerRoutes(deps),
  ...createNetboxRoutes(deps),
];
