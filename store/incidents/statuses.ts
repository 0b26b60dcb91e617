import type { Fact } from '../pagerduty/facts';
import { INCIDENT_SEVERITIES, rankOf, type IncidentSeverity } from '../pagerduty/severity';

/** What events and incidents can be, and what PagerDuty is told of it (the seed document's flows). */

export const EVENT_STATUSES = ['triggered', 'ok', 'suppressed'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

export const INCIDENT_STATUSES = [
  'new',
  'acknowledged',
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** Statuses for which the problem is over: PagerDuty is told to resolve. */
export const isOver = (status: IncidentStatus): boolean =>
  status === 'monitoring' || status === 'resolved' || status === 'closed';

/** Statuses of which nothing further is expected: such an incident takes no events, and can be deleted. */
export const isClosed = (status: IncidentStatus): boolean => status === 'resolved' || status === 'closed';

/** As much of an incident as PagerDuty is told of. */
export interface Situation {
  readonly status: IncidentStatus;
  readonly severity: IncidentSeverity;
}

const isWorse = (before: Situation, after: Situation): boolean =>
  rankOf(INCIDENT_SEVERITIES[after.severity]) > rankOf(INCIDENT_SEVERITIES[before.severity]);

/** What a change of an incident is to its alert: nothing, or facts in order. `before` is undefined for a new one. */
export function factsOfIncident(before: Situation | undefined, after: Situation, now: Date): readonly Fact[] {
  const at = now.toISOString();
  const cause = before === undefined ? 'incident-created' : 'incident-changed';
  const severity = INCIDENT_SEVERITIES[after.severity];
  const isAcknowledged = after.status === 'acknowledged' && before?.status !== 'acknowledged';
  const facts: Fact[] = [];
  if (isOver(after.status)) {
    if (before !== undefined && !isOver(before.status)) facts.push({ fact: 'cleared', cause, at });
    return facts;
  }
  if (before === undefined || isOver(before.status) || isWorse(before, after))
    facts.push({ fact: 'fired', severity, cause, at });
  if (isAcknowledged) facts.push({ fact: 'acknowledged', cause: 'incident-changed', at });
  return facts;
}
