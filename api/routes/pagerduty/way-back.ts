import { DIFFERENCES, WEBHOOKS } from '../../../store/pagerduty/webhooks-lists';
import {
  PAGERDUTY_CHECK_JOB,
  PAGERDUTY_CHECK_WORKFLOW,
  PAGERDUTY_CHECK_WORKFLOW_ID,
} from '../../../workflows/incident/messages';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { jobAnswer, jobSchema } from '../../http/job-answer';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { waitQuery } from '../../http/schemas';
import { Problem } from '../../problem';
import { startJobWorkflow } from '../../temporal/jobs';
import { BUSINESS, requirePagerduty, type IncidentsDeps } from '../incidents/deps';

const TAGS = ['pagerduty'];
const PATH = `${BUSINESS}pagerduty/`;

function checkEndpoint(deps: IncidentsDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: `${PATH}check/`,
    summary: 'Compare what PagerDuty has open with what we told it; it repairs nothing',
    tags: TAGS,
    scope: 'write',
    creates: true,
    request: { query: waitQuery },
    responses: {
      200: { description: 'With wait: the job, completed', schema: jobSchema },
      202: { description: 'The job, or the running one', schema: jobSchema },
      400: { description: 'PagerDuty cannot be asked: names the setting' },
      502: { description: 'With wait: PagerDuty failed' },
    },
    handler: async ({ query }, context) => {
      requirePagerduty(deps.incidents);
      if (!deps.incidents.hasApiToken)
        throw new Problem('pagerduty-off', 'PagerDuty cannot be asked: expected the setting PAGERDUTY_API_TOKEN');
      const { job, ...started } = await startJobWorkflow(deps, {
        ...{ type: PAGERDUTY_CHECK_JOB, workflowId: PAGERDUTY_CHECK_WORKFLOW_ID, object: 'pagerduty' },
        ...{ workflowType: PAGERDUTY_CHECK_WORKFLOW, input: {} },
      });
      if (job !== undefined) return jobAnswer(deps, job, context, query.wait);
      throw new Problem('already-running', `something else runs as ${PAGERDUTY_CHECK_WORKFLOW_ID}`, {
        members: started.started ? {} : { running: started.running },
      });
    },
  });
}

/** What PagerDuty told, where it differs from what we told it, and finding that out. */
export const createWayBackRoutes = (deps: IncidentsDeps): Endpoint[] => [
  listEndpoint(deps.knex, {
    path: `${PATH}webhooks/`,
    summary: "PagerDuty's webhooks, and what became of each, newest first",
    tags: TAGS,
    source: WEBHOOKS,
    schema: rowSchema(WEBHOOKS, 'PagerdutyWebhook'),
  }),
  listEndpoint(deps.knex, {
    path: `${PATH}differences/`,
    summary: 'Where PagerDuty has something else than we told it, as it was last asked',
    tags: TAGS,
    source: DIFFERENCES,
    schema: rowSchema(DIFFERENCES, 'PagerdutyDifference'),
  }),
  checkEndpoint(deps),
];
