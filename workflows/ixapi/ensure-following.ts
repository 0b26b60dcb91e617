import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { getExternalWorkflowHandle, isCancellation, ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import { startsOn } from '../shared/job';
import { ixapiFollow } from './follow.workflow';
import { followSignal, ixapiFollowWorkflowId, type IxapiDurations, type IxapiFollowInput } from './messages';

/** Starts following the configs of an exchange that wait for addresses; false: they are followed already. */
export async function startFollowing(exchange: number, durations?: IxapiDurations): Promise<boolean> {
  const job_id = uuid4();
  const input: IxapiFollowInput = { job_id, exchange, ...(durations && { durations }) };
  try {
    await startChild(ixapiFollow, {
      workflowId: ixapiFollowWorkflowId(exchange),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      memo: { job_id },
      typedSearchAttributes: startsOn(`ixapi-${exchange}`),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Whether the workflow that follows an exchange's configs was told; false: it has just ended. */
async function tell(exchange: number): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(ixapiFollowWorkflowId(exchange)).signal(followSignal);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}

/** Starts following, or tells who follows that there is more. */
export async function ensureFollowing(exchange: number, durations?: IxapiDurations): Promise<void> {
  while (!(await startFollowing(exchange, durations)) && !(await tell(exchange)));
}
