import { randomUUID } from 'node:crypto';
import { TypedSearchAttributes } from '@temporalio/common';
import { BULK_JOB, type BulkInput } from '../../store/pagerduty/bulk';
import { ensureJob, findJob, finishJob, type JobRow } from '../../store/jobs';
import {
  PAGERDUTY_BULK_WORKFLOW,
  pagerdutyBulkWorkflowId,
  type PagerdutyBulkInput,
} from '../../workflows/incident/messages';
import { startsOn, TASK_QUEUE, type JobMemo } from '../../workflows/shared/job';
import type { JobDeps } from './jobs';

/**
 * Starts the sending of many events. What is to be sent is kept before: the workflow is told the id of the job alone. One
 * that Temporal may have started although it did not say so finds its job over, and does nothing.
 */
export async function startBulk(deps: JobDeps, input: BulkInput, now: Date): Promise<JobRow> {
  const { knex, temporal } = deps;
  const id = randomUUID();
  const workflowId = pagerdutyBulkWorkflowId(id);
  const job = { id, type: BULK_JOB, workflow_id: workflowId, input };
  const memo: JobMemo = { job_id: id };
  const told: PagerdutyBulkInput = { job_id: id };
  await ensureJob(knex, job);
  try {
    const handle = await temporal.call((client) =>
      client.workflow.start(PAGERDUTY_BULK_WORKFLOW, {
        ...{ workflowId, memo, taskQueue: TASK_QUEUE, args: [told], workflowIdConflictPolicy: 'FAIL' },
        typedSearchAttributes: new TypedSearchAttributes(startsOn('pagerduty')),
      }),
    );
    await ensureJob(knex, { ...job, run_id: handle.firstExecutionRunId });
  } catch (error) {
    const message = 'it could not be started: Temporal did not take it';
    await finishJob(knex, id, { status: 'failed', error: { type: 'NOT_STARTED', message } }, now);
    throw error;
  }
  const row = await findJob(knex, id);
  if (!row) throw new Error(`job ${id} has no row`);
  return row;
}
