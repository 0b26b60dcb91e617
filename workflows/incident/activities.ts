import type { Advance } from '../../store/pagerduty/advance';
import type { Action } from '../../store/pagerduty/facts';
import type { Severity } from '../../store/pagerduty/severity';
import type { JobEnding } from '../shared/ending';

/** What comes of advancing an alert: what its workflow does next. Waits are in milliseconds from now. */
export type AdvanceResult =
  | Exclude<Advance, { readonly next: 'wait' }>
  | { readonly next: 'wait'; readonly wait_ms: number; readonly reason: string };

/** What the workflows of incidents ask of their activities. Each may be repeated. */
export interface IncidentActivities {
  /** Lets an alert hear what is new, and makes one attempt of what is to be sent, if there is a slot for it. */
  advanceAlert(input: { readonly alert_id: number }): Promise<AdvanceResult>;
}

/** What the workflow of a bulk asks of its activities. Each may be repeated. */
export interface BulkActivities {
  /** Asks for all events of a bulk, each once. `over`: the job had ended before, and nothing is asked. */
  askForBulk(input: { readonly job_id: string }): Promise<{ readonly over: boolean }>;
  /** How many events there are, and how many have no outcome yet. */
  countBulk(input: { readonly job_id: string }): Promise<{ readonly total: number; readonly open: number }>;
  closeBulk(input: { readonly job_id: string; readonly ending: JobEnding<object> }): Promise<void>;
}

/** A trigger that is about no record. Without a dedup key one is made. */
export interface TriggerInput {
  readonly summary: string;
  readonly severity: Severity;
  readonly source: string;
  readonly dedup_key?: string;
  readonly component?: string;
  readonly group?: string;
  readonly class?: string;
  readonly custom_details?: Readonly<Record<string, unknown>>;
}

/** What was queued: under which dedup key, and the job that says what came of it. */
export interface QueuedSend {
  readonly dedup_key: string;
  readonly job_id: string;
}

/**
 * The client for other workflows: what is asked for is queued, and goes out in order with whatever else is sent under the
 * same dedup key. A repeated activity asks once.
 */
export interface PagerdutyClientActivities {
  pagerdutyTrigger(input: TriggerInput): Promise<QueuedSend>;
  pagerdutyAcknowledge(input: { readonly dedup_key: string }): Promise<QueuedSend>;
  pagerdutyResolve(input: { readonly dedup_key: string }): Promise<QueuedSend>;
  pagerdutySendEvent(input: { readonly event_id: number }): Promise<QueuedSend>;
  pagerdutySendIncident(input: { readonly incident_id: number; readonly action?: Action }): Promise<QueuedSend>;
}

/** What a look-up asks of its activities. Each may be repeated. */
export interface LookUpActivities {
  /** Asks PagerDuty which alerts a webhook is about, and tells ours. */
  lookUpWebhook(input: { readonly webhook_id: string }): Promise<void>;
  /** Nobody asks any more. */
  giveUpLookUp(input: { readonly webhook_id: string; readonly reason: string }): Promise<void>;
}

/** How far a check is. */
export interface CheckProgress {
  /** When it began, by the worker's clock (ISO 8601). */
  readonly started: string;
  /** The last alert that was compared. */
  readonly after: number;
  readonly compared: number;
  readonly differing: number;
}

/** What a check asks of its activities. Each may be repeated. */
export interface CheckActivities {
  beginCheck(input: { readonly job_id: string }): Promise<CheckProgress>;
  /** Compares some alerts with PagerDuty and keeps what differs. `done`: these were the last ones. */
  compareAlerts(input: CheckProgress): Promise<{ readonly progress: CheckProgress; readonly done: boolean }>;
  /** Lets go of differences that are none any more. */
  endCheck(input: CheckProgress): Promise<void>;
}
