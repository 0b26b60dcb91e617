import type { WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes, type SignalDefinition } from '@temporalio/common';
import { startsOn, TASK_QUEUE, type JobMemo } from '../shared/job';
import {
  heldSignal,
  hintSignal,
  netboxDeviceWorkflowId,
  NETBOX_FOLLOW_WORKFLOW_ID,
  NETBOX_GUARD_WORKFLOW_ID,
  type DeviceDurations,
  type DeviceHint,
  type NetboxDeviceInput,
  type NetboxFollowInput,
  type NetboxGuardInput,
} from './messages';

/** How the workflows of NetBox are started, by whoever has a client of Temporal's. */

/** The name of the workflow of a device. */
export const NETBOX_DEVICE_WORKFLOW = 'netboxDevice';

/** What a client of Temporal's is told: the workflow, and a signal for it. */
interface SignalWithStart<I, S extends unknown[]> {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: [I];
  readonly memo?: JobMemo;
  readonly signal: SignalDefinition<S>;
  readonly signalArgs: S;
  readonly typedSearchAttributes: TypedSearchAttributes;
}

/** The options of a `signalWithStart` that tells a device's workflow of a hint, and starts it if it does not run. */
export const hintOptions = (
  device_id: number,
  hint: DeviceHint,
  durations?: DeviceDurations,
): SignalWithStart<NetboxDeviceInput, [DeviceHint]> => ({
  workflowId: netboxDeviceWorkflowId(device_id),
  taskQueue: TASK_QUEUE,
  args: [{ device_id, ...(durations === undefined ? {} : { durations }) }],
  signal: hintSignal,
  signalArgs: [hint],
  typedSearchAttributes: new TypedSearchAttributes(startsOn(`netbox-device-${device_id}`)),
});

/** The name of the workflow that waits for a person. */
export const NETBOX_GUARD_WORKFLOW = 'netboxGuard';

/** The options of a `signalWithStart` that tells the guard's workflow that something is held back. */
export const guardOptions = (job_id: string): SignalWithStart<NetboxGuardInput, []> => ({
  workflowId: NETBOX_GUARD_WORKFLOW_ID,
  taskQueue: TASK_QUEUE,
  args: [{ job_id }],
  memo: { job_id },
  typedSearchAttributes: new TypedSearchAttributes(startsOn('netbox')),
  signal: heldSignal,
  signalArgs: [],
});

/** The name of the workflow that follows the change log. */
export const NETBOX_FOLLOW_WORKFLOW = 'netboxFollow';

/** The options that start following, unless it is followed. */
export const followOptions = (input: NetboxFollowInput = {}): WorkflowStartOptions => ({
  workflowId: NETBOX_FOLLOW_WORKFLOW_ID,
  taskQueue: TASK_QUEUE,
  args: [input],
  typedSearchAttributes: new TypedSearchAttributes(startsOn('netbox')),
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
});
