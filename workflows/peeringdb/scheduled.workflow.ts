import { startAlone } from '../shared/alone';
import { PEERINGDB_SYNC_WORKFLOW_ID, type PeeringdbScheduledInput, type PeeringdbSyncInput } from './messages';
import { peeringdbSync } from './sync.workflow';

/** What the Schedule starts: a synchronisation, unless one runs. */
export function peeringdbScheduled({ durations }: PeeringdbScheduledInput): Promise<{ readonly started: boolean }> {
  const input = (job_id: string): PeeringdbSyncInput => ({
    ...{ job_id, mode: 'scheduled' },
    ...(durations ? { durations } : {}),
  });
  return startAlone(peeringdbSync, { workflowId: PEERINGDB_SYNC_WORKFLOW_ID, object: 'peeringdb', input });
}
