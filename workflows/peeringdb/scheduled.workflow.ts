import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import { startsOn } from '../shared/job';
import { PEERINGDB_SYNC_WORKFLOW_ID, type PeeringdbScheduledInput, type PeeringdbSyncInput } from './messages';
import { peeringdbSync } from './sync.workflow';

/**
 * What the Schedule starts: a Schedule appends the time to a workflow's id, and a synchronisation has one id, so that
 * never two run. Starts the synchronisation and leaves it; or skips, while one runs.
 */
export async function peeringdbScheduled({
  durations,
}: PeeringdbScheduledInput): Promise<{ readonly started: boolean }> {
  const job_id = uuid4();
  const input: PeeringdbSyncInput = { job_id, mode: 'scheduled', ...(durations ? { durations } : {}) };
  try {
    await startChild(peeringdbSync, {
      workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      memo: { job_id, mode: 'scheduled' },
      typedSearchAttributes: startsOn('peeringdb'),
    });
    return { started: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { started: false };
    throw error;
  }
}
