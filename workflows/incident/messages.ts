import { defineSignal } from '@temporalio/workflow';

/**
 * What the workflows of incidents promise. There is one for each alert: `incident-<id>`, `event-<dedup_id>` for an event
 * that pages alone, `alert-<dedup_key>` for what is about no record. The id is kept with the alert (`store/pagerduty/keys.ts`).
 */

/** The name of the workflow of an alert. */
export const INCIDENT_WORKFLOW = 'incident';

/** Something was written that the alert has to hear of. What it is stands in PostgreSQL. */
export const newsSignal = defineSignal('news');

/** Input of the workflow `incident`. */
export interface IncidentInput {
  readonly alert_id: number;
}

/** The workflow that waits until many events were sent. */
export const PAGERDUTY_BULK_WORKFLOW = 'pagerdutyBulk';

/** The workflow of one bulk. */
export const pagerdutyBulkWorkflowId = (job_id: string): string => `pagerduty-bulk-${job_id}`;

/** Input of the workflow `pagerdutyBulk`. What is to be sent stands in the job's row. */
export interface PagerdutyBulkInput {
  readonly job_id: string;
  /** Set where a run goes on with what another one began. */
  readonly asked?: boolean;
}

/** The workflow that asks PagerDuty which alerts a webhook is about. */
export const PAGERDUTY_LOOK_UP_WORKFLOW = 'pagerdutyLookUp';

/** The workflow of one webhook. */
export const pagerdutyLookUpWorkflowId = (webhook_id: string): string => `pagerduty-webhook-${webhook_id}`;

/** Durations in seconds. All have defaults (`patience.ts`); tests pass short ones. */
export interface PatienceDurations {
  /** The first wait while PagerDuty does not answer; each following one is twice as long, up to five minutes. */
  readonly backoff_seconds?: number;
  /** How long it is waited for, all together. */
  readonly patience_seconds?: number;
}

/** Input of the workflow `pagerdutyLookUp`. */
export interface PagerdutyLookUpInput {
  readonly webhook_id: string;
  readonly durations?: PatienceDurations;
}

/** The workflow that compares PagerDuty's incidents with ours, its id, and the type of its jobs. */
export const PAGERDUTY_CHECK_WORKFLOW = 'pagerdutyCheck';
export const PAGERDUTY_CHECK_WORKFLOW_ID = 'pagerduty-check';
export const PAGERDUTY_CHECK_JOB = 'pagerduty-check';

/** The id of the Schedule. */
export const PAGERDUTY_SCHEDULE_ID = 'pagerduty';

/** Input of the workflow `pagerdutyCheck`. */
export interface PagerdutyCheckInput {
  readonly job_id: string;
  readonly durations?: PatienceDurations;
}

/** Types of the failures that activities of PagerDuty throw. */
export const PAGERDUTY_FAILURES = {
  /** PAGERDUTY_ENABLED is false. */
  disabled: 'PAGERDUTY_DISABLED',
  /** Neither the settings nor the services have a routing key. */
  noKey: 'PAGERDUTY_NO_KEY',
  /** There is no such event, or no such incident. */
  unknownRecord: 'PAGERDUTY_UNKNOWN_RECORD',
  /** PagerDuty would not take such an event. */
  invalid: 'PAGERDUTY_INVALID',
  /** SECRET_KEY is not that which sealed a routing key. */
  sealed: 'PAGERDUTY_KEY_SEALED',
  /** Its REST API does not answer, or answers with an error of its own. */
  unavailable: 'PAGERDUTY_UNAVAILABLE',
  /** Its REST API wants fewer requests (429). */
  throttled: 'PAGERDUTY_THROTTLED',
  /** Its REST API refuses PAGERDUTY_API_TOKEN, or what was asked. */
  forbidden: 'PAGERDUTY_FORBIDDEN',
  /** What came is not what its REST API sends. */
  badAnswer: 'PAGERDUTY_BAD_ANSWER',
  /** PAGERDUTY_API_TOKEN is not set. */
  noToken: 'PAGERDUTY_NO_TOKEN',
} as const;

/** The failures that PagerDuty, or what lies before it, is the reason of. */
export const PAGERDUTY_UPSTREAM_FAILURES: readonly string[] = [
  PAGERDUTY_FAILURES.unavailable,
  PAGERDUTY_FAILURES.throttled,
  PAGERDUTY_FAILURES.forbidden,
  PAGERDUTY_FAILURES.badAnswer,
];
