import { randomBytes } from 'node:crypto';
import type { Alert, Incident, Keep, Page, Service, ServiceOptions } from './model';

/** What PagerDuty knows. */
export interface Book {
  readonly services: Service[];
  readonly alerts: Map<string, Alert>;
  readonly incidents: Map<string, Incident>;
  /** The open alerts by `alertKey`: at most one each. */
  readonly open: Map<string, Alert>;
  readonly pages: Page[];
  readonly totals: { alerts: number; incidents: number; pages: number };
  readonly keep: Keep;
  /** Resolved incidents in the order in which they may be forgotten. */
  readonly closed: string[];
}

/** How much of each kind is kept where only counts are. */
export const KEPT = 1000;

export function createBook(services: readonly ServiceOptions[], keep: Keep): Book {
  return {
    services: services.map(createService),
    alerts: new Map(),
    incidents: new Map(),
    open: new Map(),
    pages: [],
    totals: { alerts: 0, incidents: 0, pages: 0 },
    keep,
    closed: [],
  };
}

export function createService({ name, routingKeys, grouping = false }: ServiceOptions): Service {
  return { id: newId(), name, routing_keys: [...routingKeys], grouping };
}

/** Alerts are told apart by both keys; case matters (PagerDuty docs, Events API v2, "Alert de-duplication"). */
export const alertKey = (routingKey: string, dedupKey: string): string => `${routingKey} ${dedupKey}`;

/** Random, so that a fake that was started again does not give the ids of the one before. */
export const newId = (): string => `Q${randomBytes(7).toString('hex').toUpperCase().slice(0, 13)}`;

export function alertsOf(book: Book, incident: Incident): Alert[] {
  return incident.alert_ids.flatMap((id) => book.alerts.get(id) ?? []);
}

/** Lets go of the oldest resolved incidents where only counts are kept. */
export function forget(book: Book, incident: Incident): void {
  if (book.keep === 'all') return;
  book.closed.push(incident.id);
  if (book.closed.length <= KEPT) return;
  const oldest = book.incidents.get(book.closed.shift()!);
  if (oldest?.status !== 'resolved' || book.closed.includes(oldest.id)) return;
  for (const id of oldest.alert_ids) book.alerts.delete(id);
  book.incidents.delete(oldest.id);
}

/** Adds to a list, of which only the end is kept where only counts are. */
export function remember<T>(list: T[], item: T, keep: Keep): void {
  list.push(item);
  // In bulk, as taking from the front of a list costs its length.
  if (keep === 'counts' && list.length >= 2 * KEPT) list.splice(0, list.length - KEPT);
}
