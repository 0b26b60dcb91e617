import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Knex } from 'knex';
import { ensureJob, findJob, isFinal, type JobRow } from '../../store/jobs';
import { startsOn, TASK_QUEUE, type JobMemo } from '../../workflows/shared/job';
import type { Temporal } from './client';

/** What starts a job. */
export interface JobStart {
  /** The type of the job, such as `peeringdb-sync`. */
  readonly type: string;
  readonly workflowId: string;
  /** The name of the workflow's function. */
  readonly workflowType: string;
  /** What the job is told, besides its `job_id`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Kept in the memo, so that whoever finds the workflow running knows what it does. */
  readonly mode?: string;
  /** What the workflow works on, for searches in Temporal UI. */
  readonly object: string;
}

/** A started job, or what its workflow's id is already taken by. */
export type Started =
  | { readonly started: true; readonly job: JobRow }
  | { readonly started: false; readonly running: Partial<JobMemo>; readonly job: JobRow | undefined };

export interface JobDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
}

/** How long a workflow may take to close after it has ended its job. */
const CLOSING_MS = 5_000;
const RETRY_MS = 50;

async function rowOf(knex: Knex, id: string): Promise<JobRow> {
  const row = await findJob(knex, id);
  if (!row) throw new Error(`job ${id} has no row`);
  return row;
}

async function tryStart({ knex, temporal }: JobDeps, start: JobStart): Promise<JobRow> {
  const id = randomUUID();
  const memo: JobMemo = { job_id: id, ...(start.mode === undefined ? {} : { mode: start.mode }) };
  const handle = await temporal.call((client) =>
    client.workflow.start(start.workflowType, {
      workflowId: start.workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ ...start.input, job_id: id }],
      memo,
      typedSearchAttributes: new TypedSearchAttributes(startsOn(start.object)),
      workflowIdConflictPolicy: 'FAIL',
    }),
  );
  // The workflow makes the row too, so that none is missing should this process end here.
  const job = {
    id,
    type: start.type,
    workflow_id: start.workflowId,
    run_id: handle.firstExecutionRunId,
    input: start.input,
  };
  await ensureJob(knex, job);
  return rowOf(knex, id);
}

/** What runs under the id that was asked for; nothing when it has ended, or is about to: its job is over already. */
async function findRunning({ knex, temporal }: JobDeps, start: JobStart): Promise<Started | undefined> {
  const { workflowId, workflowType, type } = start;
  const found = await temporal.call((client) => client.workflow.getHandle(workflowId).describe());
  if (found.status.name !== 'RUNNING') return undefined;
  const running = (found.memo ?? {}) as Partial<JobMemo>;
  const { job_id, mode } = running;
  if (job_id === undefined) return { started: false, running, job: undefined };
  // One that has only just begun may not have made its row yet.
  if (found.type === workflowType) {
    const input = mode === undefined ? {} : { mode };
    await ensureJob(knex, { id: job_id, type, workflow_id: workflowId, run_id: found.runId, input });
  }
  const job = await findJob(knex, job_id);
  return job !== undefined && isFinal(job.status) ? undefined : { started: false, running, job };
}

/** Starts a job, unless a workflow of its id is running: then says which. */
export async function startJobWorkflow(deps: JobDeps, start: JobStart): Promise<Started> {
  const deadline = performance.now() + CLOSING_MS;
  for (;;) {
    try {
      return { started: true, job: await tryStart(deps, start) };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || performance.now() > deadline) throw error;
    }
    try {
      const running = await findRunning(deps, start);
      if (running) return running;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    await sleep(RETRY_MS);
  }
}
