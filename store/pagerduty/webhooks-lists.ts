import type { ListSource } from '../query/columns';

/** Lists of what PagerDuty told, and of where it differs. */

export const WEBHOOKS: ListSource = {
  table: 'pagerduty_webhook',
  columns: [
    { name: 'id', kind: 'text' },
    { name: 'received', kind: 'timestamp' },
    { name: 'occurred_at', kind: 'timestamp' },
    { name: 'event_type', kind: 'text' },
    { name: 'outcome', kind: 'text' },
    { name: 'reason', kind: 'text' },
    { name: 'agent', kind: 'text' },
    { name: 'pagerduty_incident', kind: 'text' },
    { name: 'incident_key', kind: 'text' },
    {
      name: 'alerts',
      kind: 'opaque',
      shown: `to_jsonb(ARRAY(SELECT a.dedup_key FROM pagerduty_alert a WHERE a.id = ANY(pagerduty_webhook.alerts) ORDER BY a.id))`,
    },
  ],
  search: ['id', 'event_type', 'agent', 'pagerduty_incident', 'incident_key'],
  brief: ['id', 'received', 'event_type', 'outcome'],
  ordering: '-received',
};

export const DIFFERENCES: ListSource = {
  table: `(SELECT d.alert AS id, a.dedup_key, a.event, a.incident, d.ours, d.theirs, d.pagerduty_incident, d.first_seen,
    d.last_seen FROM pagerduty_difference d JOIN pagerduty_alert a ON a.id = d.alert) AS differences`,
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'dedup_key', kind: 'text' },
    { name: 'event', kind: 'integer' },
    { name: 'incident', kind: 'integer' },
    { name: 'ours', kind: 'text' },
    { name: 'theirs', kind: 'text' },
    { name: 'pagerduty_incident', kind: 'text' },
    { name: 'first_seen', kind: 'timestamp' },
    { name: 'last_seen', kind: 'timestamp' },
  ],
  search: ['dedup_key', 'pagerduty_incident'],
  brief: ['id', 'dedup_key', 'ours', 'theirs'],
  ordering: 'first_seen',
};
