import { recordEndpoints, type RecordKind } from '../../http/records';
import type { Endpoint } from '../../http/endpoint';
import { createBulkStatusRoutes } from './bulk-status';
import type { IncidentsDeps } from './deps';
import { SOURCE_KIND } from './event-sources';
import { createEventRoutes } from './events';
import { createIncidentRoutes } from './incidents';
import { MAINTENANCE_KIND } from './maintenance';
import { serviceKind } from './technical-services';
import { createTimelineRoutes } from './timeline';

/** Endpoints of records that sending depends on: after a change, alerts' workflows are told. */
const telling = ({ knex, tell }: IncidentsDeps, kind: RecordKind): Endpoint[] =>
  recordEndpoints(knex, kind).map((one) =>
    one.method === 'get'
      ? one
      : {
          ...one,
          handler: async (input, context) => {
            const answer = await one.handler(input, context);
            tell();
            return answer;
          },
        },
  );

/** The records of the plugin's that are kept here. */
export const createIncidentRecordRoutes = (deps: IncidentsDeps): Endpoint[] => [
  ...createEventRoutes(deps),
  ...createIncidentRoutes(deps),
  ...createTimelineRoutes(deps),
  ...createBulkStatusRoutes(deps),
  ...recordEndpoints(deps.knex, SOURCE_KIND),
  ...telling(deps, serviceKind(deps)),
  ...telling(deps, MAINTENANCE_KIND),
];
