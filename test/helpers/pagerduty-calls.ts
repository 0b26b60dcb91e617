import type { Response } from 'supertest';
import { createIncident } from '../../store/incidents/incidents';
import { reportEvents } from '../../store/incidents/events';
import type { EventReport } from '../../store/incidents/event-rows';
import type { IncidentValues } from '../../store/incidents/incident-rows';
import type { IncidentSite } from './incident-site';

export const PAGERDUTY = '/api/plugins/business-application/pagerduty/';

const INCIDENT: IncidentValues = {
  ...{ title: 'Transit is down', description: 'AS64500', status: 'new', severity: 'high' },
  ...{ reporter: 'noc', commander: '', responders: [], affected_services: [], events: [] },
};

/** Calls of the endpoints of PagerDuty, and records to call them with. */
export interface PagerdutyCalls {
  /** A POST below `pagerduty/`; waits for the job if told to. */
  post(path: string, body?: object, wait?: number): Promise<Response>;
  get(path: string): Promise<Response>;
  /** An event as something else reports it; its id. */
  event(report: Partial<EventReport> & { readonly dedup_id: string }): Promise<number>;
  incident(values?: Partial<IncidentValues>): Promise<number>;
}

/** Calls of one site. What is committed is told to the alerts' workflows by the site's own forwarder, each second. */
export function pagerdutyCalls({ api, knex, settings }: IncidentSite): PagerdutyCalls {
  const who = () => ({ actor: 'a person', now: new Date() });
  return {
    post: async (path, body = {}, wait) =>
      api.post(`${PAGERDUTY}${path}${wait === undefined ? '' : `?wait=${wait}`}`, body),
    get: async (path) => api.get(`${PAGERDUTY}${path}`),
    async event(values) {
      const report = {
        message: `${values.dedup_id} is down`,
        status: 'triggered',
        criticality: 'HIGH',
        ...values,
      } as const;
      const [reported] = await reportEvents(knex, [report], settings.join, who());
      return reported?.event_id ?? 0;
    },
    incident: (values = {}) => knex.transaction((trx) => createIncident(trx, { ...INCIDENT, ...values }, who())),
  };
}
