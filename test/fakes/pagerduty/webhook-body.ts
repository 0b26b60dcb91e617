import { randomUUID } from 'node:crypto';
import type { Agent, Incident, Service } from './model';
import { showInWebhook } from './show';

/** What happened, as subscribers are told (PagerDuty docs, Webhooks, "Webhook payload"). */
export interface Happening {
  readonly type: string;
  readonly incident: Incident;
  readonly service: Service;
  readonly agent: Agent | null;
  /** Instead of the incident. */
  readonly data?: object;
  /** As PagerDuty may do for incidents with several alerts. */
  readonly hideIncidentKey: boolean;
}

export function renderHappening({ type, incident, service, agent, data, hideIncidentKey }: Happening): string {
  const shown = hideIncidentKey ? { ...incident, incident_key: null } : incident;
  return render(type, 'incident', agent, data ?? showInWebhook(shown, service));
}

/** The data of a ping is unverified. */
export function renderPing(): string {
  return render('pagey.ping', 'pagey', null, { message: 'Hello from your friend Pagey!', type: 'ping' });
}

function render(event_type: string, resource_type: string, agent: Agent | null, data: object): string {
  const occurred_at = new Date().toISOString();
  return JSON.stringify({
    event: { id: randomUUID(), event_type, resource_type, occurred_at, agent, client: null, data },
  });
}
