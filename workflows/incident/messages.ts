import { defineSignal } from '@temporalio/workflow';

/**
 * What the workflows of incidents promise. There is one for each alert: `incident-<id>`, `event-<dedup_id>` for an event
 * that pages alone, `alert-<dedup_key>` for what is about no record. The id is kept with the alert (`store/incidents/keys.ts`).
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
} as const;
