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

/** Types of the failures that activities of PagerDuty throw. */
export const PAGERDUTY_FAILURES = {
  /** SECRET_KEY is not that which sealed a routing key. */
  sealed: 'PAGERDUTY_KEY_SEALED',
} as const;
