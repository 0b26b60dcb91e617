/** How bad things are, in the words of each side. */

/** PagerDuty's severities, the least first. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** What an event's criticality is in PagerDuty's words (the seed document's table, and the plugin's own three words). */
export const CRITICALITIES = {
  CRITICAL: 'critical',
  HIGH: 'error',
  MEDIUM: 'warning',
  WARNING: 'warning',
  LOW: 'info',
  INFO: 'info',
  OK: 'info',
} as const satisfies Readonly<Record<string, Severity>>;

export type Criticality = keyof typeof CRITICALITIES;

export const isCriticality = (word: string): word is Criticality => Object.hasOwn(CRITICALITIES, word);

/** What an incident's severity is in PagerDuty's words. */
export const INCIDENT_SEVERITIES = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
} as const satisfies Readonly<Record<string, Severity>>;

export type IncidentSeverity = keyof typeof INCIDENT_SEVERITIES;

/** The severity of an event as it is stored; a criticality that nobody knows counts as a warning. */
export const severityOf = (criticality: string): Severity =>
  isCriticality(criticality) ? CRITICALITIES[criticality] : 'warning';

/** How bad a severity is, as a number that grows. */
export const rankOf = (severity: Severity | null): number => (severity === null ? -1 : SEVERITIES.indexOf(severity));

/** The severity of an incident that an event of this criticality makes. */
export const incidentSeverityOf = (criticality: string): IncidentSeverity => {
  const severity = severityOf(criticality);
  return severity === 'critical'
    ? 'critical'
    : severity === 'error'
      ? 'high'
      : severity === 'warning'
        ? 'medium'
        : 'low';
};
