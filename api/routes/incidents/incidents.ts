import { makeIncident, writeIncidentFields } from '../../../store/incidents/incident-records';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { INCIDENTS } from '../../../store/incidents/lists';
import { removeIncident } from '../../../store/incidents/removal';
import { findRecord } from '../../../store/query/list';
import { transact } from '../../../store/transact';
import { endpoint, type Context, type Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { explained } from '../../http/records';
import { idParams } from '../../http/schemas';
import { notFound } from '../../problem';
import { BUSINESS, whoOf, type IncidentsDeps } from './deps';
import { incidentBody, incidentPatch, NEW_INCIDENT, REPLACED_INCIDENT } from './incidents-fields';

/** Where incidents are. */
export const INCIDENTS_PATH = `${BUSINESS}incidents/`;

const ONE = `${INCIDENTS_PATH}{id}/`;
const tags = ['incidents'];
const schema = rowSchema(INCIDENTS, 'Incident');
const changed = { 200: { description: 'The incident afterwards', schema } };

/** An incident as it is shown. Throws a 404. */
async function read({ knex }: IncidentsDeps, id: number): Promise<Record<string, unknown>> {
  const row = await findRecord(knex, INCIDENTS, id);
  if (!row) throw notFound('incident', id);
  return row;
}

/** Changes an incident and tells its alert; the incident afterwards. */
async function change(
  deps: IncidentsDeps,
  id: number,
  values: Partial<IncidentValues>,
  context: Context,
): Promise<unknown> {
  const work = transact(deps.knex, (trx) => writeIncidentFields(trx, id, values, whoOf(context)));
  if (!(await explained(work))) throw notFound('incident', id);
  deps.tell();
  return read(deps, id);
}

const creation = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ method: 'post', path: INCIDENTS_PATH, summary: 'Create: incident', tags, scope: 'write', creates: true },
    request: { body: incidentBody },
    responses: { 201: { description: 'The incident', schema } },
    handler: async ({ body }, context) => {
      const values = { ...NEW_INCIDENT, ...body };
      const id = await explained(transact(deps.knex, (trx) => makeIncident(trx, values, whoOf(context))));
      deps.tell();
      const headers = { Location: `${context.baseUrl}${INCIDENTS_PATH}${id}/` };
      return { status: 201, headers, body: await read(deps, id) };
    },
  });

const removal = ({ knex }: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ method: 'delete', path: ONE, summary: 'Delete: incident', tags, scope: 'write' },
    request: { params: idParams },
    responses: {
      204: { description: 'It is gone' },
      409: { description: 'It is not resolved or closed, or its alert is open at PagerDuty or not settled' },
    },
    handler: async ({ params: { id } }) => {
      if (!(await explained(transact(knex, (trx) => removeIncident(trx, id))))) throw notFound('incident', id);
      return { status: 204 };
    },
  });

/** Incidents as records. Whatever is written of one, its alert hears of it. */
export const createIncidentRoutes = (deps: IncidentsDeps): Endpoint[] => [
  listEndpoint(deps.knex, { path: INCIDENTS_PATH, summary: 'List: incident', tags, source: INCIDENTS, schema }),
  endpoint({
    ...{ method: 'get', path: ONE, summary: 'Read: incident', tags, scope: 'read' },
    request: { params: idParams },
    responses: { 200: { description: 'The incident', schema } },
    handler: async ({ params: { id } }) => ({ body: await read(deps, id) }),
  }),
  creation(deps),
  endpoint({
    ...{ method: 'put', path: ONE, tags, scope: 'write' },
    summary: 'Replace: incident; its status and severity stay where they are not given',
    request: { params: idParams, body: incidentBody },
    responses: changed,
    handler: async ({ params: { id }, body }, context) => ({
      body: await change(deps, id, { ...REPLACED_INCIDENT, ...body }, context),
    }),
  }),
  endpoint({
    ...{ method: 'patch', path: ONE, summary: 'Change: incident', tags, scope: 'write' },
    request: { params: idParams, body: incidentPatch },
    responses: changed,
    handler: async ({ params: { id }, body }, context) => ({ body: await change(deps, id, body, context) }),
  }),
  removal(deps),
];
