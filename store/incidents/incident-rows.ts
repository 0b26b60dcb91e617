import type { Knex } from 'knex';
import type { IncidentSeverity } from '../pagerduty/severity';
import type { IncidentStatus } from './statuses';

/** An incident as it is kept. Times are ISO 8601. */
export interface IncidentRow {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly status: IncidentStatus;
  readonly severity: IncidentSeverity;
  readonly reporter: string;
  readonly commander: string;
  readonly responders: readonly string[];
  readonly auto_created: boolean;
  readonly detected_at: string;
  readonly resolved_at: string | null;
  readonly reported_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What can be written of an incident. Services and events are ids. */
export interface IncidentValues extends Pick<
  IncidentRow,
  'title' | 'description' | 'status' | 'severity' | 'reporter' | 'commander' | 'responders'
> {
  readonly detected_at?: string;
  readonly affected_services: readonly number[];
  readonly events: readonly number[];
}

/** An incident, locked. */
export const lockIncident = (trx: Knex, id: number): Promise<IncidentRow | undefined> =>
  trx<IncidentRow>('incident').where({ id }).forNoKeyUpdate().first();

/** The incident that an event belongs to while that is not over, locked. The newest, should there be several. */
export const lockIncidentOf = (trx: Knex, event: number): Promise<IncidentRow | undefined> =>
  trx<IncidentRow>('incident')
    .whereIn('id', trx('incident_member').where('event', event).select('incident'))
    .whereNotIn('status', ['resolved', 'closed'])
    .orderBy('id', 'desc')
    .forNoKeyUpdate()
    .first();

/** Makes the services of an incident these. */
export async function setServices(trx: Knex, incident: number, services: readonly number[]): Promise<void> {
  await trx('incident_affected_service').where({ incident }).whereNotIn('service', services).delete();
  if (services.length > 0)
    await trx('incident_affected_service')
      .insert([...new Set(services)].map((service) => ({ incident, service })))
      .onConflict()
      .ignore();
}

/** Makes the events of an incident these. */
export async function setMembers(trx: Knex, incident: number, events: readonly number[]): Promise<void> {
  await trx('incident_member').where({ incident }).whereNotIn('event', events).delete();
  await addMembers(trx, incident, events);
}

/** Adds events to an incident. */
export async function addMembers(trx: Knex, incident: number, events: readonly number[]): Promise<void> {
  if (events.length > 0)
    await trx('incident_member')
      .insert([...new Set(events)].map((event) => ({ incident, event })))
      .onConflict()
      .ignore();
}
