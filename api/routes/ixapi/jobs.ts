import { z } from 'zod';
import type { JobRow } from '../../../store/jobs';
import {
  IXAPI_IMPORT_JOB,
  IXAPI_REFRESH_JOB,
  ixapiImportWorkflowId,
  ixapiRefreshWorkflowId,
} from '../../../workflows/ixapi/messages';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { jobAnswer, jobBody, jobSchema } from '../../http/job-answer';
import { idParams, name, waitQuery } from '../../http/schemas';
import { Problem } from '../../problem';
import { startJobWorkflow, type Started } from '../../temporal/jobs';
import { EXCHANGE_IX_API, type IxapiDeps } from './deps';
import { requireLinked } from './linked';

const importBody = z.strictObject({
  network_service_config: name(255).optional().meta({ description: 'the id of one config; without it all of them' }),
  dry_run: z.boolean().default(false),
});

type Asked = z.output<typeof importBody>;

/** What an import does, in words: two of the same words are the same. */
const modeOf = ({ network_service_config, dry_run }: Asked): string =>
  `${dry_run ? 'dry run' : 'import'} of ${network_service_config === undefined ? 'all configs' : `config ${network_service_config}`}`;

/** The job that was started, or the running one when it does the same. Throws a 409 that names it. */
function jobOf(started: Started, mode: string | undefined, baseUrl: string): JobRow {
  if (started.started) return started.job;
  const { running, job } = started;
  if (job !== undefined && running.mode === mode) return job;
  const what = running.mode ?? 'something else';
  throw new Problem(
    'already-running',
    `${what} is running: job ${running.job_id ?? 'unknown'}; wait for it, or cancel it`,
    {
      members: job === undefined ? {} : { job: jobBody(job, baseUrl) },
    },
  );
}

/** Starts the reading of an exchange, or joins the running one. */
async function startRefresh(deps: IxapiDeps, exchange: number, baseUrl: string): Promise<JobRow> {
  const started = await startJobWorkflow(deps, {
    ...{ type: IXAPI_REFRESH_JOB, workflowId: ixapiRefreshWorkflowId(exchange), workflowType: 'ixapiRefresh' },
    ...{ input: { exchange, ...deps.ixapi }, object: `ixapi-${exchange}` },
  });
  return jobOf(started, undefined, baseUrl);
}

/** Starts an import of an exchange, or joins the same one that runs. */
async function startImport(
  deps: IxapiDeps,
  exchange: number,
  asked: Asked,
  { username, baseUrl }: { readonly username: string; readonly baseUrl: string },
): Promise<JobRow> {
  const mode = modeOf(asked);
  const started = await startJobWorkflow(deps, {
    ...{ type: IXAPI_IMPORT_JOB, workflowId: ixapiImportWorkflowId(exchange), workflowType: 'ixapiImport' },
    ...{ input: { exchange, ...asked, username, ...deps.ixapi }, mode, object: `ixapi-${exchange}` },
  });
  return jobOf(started, mode, baseUrl);
}

const job = { method: 'post', tags: ['ix-api'], scope: 'write', creates: true } as const;
const failures = {
  404: { description: 'There is no such internet exchange' },
  502: { description: 'With wait: the exchange failed' },
};

/** What is asked of an exchange: to read it again, and to make connections of what it has for us. */
export const createJobRoutes = (deps: IxapiDeps): Endpoint[] => [
  endpoint({
    ...{ ...job, path: `${EXCHANGE_IX_API}refresh/` },
    summary: 'Read again what the exchange shows through IX-API',
    request: { params: idParams, query: waitQuery, body: z.strictObject({}) },
    responses: {
      200: { description: 'With wait: the job, completed', schema: jobSchema },
      202: { description: 'The job, or the running one', schema: jobSchema },
      409: { description: 'The internet exchange is not linked to IX-API' },
      ...failures,
    },
    handler: async ({ params: { id }, query }, context) => {
      await requireLinked(deps.knex, id);
      return jobAnswer(deps, await startRefresh(deps, id, context.baseUrl), context, query.wait);
    },
  }),
  endpoint({
    ...{ ...job, path: `${EXCHANGE_IX_API}import/` },
    summary: 'Make connections of the configs that are ours at the exchange, or say what would be made',
    request: { params: idParams, query: waitQuery, body: importBody },
    responses: {
      200: {
        description: 'With wait: the job, completed; its result says what became of each config',
        schema: jobSchema,
      },
      202: { description: 'The job, or the running one that does the same', schema: jobSchema },
      409: { description: 'Another one is running, or the internet exchange is not linked to IX-API' },
      ...failures,
    },
    handler: async ({ params: { id }, query, body }, context) => {
      await requireLinked(deps.knex, id);
      const who = { username: context.actor?.name ?? '', baseUrl: context.baseUrl };
      return jobAnswer(deps, await startImport(deps, id, body, who), context, query.wait);
    },
  }),
];
