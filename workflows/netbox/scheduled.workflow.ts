import { startAlone } from '../shared/alone';
import { NETBOX_RECONCILE_WORKFLOW_ID, type NetboxReconcileInput } from './messages';
import { netboxReconcile } from './reconcile.workflow';

/** What the Schedule starts: a reconciliation of all devices, unless one runs. */
export function netboxScheduled(): Promise<{ readonly started: boolean }> {
  const input = (job_id: string): NetboxReconcileInput => ({ job_id, mode: 'scheduled' });
  return startAlone(netboxReconcile, { workflowId: NETBOX_RECONCILE_WORKFLOW_ID, object: 'netbox', input });
}
