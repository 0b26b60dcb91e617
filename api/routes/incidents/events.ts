import { changeEvent, takeEvent, type EventValues } from '../../../store/incidents/event-records';
import { EVENTS } from '../../../store/incidents/lists';
import { removeEvent } from '../../../store/incidents/removal';
import { findRecord } from '../../../store/query/list';
import { transact } from '../../../store/transact';
import { endpoint, type Context, type Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { explained } from '../../http/records';
import { idParams } from '../../http/schemas';
import { invalidRequest, notFound } from '../../problem';
import { BUSINESS, whoOf, type IncidentsDeps } from './deps';
import { EVENT_DEFAULTS, eventBody, eventPatch } from './events-fields';

/** Where events are. */
export const EVENTS_PATH = `${BUSINESS}events/`;

const ONE = `${EVENTS_PATH}{id}/`;
const tags = ['incidents'];
const schema = rowSchema(EVENTS, 'Event');
const changed = { 200: { description: 'The event afterwards', schema } };

/** An event as it is shown. Throws a 404. */
async function read({ knex }: IncidentsDeps, id: number): Promise<Record<string, unknown>> {
  const row = await findRecord(knex, EVENTS, id);
  if (!row) throw notFound('event', id);
  return row;
}

/** Changes an event and tells its alert; the event afterwards. What tells problems apart stays what it is. */
async function change(deps: IncidentsDeps, id: number, values: EventValues, context: Context): Promise<unknown> {
  const { dedup_id } = await read(deps, id);
  if (values.dedup_id !== undefined && values.dedup_id !== dedup_id)
    throw invalidRequest({
      dedup_id: [`is '${String(dedup_id)}' for good: expected another event for another problem`],
    });
  const { knex, incidents, tell } = deps;
  await explained(transact(knex, (trx) => changeEvent(trx, id, values, incidents.join, whoOf(context))));
  tell();
  return read(deps, id);
}

const creation = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ method: 'post', path: EVENTS_PATH, tags, scope: 'write', creates: true },
    summary: 'Create: event; where its dedup_id is known, it is news of that event',
    request: { body: eventBody },
    responses: {
      201: { description: 'The event, a new one', schema },
      200: { description: 'The event, which was known', schema },
    },
    handler: async ({ body }, context) => {
      const { knex, incidents, tell } = deps;
      const work = transact(knex, (trx) => takeEvent(trx, body, incidents.join, whoOf(context)));
      const { event_id, outcome } = await explained(work);
      tell();
      const event = await read(deps, event_id);
      if (outcome !== 'created') return { body: event };
      return { status: 201, headers: { Location: `${context.baseUrl}${EVENTS_PATH}${event_id}/` }, body: event };
    },
  });

const removal = ({ knex }: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ method: 'delete', path: ONE, summary: 'Delete: event', tags, scope: 'write' },
    request: { params: idParams },
    responses: {
      204: { description: 'It is gone' },
      409: { description: 'It is triggered, incidents have it, or its alert is open at PagerDuty or not settled' },
    },
    handler: async ({ params: { id } }) => {
      if (!(await explained(transact(knex, (trx) => removeEvent(trx, id))))) throw notFound('event', id);
      return { status: 204 };
    },
  });

/** Events as records. Whatever is written of one, its alert hears of it. */
export const createEventRoutes = (deps: IncidentsDeps): Endpoint[] => [
  listEndpoint(deps.knex, { path: EVENTS_PATH, summary: 'List: event', tags, source: EVENTS, schema }),
  endpoint({
    ...{ method: 'get', path: ONE, summary: 'Read: event', tags, scope: 'read' },
    request: { params: idParams },
    responses: { 200: { description: 'The event', schema } },
    handler: async ({ params: { id } }) => ({ body: await read(deps, id) }),
  }),
  creation(deps),
  endpoint({
    ...{ method: 'put', path: ONE, tags, scope: 'write' },
    summary: 'Replace: event; its status and criticality stay where they are not given',
    request: { params: idParams, body: eventBody },
    responses: changed,
    handler: async ({ params: { id }, body }, context) => ({
      body: await change(deps, id, { ...EVENT_DEFAULTS, ...body }, context),
    }),
  }),
  endpoint({
    ...{ method: 'patch', path: ONE, summary: 'Change: event', tags, scope: 'write' },
    request: { params: idParams, body: eventPatch },
    responses: changed,
    handler: async ({ params: { id }, body }, context) => ({ body: await change(deps, id, body, context) }),
  }),
  removal(deps),
];
