import type { Knex } from 'knex';
import { deleteRecord, RecordConflictError } from '../records';
import { isOpen } from '../pagerduty/alert-state';
import type { AlertRow } from '../pagerduty/alerts';
import { lockIncident } from './incident-rows';
import { isClosed } from './statuses';
import { EVENT, INCIDENT } from './tables';

/** Why an alert still needs its record; nothing once it is settled. */
function needs({ dedup_key, told, pending, news, state }: AlertRow): string | undefined {
  if (state.dead) return `a dead letter of its alert ${dedup_key} waits: replay it, or resolve the alert, first`;
  if (pending > 0 || news > state.heard) return `its alert ${dedup_key} still has something to send`;
  return isOpen(told) ? `PagerDuty holds its alert ${dedup_key} as ${told}: resolve that first` : undefined;
}

/** Throws {@link RecordConflictError} while PagerDuty has to be told of a record. */
async function requireSettled(trx: Knex, record: { event: number } | { incident: number }): Promise<void> {
  const alerts = await trx<AlertRow>('pagerduty_alert').where(record).orderBy('id').forUpdate();
  const reason = alerts.map(needs).find((need) => need !== undefined);
  if (reason !== undefined) throw new RecordConflictError(reason);
}

/** Deletes an event; whether there was one. Throws {@link RecordConflictError} while it, or its alert, is open. */
export async function removeEvent(trx: Knex, id: number): Promise<boolean> {
  const event = await trx<{ id: number; status: string }>('incident_event').where({ id }).forUpdate().first();
  if (!event) return false;
  if (event.status === 'triggered')
    throw new RecordConflictError('it is triggered: make it ok or suppressed, or let its source clear it, first');
  await requireSettled(trx, { event: id });
  // What it was to incidents stays in their timelines.
  await trx('incident_timeline').where({ event: id }).whereNotNull('incident').update({ event: null });
  return deleteRecord(trx, EVENT, id);
}

/** Deletes an incident; whether there was one. Throws {@link RecordConflictError} while it, or its alert, is open. */
export async function removeIncident(trx: Knex, id: number): Promise<boolean> {
  const incident = await lockIncident(trx, id);
  if (!incident) return false;
  if (!isClosed(incident.status)) throw new RecordConflictError(`it is ${incident.status}: resolve or close it first`);
  await requireSettled(trx, { incident: id });
  // What it was to events stays in their timelines.
  await trx('incident_timeline').where({ incident: id }).whereNotNull('event').update({ incident: null });
  return deleteRecord(trx, INCIDENT, id);
}
