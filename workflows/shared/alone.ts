import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, uuid4, type Workflow } from '@temporalio/workflow';
import { startsOn } from './job';

/** What a Schedule's small workflow starts. */
export interface Alone<I> {
  readonly workflowId: string;
  readonly object: string;
  /** The input, given the id of the job. */
  readonly input: (job_id: string) => I;
}

/**
 * What Schedules start: a Schedule appends the time to a workflow's id, and what it is for has one id, so that never two
 * run. Starts it and leaves it; or skips, while one runs.
 */
export async function startAlone<I>(
  workflow: ((input: I) => Promise<unknown>) & Workflow,
  { workflowId, object, input }: Alone<I>,
): Promise<{ readonly started: boolean }> {
  const job_id = uuid4();
  try {
    await startChild<(input: I) => Promise<unknown>>(workflow, {
      workflowId,
      args: [input(job_id)],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      memo: { job_id, mode: 'scheduled' },
      typedSearchAttributes: startsOn(object),
    });
    return { started: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { started: false };
    throw error;
  }
}
