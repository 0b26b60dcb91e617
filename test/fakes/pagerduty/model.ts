/** A service as it is given; each of its routing keys is an integration. */
export interface ServiceOptions {
  readonly name: string;
  readonly routingKeys: readonly string[];
  /** New alerts join the open incident of the service. */
  readonly grouping?: boolean;
}

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly routing_keys: readonly string[];
  readonly grouping: boolean;
}

/** What is remembered of one trigger of an alert. */
export interface Triggered {
  readonly at: number;
  readonly summary: string;
  readonly severity: string;
  readonly custom_details: unknown;
}

export interface Alert {
  readonly id: string;
  /** The dedup_key. */
  readonly alert_key: string;
  readonly routing_key: string;
  readonly service_id: string;
  incident_id: string;
  status: 'triggered' | 'resolved';
  /** Of the first trigger, as are the summary, the source and the details. */
  readonly severity: string;
  last_severity: string;
  readonly summary: string;
  readonly source: string;
  readonly custom_details: unknown;
  readonly created_at: string;
  resolved_at: string | null;
  /** How many triggers came while it was open. */
  triggers: number;
  /** The triggers, unless only counts are kept. */
  readonly log: Triggered[];
}

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';

export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly service_id: string;
  /** Null once alerts were grouped or merged into it. */
  incident_key: string | null;
  status: IncidentStatus;
  readonly created_at: string;
  resolved_at: string | null;
  resolve_reason: object | null;
  /** How often it was escalated. */
  escalations: number;
  readonly notes: string[];
  alert_ids: string[];
}

/** Somebody on call was notified. */
export interface Page {
  readonly at: number;
  readonly incident_id: string;
  readonly incident_key: string | null;
  readonly reason: 'triggered' | 'reopened';
}

/** Who did something; null where PagerDuty did it by itself or for an integration. */
export interface Agent {
  readonly id: string;
  readonly type: 'user_reference';
  readonly summary: string;
  readonly html_url: string;
  readonly self: string;
}

/** All of them, or only their numbers and the last thousand, so that memory stays bounded. */
export type Keep = 'all' | 'counts';
