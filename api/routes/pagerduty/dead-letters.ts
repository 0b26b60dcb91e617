import { z } from 'zod';
import { DEAD_LETTERS, replayDeadLetter } from '../../../store/pagerduty/dead-letters';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { jobAnswer } from '../../http/job-answer';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { idParams, waitQuery } from '../../http/schemas';
import { notFound, Problem } from '../../problem';
import { requirePagerduty, whoOf, type IncidentsDeps } from '../incidents/deps';
import { FAILURES, PAGERDUTY, sendJobSchema, TAGS } from './fields';

const PATH = `${PAGERDUTY}dead-letters/`;
const LABEL = 'dead letter';
const schema = rowSchema(DEAD_LETTERS, 'DeadLetter');

const replay = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ method: 'post', path: `${PATH}{id}/replay/`, tags: TAGS, scope: 'write', creates: true },
    summary: 'Send a dead letter again, with what its record says now',
    request: { params: idParams, query: waitQuery, body: z.strictObject({}) },
    responses: {
      200: { description: 'With wait: the job, completed', schema: sendJobSchema },
      202: { description: 'It is queued', schema: sendJobSchema },
      ...FAILURES,
      409: { description: 'It is superseded, or was replayed before' },
    },
    handler: async ({ params: { id }, query: { wait } }, context) => {
      requirePagerduty(deps.incidents);
      const replayed = await replayDeadLetter(deps.knex, id, whoOf(context));
      switch (replayed.outcome) {
        case 'unknown':
          throw notFound(LABEL, id);
        case 'superseded':
          throw new Problem('conflict', `the dead letter ${id} is superseded: what happened since makes it moot`);
        case 'already':
          throw new Problem('conflict', `the dead letter ${id} was replayed before`);
        case 'replayed': {
          deps.tell();
          const answer = await jobAnswer(deps, replayed.job, context, wait);
          return { ...answer, body: { ...(answer.body as object), dedup_key: replayed.alert.dedup_key } };
        }
      }
    },
  });

/** What PagerDuty refused for good. */
export const createDeadLetterRoutes = (deps: IncidentsDeps): Endpoint[] => [
  listEndpoint(deps.knex, {
    ...{ path: PATH, tags: TAGS, source: DEAD_LETTERS, schema },
    summary: 'List: sends that PagerDuty refused for good; with state=superseded, those that are moot by now',
  }),
  endpoint({
    ...{ method: 'get', path: `${PATH}{id}/`, tags: TAGS, scope: 'read' },
    summary: `Read: ${LABEL}`,
    request: { params: idParams },
    responses: { 200: { description: 'The dead letter', schema }, 404: { description: 'There is none' } },
    handler: async ({ params: { id } }) => {
      const found = await findRecord(deps.knex, DEAD_LETTERS, id);
      if (!found) throw notFound(LABEL, id);
      return { body: found };
    },
  }),
  replay(deps),
];
