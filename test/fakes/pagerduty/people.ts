import { alertsOf, newId, type Book } from './book';
import type { Alert, Incident } from './model';
import type { Moves, Tell } from './moves';
import { showIncidentReference, showUser } from './show';

/** An incident by its id, or the newest that has an alert of this key. */
export type Which = string | { readonly dedup_key: string; readonly routing_key?: string };

/**
 * What people do in PagerDuty. Each call throws if there is no such incident or its state does not allow it, and sends
 * webhooks if it does; without a user PagerDuty itself does it, as after a time-out.
 */
export interface FakePagerdutyPeople {
  readonly acknowledge: (which: Which, user?: string) => void;
  readonly unacknowledge: (which: Which, user?: string) => void;
  readonly resolve: (which: Which, user?: string) => void;
  readonly reopen: (which: Which, user?: string) => void;
  readonly annotate: (which: Which, content: string, user?: string) => void;
  readonly escalate: (which: Which, user?: string) => void;
  /** Moves the alerts of the second into the first and resolves the second. */
  readonly merge: (into: Which, from: Which, user?: string) => void;
}

export function createPeople(book: Book, moves: Moves, tell: Tell): FakePagerdutyPeople {
  const agentOf = (user?: string): ReturnType<typeof showUser> | null => (user === undefined ? null : showUser(user));
  const by =
    (move: 'acknowledge' | 'unacknowledge' | 'resolve' | 'reopen') =>
    (which: Which, user?: string): void => {
      const incident = find(book, which);
      if (!moves[move](incident, agentOf(user)))
        throw new Error(`cannot ${move} incident ${incident.id}, which is ${incident.status}`);
    };
  return {
    acknowledge: by('acknowledge'),
    unacknowledge: by('unacknowledge'),
    resolve: by('resolve'),
    reopen: by('reopen'),
    annotate: (which, content, user) => {
      const incident = find(book, which);
      incident.notes.push(content);
      // PagerDuty docs, Webhooks, "Event data types": the note, and not the incident.
      const reference = showIncidentReference(incident);
      const note = { incident: reference, id: newId(), content, trimmed: false, type: 'incident_note' };
      tell('incident.annotated', incident, agentOf(user), note);
    },
    escalate: (which, user) => {
      const incident = find(book, which);
      if (incident.status === 'resolved') throw new Error(`cannot escalate incident ${incident.id}, which is resolved`);
      incident.escalations += 1;
      tell('incident.escalated', incident, agentOf(user));
    },
    merge: (into, from, user) => {
      const [target, source] = [find(book, into), find(book, from)];
      if (target === source) throw new Error(`cannot merge incident ${target.id} into itself`);
      moveAlerts(book, target, source);
      const reason = { type: 'merge_resolve_reason', incident: showIncidentReference(target) };
      moves.resolve(source, agentOf(user), reason);
    },
  };
}

function moveAlerts(book: Book, target: Incident, source: Incident): void {
  for (const alert of alertsOf(book, source)) alert.incident_id = target.id;
  target.alert_ids.push(...source.alert_ids.splice(0));
  target.incident_key = null;
}

function find(book: Book, which: Which): Incident {
  const id = typeof which === 'string' ? which : newestAlert(book, which)?.incident_id;
  const incident = id === undefined ? undefined : book.incidents.get(id);
  if (incident === undefined) throw new Error(`there is no incident ${JSON.stringify(which)}`);
  return incident;
}

function newestAlert(book: Book, { dedup_key, routing_key }: Exclude<Which, string>): Alert | undefined {
  return [...book.alerts.values()].findLast(
    (alert) => alert.alert_key === dedup_key && (routing_key === undefined || alert.routing_key === routing_key),
  );
}
