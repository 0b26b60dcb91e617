import type { Context } from '@temporalio/activity';

/** The workflow that an activity works for, as a job's row names it. */
export function execution({ info }: Context): { workflow_id: string; run_id: string | null } {
  const { workflowExecution } = info;
  return { workflow_id: workflowExecution?.workflowId ?? '', run_id: workflowExecution?.runId ?? null };
}
