import { defineSignal } from '@temporalio/workflow';
import type { Layer } from '../../store/netbox/audit';

/** What the NetBox workflows promise: their ids, inputs and signals. */

/** The id of the workflow of a device. */
export const netboxDeviceWorkflowId = (deviceId: number): string => `netbox-device-${deviceId}`;

/** The workflow that waits for a person while the guard holds changes back, and the type of its job. */
export const NETBOX_GUARD_WORKFLOW_ID = 'netbox-guard';
export const NETBOX_GUARD_JOB = 'netbox-guard';

/** The workflow that compares devices with routers, or applies what was planned, and the type of its jobs. */
export const NETBOX_RECONCILE_WORKFLOW_ID = 'netbox-reconcile';
export const NETBOX_RECONCILE_JOB = 'netbox-reconcile';

/** The id of the Schedule, and the prefix of the small workflows that it starts. */
export const NETBOX_SCHEDULE_ID = 'netbox';

/** The workflow that follows NetBox's change log. */
export const NETBOX_FOLLOW_WORKFLOW_ID = 'netbox-follow';

/** Input of the workflow `netboxFollow`. */
export interface NetboxFollowInput {
  /** From the end of one look at the change log to the next. */
  readonly interval_seconds?: number;
}

/** That something may have happened to a device. What it is now, NetBox is asked. */
export interface DeviceHint {
  readonly layer: Layer;
  /** NetBox's request, where it is known: what was compared after it need not be read for it again. */
  readonly request_id?: string;
  /** Who did it in NetBox. */
  readonly username?: string;
}

/** Something may have happened to the device. */
export const hintSignal = defineSignal<[DeviceHint]>('hint');

/** The guard holds something back. */
export const heldSignal = defineSignal('held');

/** Durations in seconds. All have defaults (`device.workflow.ts`); tests pass short ones. */
export interface DeviceDurations {
  /** How long nothing more may be heard of a device before it is read. */
  readonly settle_seconds?: number;
  /** After how long it is read although more is heard. */
  readonly settle_at_most_seconds?: number;
  /** The first wait while NetBox does not answer; each following one is twice as long, up to five minutes. */
  readonly backoff_seconds?: number;
}

/** Input of the workflow `netboxDevice`. */
export interface NetboxDeviceInput {
  readonly device_id: number;
  readonly durations?: DeviceDurations;
  /** What was heard and not looked at yet when the workflow continued as new. */
  readonly hints?: readonly DeviceHint[];
  /** When the router has to be looked at again by itself (ISO 8601). */
  readonly check_at?: string;
}

/** Input of the workflow `netboxGuard`. */
export interface NetboxGuardInput {
  readonly job_id: string;
}

/** What a reconciliation does: it plans; it plans and applies that; it applies what was planned. */
export type NetboxReconcileInput = { readonly job_id: string; readonly durations?: ReconcileDurations } & (
  | { readonly mode: 'plan' | 'plan-and-apply' | 'scheduled'; readonly device_ids?: readonly number[] }
  | { readonly mode: 'apply'; readonly plan: string; readonly strict: boolean }
);

/** Durations in seconds. All have defaults; tests pass short ones. */
export interface ReconcileDurations {
  /** The first wait while NetBox does not answer; each following one is twice as long, up to five minutes. */
  readonly backoff_seconds?: number;
  /** How long NetBox is waited for, all together. */
  readonly patience_seconds?: number;
}

/** `type`s of the failures of these workflows. */
export const NETBOX_FAILURES = {
  unavailable: 'NETBOX_UNAVAILABLE',
  forbidden: 'NETBOX_FORBIDDEN',
  badAnswer: 'NETBOX_BAD_ANSWER',
  badRequest: 'NETBOX_BAD_REQUEST',
  emptyList: 'NETBOX_EMPTY_LIST',
  stalePlan: 'NETBOX_STALE_PLAN',
} as const;

/** The failures that NetBox, or what lies before it, is the reason of. */
export const NETBOX_UPSTREAM_FAILURES: readonly string[] = [
  NETBOX_FAILURES.unavailable,
  NETBOX_FAILURES.forbidden,
  NETBOX_FAILURES.badAnswer,
  NETBOX_FAILURES.badRequest,
  NETBOX_FAILURES.emptyList,
];
