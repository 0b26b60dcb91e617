import type { ListColumn, ListSource } from '../query/columns';

/** Lists of events, incidents and what belongs to them. */

const TIMES: readonly ListColumn[] = [
  { name: 'created', kind: 'timestamp' },
  { name: 'last_updated', kind: 'timestamp' },
];

const ID: ListColumn = { name: 'id', kind: 'integer' };

/** As much of an alert as whoever looks at its record has to know. `a` is the alert. */
const ALERT = `jsonb_build_object('dedup_key', a.dedup_key, 'told', a.told, 'wanted', a.wanted, 'pending', a.pending,
  'dead', a.state->'dead', 'held', a.is_held, 'workflow_id', a.workflow_id)`;

/** Of several alerts, the one that PagerDuty holds or is about to (as `carrier.ts` has it). */
const LIVE = `(a.told IN ('triggered', 'acknowledged') OR a.pending > 0 OR a.wanted IN ('triggered', 'acknowledged'))`;

/** The open incident that carries the event `e`. */
const CARRIER = `(SELECT max(i.id) FROM incident_member m JOIN incident i ON i.id = m.incident
  WHERE m.event = e.id AND i.status NOT IN ('resolved', 'closed'))`;

export const EVENTS: ListSource = {
  table: 'incident_event AS e',
  columns: [
    ID,
    { name: 'message', kind: 'text' },
    { name: 'dedup_id', kind: 'text' },
    { name: 'status', kind: 'text' },
    { name: 'criticality', kind: 'text' },
    // The plugin's spelling.
    { name: 'criticallity', kind: 'text', expression: 'e.criticality' },
    { name: 'event_source', kind: 'integer' },
    { name: 'technical_service', kind: 'integer' },
    { name: 'target_type', kind: 'text' },
    { name: 'target', kind: 'text' },
    { name: 'raw', kind: 'opaque' },
    { name: 'is_valid', kind: 'boolean' },
    { name: 'incident', kind: 'integer', expression: CARRIER },
    {
      name: 'alert',
      kind: 'opaque',
      expression: `(SELECT ${ALERT} FROM pagerduty_alert a WHERE a.event = e.id OR a.incident = ${CARRIER}
        ORDER BY ${LIVE} DESC, (a.event = e.id) DESC NULLS LAST, a.id DESC LIMIT 1)`,
    },
    { name: 'occurred_at', kind: 'timestamp' },
    { name: 'last_seen_at', kind: 'timestamp' },
    { name: 'created_at', kind: 'timestamp' },
    { name: 'updated_at', kind: 'timestamp' },
  ],
  search: ['message', 'dedup_id', 'target'],
  brief: ['id', 'message', 'dedup_id', 'status', 'criticality'],
};

/** Ids of records that belong to the incident `i`: compared as a list of texts, as lists are, and shown as numbers. */
const members = (name: string, table: string, column: string): ListColumn => {
  const gathered = (value: string): string =>
    `(SELECT coalesce(jsonb_agg(${value} ORDER BY m.${column}), '[]') FROM ${table} m WHERE m.incident = i.id)`;
  return { name, kind: 'json', expression: gathered(`m.${column}::text`), shown: gathered(`m.${column}`) };
};

export const INCIDENTS: ListSource = {
  table: 'incident AS i',
  columns: [
    ID,
    { name: 'title', kind: 'text' },
    { name: 'description', kind: 'text' },
    { name: 'status', kind: 'text' },
    { name: 'severity', kind: 'text' },
    members('affected_services', 'incident_affected_service', 'service'),
    members('events', 'incident_member', 'event'),
    { name: 'responders', kind: 'json' },
    { name: 'reporter', kind: 'text' },
    { name: 'commander', kind: 'text' },
    { name: 'auto_created', kind: 'boolean' },
    {
      name: 'alert',
      kind: 'opaque',
      expression: `(SELECT ${ALERT} FROM pagerduty_alert a WHERE a.incident = i.id ORDER BY ${LIVE} DESC, a.id DESC LIMIT 1)`,
    },
    { name: 'detected_at', kind: 'timestamp' },
    { name: 'created_at', kind: 'timestamp' },
    { name: 'updated_at', kind: 'timestamp' },
    { name: 'resolved_at', kind: 'timestamp' },
  ],
  search: ['title', 'description', 'reporter', 'commander'],
  brief: ['id', 'title', 'status', 'severity'],
};

export const SOURCES: ListSource = {
  table: 'incident_source',
  columns: [ID, { name: 'name', kind: 'text' }, { name: 'description', kind: 'text' }, ...TIMES],
  search: ['name', 'description'],
  brief: ['id', 'name'],
};

export const SERVICES: ListSource = {
  table: 'incident_service',
  columns: [
    ID,
    { name: 'name', kind: 'text' },
    { name: 'service_type', kind: 'text' },
    { name: 'description', kind: 'text' },
    { name: 'has_routing_key', kind: 'boolean', expression: '(routing_key IS NOT NULL)' },
    { name: 'routing_key_version', kind: 'integer', expression: 'routing_key' },
    { name: 'hold_seconds', kind: 'integer' },
    { name: 'quiet_seconds', kind: 'integer' },
    ...TIMES,
  ],
  search: ['name', 'description'],
  brief: ['id', 'name', 'service_type'],
};

export const MAINTENANCES: ListSource = {
  table: 'incident_maintenance',
  columns: [
    ID,
    { name: 'description', kind: 'text' },
    { name: 'contact', kind: 'text' },
    { name: 'technical_service', kind: 'integer' },
    { name: 'status', kind: 'text' },
    { name: 'planned_start', kind: 'timestamp' },
    { name: 'planned_end', kind: 'timestamp' },
    ...TIMES,
  ],
  search: ['description', 'contact'],
  brief: ['id', 'description', 'status', 'planned_start', 'planned_end'],
};
