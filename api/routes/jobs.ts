import { z } from 'zod';
import { findJob, isFinal, type JobRow } from '../../store/jobs';
import { JOBS } from '../../store/lists';
import { listRecords } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import { confirmSignal, progressQuery, type JobProgress } from '../../workflows/shared/job';
import { endpoint, type Context, type Endpoint } from '../http/endpoint';
import { accepted, jobBody, jobSchema } from '../http/job-answer';
import { listParameters, pageAnswer } from '../http/list';
import { uuidParams } from '../http/schemas';
import { pageOf } from '../openapi';
import { notFound, Problem } from '../problem';
import type { JobDeps } from '../temporal/jobs';
import { currentJob, isKeptElsewhere, refreshOpenJobs } from '../temporal/job-state';

const TAGS = ['core'];
const PATH = '/api/core/jobs/';
/** Why what was asked to be sent is not taken back. */
const STAYS = 'what PagerDuty is to be told goes out in order with the rest of its alert';

async function jobOf(deps: JobDeps, id: string, { now }: Context): Promise<JobRow> {
  const job = await findJob(deps.knex, id.toLowerCase());
  if (!job) throw notFound('job', id);
  return currentJob(deps, job, now);
}

async function openJobOf(deps: JobDeps, id: string, context: Context): Promise<JobRow> {
  const job = await jobOf(deps, id, context);
  if (isFinal(job.status)) throw new Problem('job-finished', `the job ${job.id} is over: it is ${job.status}`);
  return job;
}

/** Adds the members that are no columns to a row of the list, unless they were not asked for. */
function shownRow(row: Readonly<Record<string, unknown>>, { baseUrl }: Context): Record<string, unknown> {
  const { id, result, error, ...rest } = row;
  return {
    ...(typeof id === 'string' ? { id, url: `${baseUrl}${PATH}${id}/` } : {}),
    ...rest,
    ...(result === null || result === undefined ? {} : { result }),
    ...(error === null || error === undefined ? {} : { error }),
  };
}

function listJobs(deps: JobDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: PATH,
    summary: 'Jobs, the newest first',
    tags: TAGS,
    scope: 'read',
    listParameters: listParameters(JOBS),
    responses: { 200: { description: 'Jobs', schema: pageOf(jobSchema) } },
    handler: async (_input, context) => {
      const request = parseListRequest(JOBS, context.query);
      await refreshOpenJobs(deps, context.now);
      const { count, rows } = await listRecords(deps.knex, JOBS, request);
      return pageAnswer(context, JOBS, request, { count, rows: rows.map((row) => shownRow(row, context)) });
    },
  });
}

function cancelJob(deps: JobDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: `${PATH}{id}/cancel/`,
    summary: 'Cancel a job; what it has published before stays',
    tags: TAGS,
    scope: 'write',
    request: { params: uuidParams, body: z.strictObject({}) },
    responses: {
      202: { description: 'It is told to stop', schema: jobSchema },
      409: { description: 'It is over, or cannot be taken back' },
    },
    handler: async ({ params }, context) => {
      const job = await openJobOf(deps, params.id, context);
      if (isKeptElsewhere(job)) throw new Problem('conflict', `the job ${job.id} cannot be canceled: ${STAYS}`);
      await deps.temporal.call((client) =>
        client.workflow.getHandle(job.workflow_id, job.run_id ?? undefined).cancel(),
      );
      return accepted(job, context);
    },
  });
}

/** How far the job's workflow is right now, as it says itself. */
const progressOf = ({ temporal }: JobDeps, job: JobRow): Promise<JobProgress> =>
  temporal.call((client) => client.workflow.getHandle(job.workflow_id).query(progressQuery));

function confirmJob(deps: JobDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: `${PATH}{id}/confirm/`,
    summary: 'Let a job go on that waits for a person',
    tags: TAGS,
    scope: 'write',
    request: { params: uuidParams, body: z.strictObject({}) },
    responses: { 202: { description: 'It goes on', schema: jobSchema }, 409: { description: 'It waits for nobody' } },
    handler: async ({ params }, context) => {
      const job = await openJobOf(deps, params.id, context);
      const { confirmable = false } = isKeptElsewhere(job) ? {} : await progressOf(deps, job);
      if (!confirmable) throw new Problem('job-not-waiting', `the job ${job.id} does not wait for a person`);
      await deps.temporal.call((client) => client.workflow.getHandle(job.workflow_id).signal(confirmSignal));
      return accepted(job, context);
    },
  });
}

/** Long work: what it is, how far it is, and how to stop it. */
export function createJobRoutes(deps: JobDeps): Endpoint[] {
  return [
    listJobs(deps),
    endpoint({
      method: 'get',
      path: `${PATH}{id}/`,
      summary: 'One job',
      tags: TAGS,
      scope: 'read',
      request: { params: uuidParams },
      responses: { 200: { description: 'The job as it is now', schema: jobSchema } },
      handler: async ({ params }, context) => ({
        body: jobBody(await jobOf(deps, params.id, context), context.baseUrl),
      }),
    }),
    cancelJob(deps),
    confirmJob(deps),
  ];
}
