import { alertKey, alertsOf, forget, remember, type Book } from './book';
import type { Agent, Alert, Incident, Page } from './model';

export type EventType =
  | 'incident.triggered'
  | 'incident.acknowledged'
  | 'incident.unacknowledged'
  | 'incident.resolved'
  | 'incident.reopened'
  | 'incident.annotated'
  | 'incident.escalated';

/** Tells the subscribers what happened to an incident; `data` where it is not the incident itself. */
export type Tell = (type: EventType, incident: Incident, agent: Agent | null, data?: object) => void;

/** What can happen to an incident; each says whether it changed anything. */
export interface Moves {
  readonly page: (incident: Incident, reason: Page['reason']) => void;
  readonly acknowledge: (incident: Incident, agent: Agent | null) => boolean;
  readonly unacknowledge: (incident: Incident, agent: Agent | null) => boolean;
  /** With all its alerts. */
  readonly resolve: (incident: Incident, agent: Agent | null, reason?: object) => boolean;
  readonly resolveAlert: (alert: Alert, agent: Agent | null) => void;
  /** With those alerts whose key has no other open alert by now; that alerts reopen is unverified. */
  readonly reopen: (incident: Incident, agent: Agent | null) => boolean;
}

export function createMoves(book: Book, tell: Tell): Moves {
  const page = (incident: Incident, reason: Page['reason']): void => {
    book.totals.pages += 1;
    const { id: incident_id, incident_key } = incident;
    remember(book.pages, { at: Date.now(), incident_id, incident_key, reason }, book.keep);
  };
  const move = (from: Incident['status'], to: Incident['status'], type: EventType): Moves['acknowledge'] => {
    return (incident, agent) => {
      if (incident.status !== from) return false;
      incident.status = to;
      tell(type, incident, agent);
      return true;
    };
  };
  const resolve: Moves['resolve'] = (incident, agent, reason) => {
    if (incident.status === 'resolved') return false;
    for (const alert of alertsOf(book, incident)) close(book, alert);
    Object.assign(incident, { status: 'resolved', resolved_at: now(), resolve_reason: reason ?? null });
    tell('incident.resolved', incident, agent);
    forget(book, incident);
    return true;
  };
  return {
    page,
    acknowledge: move('triggered', 'acknowledged', 'incident.acknowledged'),
    unacknowledge: move('acknowledged', 'triggered', 'incident.unacknowledged'),
    resolve,
    resolveAlert: (alert, agent) => {
      close(book, alert);
      const incident = book.incidents.get(alert.incident_id)!;
      if (alertsOf(book, incident).every(({ status }) => status === 'resolved')) resolve(incident, agent);
    },
    reopen: (incident, agent) => {
      if (incident.status !== 'resolved') return false;
      Object.assign(incident, { status: 'triggered', resolved_at: null, resolve_reason: null });
      for (const alert of alertsOf(book, incident)) reopenAlert(book, alert);
      tell('incident.reopened', incident, agent);
      page(incident, 'reopened');
      return true;
    },
  };
}

function close(book: Book, alert: Alert): void {
  if (alert.status === 'resolved') return;
  Object.assign(alert, { status: 'resolved', resolved_at: now() });
  book.open.delete(alertKey(alert.routing_key, alert.alert_key));
}

function reopenAlert(book: Book, alert: Alert): void {
  const key = alertKey(alert.routing_key, alert.alert_key);
  if (book.open.has(key)) return;
  Object.assign(alert, { status: 'triggered', resolved_at: null });
  book.open.set(key, alert);
}

const now = (): string => new Date().toISOString();
