import type { Advance } from '../../store/incidents/advance';

/** What comes of advancing an alert: what its workflow does next. Waits are in milliseconds from now. */
export type AdvanceResult =
  | Exclude<Advance, { readonly next: 'wait' }>
  | { readonly next: 'wait'; readonly wait_ms: number; readonly reason: string };

/** What the workflows of incidents ask of their activities. Each may be repeated. */
export interface IncidentActivities {
  /** Lets an alert hear what is new, and makes one attempt of what is to be sent, if there is a slot for it. */
  advanceAlert(input: { readonly alert_id: number }): Promise<AdvanceResult>;
}
