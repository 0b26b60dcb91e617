import { alertKey, newId, type Book } from './book';
import type { Alert, Incident, Service } from './model';
import type { Moves, Tell } from './moves';
import type { ValidEvent } from './validate';

/**
 * What became of an accepted event: a new incident (`opened`), a new alert in an open incident (`grouped`), a log entry
 * of an open alert (`appended`), a change of state, nothing as it was so already, or `dropped` for want of an open alert.
 */
export type Effect = 'opened' | 'grouped' | 'appended' | 'acknowledged' | 'resolved' | 'unchanged' | 'dropped';

export interface Applied {
  readonly effect: Effect;
  readonly incident_id: string | null;
}

type KeyedEvent = ValidEvent & { readonly dedup_key: string };
type Payload = NonNullable<ValidEvent['payload']>;
export type Apply = (event: KeyedEvent, service: Service) => Applied;

/** Does what an accepted event asks for (PagerDuty docs, Events API v2, "Event action" and "Alert de-duplication"). */
export function createApply(book: Book, moves: Moves, tell: Tell): Apply {
  const trigger = (event: KeyedEvent, service: Service, open: Alert | undefined): Applied => {
    const payload = event.payload!;
    if (open !== undefined) {
      note(book, open, payload);
      return { effect: 'appended', incident_id: open.incident_id };
    }
    const joined = service.grouping ? openIncidentOf(book, service) : undefined;
    const incident = joined ?? createIncident(book, event, service);
    const alert = createAlert(event, incident);
    note(book, alert, payload);
    addAlert(book, incident, alert);
    if (joined === undefined) {
      tell('incident.triggered', incident, null);
      moves.page(incident, 'triggered');
    }
    return { effect: joined === undefined ? 'opened' : 'grouped', incident_id: incident.id };
  };
  return (event, service) => {
    const open = book.open.get(alertKey(event.routing_key, event.dedup_key));
    if (event.event_action === 'trigger') return trigger(event, service, open);
    if (open === undefined) return { effect: 'dropped', incident_id: null };
    const incident_id = open.incident_id;
    if (event.event_action === 'resolve') {
      moves.resolveAlert(open, null);
      return { effect: 'resolved', incident_id };
    }
    const changed = moves.acknowledge(book.incidents.get(incident_id)!, null);
    return { effect: changed ? 'acknowledged' : 'unchanged', incident_id };
  };
}

/** A later trigger changes neither summary nor details (PagerDuty's support in prometheus/alertmanager#1587). */
function note(book: Book, alert: Alert, { summary, severity, custom_details }: Payload): void {
  alert.triggers += 1;
  alert.last_severity = severity;
  if (book.keep === 'all') alert.log.push({ at: Date.now(), summary, severity, custom_details });
}

function openIncidentOf(book: Book, service: Service): Incident | undefined {
  for (const { service_id, incident_id } of book.open.values())
    if (service_id === service.id) return book.incidents.get(incident_id);
  return undefined;
}

function createIncident(book: Book, event: KeyedEvent, service: Service): Incident {
  const incident: Incident = {
    id: newId(),
    number: (book.totals.incidents += 1),
    title: event.payload!.summary,
    service_id: service.id,
    // Incidents that group alerts have none (PagerDuty's REST schema, parameter incident_key).
    incident_key: service.grouping ? null : event.dedup_key,
    status: 'triggered',
    created_at: new Date().toISOString(),
    resolved_at: null,
    resolve_reason: null,
    escalations: 0,
    notes: [],
    alert_ids: [],
  };
  book.incidents.set(incident.id, incident);
  return incident;
}

function createAlert({ routing_key, dedup_key, payload }: KeyedEvent, incident: Incident): Alert {
  const { summary, source, severity, custom_details = null } = payload!;
  return {
    id: newId(),
    alert_key: dedup_key,
    routing_key,
    service_id: incident.service_id,
    incident_id: incident.id,
    status: 'triggered',
    severity,
    last_severity: severity,
    summary,
    source,
    custom_details,
    created_at: new Date().toISOString(),
    resolved_at: null,
    triggers: 0,
    log: [],
  };
}

function addAlert(book: Book, incident: Incident, alert: Alert): void {
  book.totals.alerts += 1;
  incident.alert_ids.push(alert.id);
  book.alerts.set(alert.id, alert);
  book.open.set(alertKey(alert.routing_key, alert.alert_key), alert);
}
