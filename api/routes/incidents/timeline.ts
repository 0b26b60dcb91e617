import { EVENTS, INCIDENTS } from '../../../store/incidents/lists';
import { timelineOf } from '../../../store/incidents/lists-timeline';
import { findRecord, listRecords } from '../../../store/query/list';
import { parseListRequest } from '../../../store/query/request';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { listParameters, pageAnswer, rowSchema } from '../../http/list';
import { idParams } from '../../http/schemas';
import { pageOf } from '../../openapi';
import { notFound } from '../../problem';
import type { IncidentsDeps } from './deps';
import { EVENTS_PATH } from './events';
import { INCIDENTS_PATH } from './incidents';

const OWNERS = [
  { of: 'event', path: EVENTS_PATH, records: EVENTS },
  { of: 'incident', path: INCIDENTS_PATH, records: INCIDENTS },
] as const;

const schema = pageOf(rowSchema(timelineOf('event', 0), 'TimelineEntry'));
const ID_ONLY = { fields: new Set(['id']), extra: false };

/** What became of events and incidents: every transition, every note, every attempt to tell PagerDuty. */
export const createTimelineRoutes = ({ knex }: IncidentsDeps): Endpoint[] =>
  OWNERS.map(({ of, path, records }) =>
    endpoint({
      ...{ method: 'get', path: `${path}{id}/timeline/`, tags: ['incidents'], scope: 'read' },
      summary: `What happened to an ${of} and was sent to PagerDuty of it, oldest first`,
      request: { params: idParams },
      listParameters: listParameters(timelineOf(of, 0)),
      responses: { 200: { description: 'A page of the list', schema } },
      handler: async ({ params: { id } }, context) => {
        const source = timelineOf(of, id);
        const request = parseListRequest(source, context.query);
        if (!(await findRecord(knex, records, id, ID_ONLY))) throw notFound(of, id);
        return pageAnswer(context, source, request, await listRecords(knex, source, request));
      },
    }),
  );
