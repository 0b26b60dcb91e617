import { createService, type Book } from './book';
import { matches } from './event-log';
import type { Alert, Incident, Page, Service, ServiceOptions } from './model';

/** What PagerDuty knows, for tests to look at. */
export interface FakePagerdutyState {
  /** In the order of their creation. */
  readonly alerts: (filter?: Partial<Alert>) => Alert[];
  readonly openAlerts: (filter?: Partial<Alert>) => Alert[];
  readonly incidents: (filter?: Partial<Incident>) => Incident[];
  /** Notifications of people on call: one per incident that was triggered or reopened. */
  readonly pages: (filter?: Partial<Page>) => Page[];
  /** How many there ever were, also where most are forgotten. */
  readonly totals: () => { alerts: number; incidents: number; pages: number; open_alerts: number };
  readonly services: () => Service[];
  readonly addService: (service: ServiceOptions) => Service;
}

export function createState(book: Book): FakePagerdutyState {
  return {
    alerts: (filter = {}) => [...book.alerts.values()].filter((alert) => matches(alert, filter)),
    openAlerts: (filter = {}) => [...book.open.values()].filter((alert) => matches(alert, filter)),
    incidents: (filter = {}) => [...book.incidents.values()].filter((incident) => matches(incident, filter)),
    pages: (filter = {}) => book.pages.filter((page) => matches(page, filter)),
    totals: () => ({ ...book.totals, open_alerts: book.open.size }),
    services: () => book.services,
    addService: (options) => {
      const service = createService(options);
      book.services.push(service);
      return service;
    },
  };
}
