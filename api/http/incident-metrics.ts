import type { Counted, IncidentMeasurements } from '../../store/pagerduty/metrics';
import { plain, type Metric } from './metric';

type Counts = 'sends' | 'taken' | 'budgets' | 'alerts' | 'incidents' | 'webhooks';
type Numbers = Exclude<keyof IncidentMeasurements, Counts>;

/** A gauge with one label. */
const labelled = (name: string, label: string, field: Counts, help: string): Metric => ({
  name,
  help,
  labelNames: [label],
  values: ({ incidents }) =>
    incidents[field].map(({ of, count }: Counted) => ({ labels: { [label]: of }, value: count })),
});

const single = (name: string, field: Numbers, help: string): Metric => ({
  name,
  help,
  labelNames: [],
  values: ({ incidents }) => plain(incidents[field]),
});

/** What is measured of incidents, and of how far PagerDuty knows of them. */
export const INCIDENT_METRICS: readonly Metric[] = [
  labelled(
    'crossconnect_incidents_open',
    'severity',
    'incidents',
    'Incidents that are neither resolved nor closed, by severity.',
  ),
  single('crossconnect_incidents_triggered_events', 'events', 'Events that are triggered.'),
  labelled(
    'crossconnect_pagerduty_alerts',
    'phase',
    'alerts',
    'Alerts that PagerDuty has open as far as it was told, by phase.',
  ),
  single('crossconnect_pagerduty_pending_sends', 'pending', 'Sends that are to be made, also those behind others.'),
  single(
    'crossconnect_pagerduty_oldest_waiting_seconds',
    'oldest_waiting',
    'Seconds since the send that waits longest was wanted; absent while nothing waits.',
  ),
  labelled(
    'crossconnect_pagerduty_sends',
    'state',
    'sends',
    'Sends that were begun and are not over, by state; dead: PagerDuty refused them for good.',
  ),
  labelled('crossconnect_pagerduty_taken_sends', 'action', 'taken', 'Sends on record that PagerDuty took, by action.'),
  single(
    'crossconnect_pagerduty_held_alerts',
    'held',
    'Alerts whose sends maintenance or a missing routing key holds back.',
  ),
  labelled(
    'crossconnect_pagerduty_budget_used',
    'routing_key',
    'budgets',
    'Requests of the last minute, by the version of the routing key.',
  ),
  labelled('crossconnect_pagerduty_webhooks', 'outcome', 'webhooks', 'Webhooks of PagerDuty on record, by outcome.'),
  single(
    'crossconnect_pagerduty_refused_webhooks',
    'refused_webhooks',
    'Webhooks whose signature fitted none of our secrets, ever.',
  ),
  single(
    'crossconnect_pagerduty_differences',
    'differences',
    'Alerts of which PagerDuty had something else than it was told when it was last asked.',
  ),
  single('crossconnect_pagerduty_untold_alerts', 'untold', 'Alerts whose workflows were not told of the latest yet.'),
  single(
    'crossconnect_pagerduty_untold_age_seconds',
    'untold_age',
    'Seconds since the oldest of that was written; absent while all were told.',
  ),
];
