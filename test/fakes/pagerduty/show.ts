import { createHash } from 'node:crypto';
import type { Agent, Alert, Incident, Service } from './model';

/** Where PagerDuty says that things are; links only. */
const API = 'https://api.pagerduty.com';
const SITE = 'https://fake.pagerduty.com';

export interface Reference {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
  readonly self: string;
  readonly html_url: string;
}

const places = (kind: string, id: string): { self: string; html_url: string } => ({
  self: `${API}/${kind}/${id}`,
  html_url: `${SITE}/${kind}/${id}`,
});

export function showServiceReference({ id, name }: Service): Reference {
  return { id, type: 'service_reference', summary: name, ...places('services', id) };
}

export function showIncidentReference({ id, title }: Incident): Reference {
  return { id, type: 'incident_reference', summary: title, ...places('incidents', id) };
}

const POLICY: Reference = {
  id: 'PFAKEPOL',
  type: 'escalation_policy_reference',
  summary: 'Default',
  ...places('escalation_policies', 'PFAKEPOL'),
};

/** A user of that name; the same name is the same user. */
export function showUser(name: string): Agent {
  const id = `P${createHash('sha256').update(name).digest('hex').toUpperCase().slice(0, 6)}`;
  return { id, type: 'user_reference', summary: name, ...places('users', id) };
}

/** An incident in a webhook (PagerDuty docs, Webhooks, "Event data types": incident). */
export function showInWebhook(incident: Incident, service: Service): object {
  return {
    id: incident.id,
    type: 'incident',
    ...places('incidents', incident.id),
    number: incident.number,
    status: incident.status,
    incident_key: incident.incident_key,
    created_at: incident.created_at,
    title: incident.title,
    service: showServiceReference(service),
    assignees: [],
    escalation_policy: POLICY,
    teams: [],
    priority: null,
    urgency: 'high',
    conference_bridge: null,
    resolve_reason: incident.resolve_reason,
  };
}

/** An incident in an answer of the REST API. */
export function showInRest(incident: Incident, service: Service, alerts: readonly Alert[]): object {
  const triggered = alerts.filter(({ status }) => status === 'triggered').length;
  return {
    id: incident.id,
    type: 'incident',
    summary: `[#${incident.number}] ${incident.title}`,
    ...places('incidents', incident.id),
    incident_number: incident.number,
    title: incident.title,
    status: incident.status,
    incident_key: incident.incident_key,
    created_at: incident.created_at,
    resolved_at: incident.resolved_at,
    service: showServiceReference(service),
    escalation_policy: POLICY,
    assignments: [],
    acknowledgements: [],
    teams: [],
    priority: null,
    urgency: 'high',
    resolve_reason: incident.resolve_reason,
    alert_counts: { all: alerts.length, triggered, resolved: alerts.length - triggered },
  };
}

export function showAlert(alert: Alert, incident: Incident, service: Service): object {
  return {
    id: alert.id,
    type: 'alert',
    summary: alert.summary,
    ...places('alerts', alert.id),
    status: alert.status,
    alert_key: alert.alert_key,
    severity: alert.severity,
    created_at: alert.created_at,
    incident: showIncidentReference(incident),
    service: showServiceReference(service),
    suppressed: false,
    body: { type: 'alert_body', details: alert.custom_details },
  };
}

export function showService(service: Service): object {
  return { ...showServiceReference(service), type: 'service', name: service.name, status: 'active', teams: [] };
}
