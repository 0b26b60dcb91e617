import { z } from 'zod';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { LARGEST_ALERTS, reportedSchema, takeAlerts } from './alerts-common';
import { genericBody, reportOfGeneric } from './alerts-generic-body';
import { BUSINESS, type IncidentsDeps } from './deps';

const accepted = z.object({ status: z.literal('accepted') });

const answers = z.union([accepted.extend(reportedSchema.shape), accepted.extend({ results: z.array(reportedSchema) })]);

/** Where anything that can post JSON reports alerts, as with the plugin. */
export const createGenericRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: `${BUSINESS}alerts/generic/`,
    summary: 'Take an alert, or a list of up to 1000: all of them or none',
    tags: ['incidents'],
    scope: 'write',
    creates: true,
    largestBody: LARGEST_ALERTS,
    request: { body: genericBody(deps.clock) },
    responses: { 202: { description: 'What became of it; of a list, in its order', schema: answers } },
    handler: async ({ body }, context) => {
      const reports = (Array.isArray(body) ? body : [body]).map(reportOfGeneric);
      const results = await takeAlerts(deps, reports, context.actor?.name ?? '', context);
      return { status: 202, body: { status: 'accepted', ...(Array.isArray(body) ? { results } : results[0]) } };
    },
  }),
];
