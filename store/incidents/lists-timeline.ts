import type { ListSource } from '../query/columns';

/** The entries of an event are all marked with it, also those of the alert that began with it. */
const ofEvent = (id: number): string => `t.event = ${id}`;

/** The first entry of an incident: what another one had of its alert before is none of its own. */
const earlier = (id: number): string => `
  SELECT max(o.id) FROM incident_timeline o WHERE o.alert = t.alert AND o.incident <> ${id}
    AND o.id < (SELECT min(m.id) FROM incident_timeline m WHERE m.incident = ${id})`;

/**
 * The entries of an incident, and those of the alert that it feeds, from before that was handed to it: what began as an
 * event is told from its beginning.
 */
const ofIncident = (id: number): string =>
  `t.incident = ${id} OR (t.incident IS NULL
    AND t.alert = ANY (ARRAY(SELECT f.id FROM pagerduty_alert f WHERE f.incident = ${id}))
    AND t.id > coalesce((${earlier(id)}), 0))`;

/** What happened to one event or incident, oldest first. What its workflow decides by is not shown. */
export const timelineOf = (of: 'event' | 'incident', id: number): ListSource => ({
  table: `(SELECT t.id, t.time, t.kind, t.action, t.actor, t.detail, t.answer, t.workflow_id, t.run_id, a.dedup_key AS alert
    FROM incident_timeline t LEFT JOIN pagerduty_alert a ON a.id = t.alert
    WHERE ${(of === 'event' ? ofEvent : ofIncident)(Math.trunc(id))}) AS timeline`,
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'time', kind: 'timestamp' },
    { name: 'kind', kind: 'text' },
    { name: 'action', kind: 'text' },
    { name: 'actor', kind: 'text' },
    { name: 'detail', kind: 'text' },
    { name: 'answer', kind: 'opaque' },
    { name: 'workflow_id', kind: 'text' },
    { name: 'run_id', kind: 'text' },
    { name: 'alert', kind: 'text' },
  ],
  search: ['action', 'actor', 'detail'],
  brief: ['id', 'time', 'action', 'detail'],
});
