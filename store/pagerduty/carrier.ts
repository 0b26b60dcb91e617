import type { Knex } from 'knex';
import { ensureAlert, writeEntry, type AlertRow } from './alerts';
import { incidentDedupKey } from './keys';
import type { Who } from '../incidents/who';

/** Which alert carries a record: one alert a problem. */

const OPEN_FIRST = `(told IN ('triggered', 'acknowledged') OR pending > 0 OR wanted IN ('triggered', 'acknowledged')) DESC, id DESC`;

/** The alert that an incident feeds, locked; undefined: it has none yet. */
export const lockAlertOfIncident = (trx: Knex, incident: number): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert').where('incident', incident).orderByRaw(OPEN_FIRST).forNoKeyUpdate().first();

/** The alert that an event feeds by itself, locked. */
export const lockOwnAlert = (trx: Knex, event: number): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert')
    .where('event', event)
    .whereNull('incident')
    .orderByRaw(OPEN_FIRST)
    .forNoKeyUpdate()
    .first();

/** The alert that began with an event, whoever feeds it now, locked. */
export const lockAlertOfEvent = (trx: Knex, event: number): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert').where('event', event).orderByRaw(OPEN_FIRST).forNoKeyUpdate().first();

/** The alert of events that PagerDuty knows of or is about to, and that no incident feeds, locked: the first of them. */
const lockPaged = (trx: Knex, events: readonly number[]): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert')
    .whereIn('event', events)
    .whereNull('incident')
    .whereRaw(`(told IN ('triggered', 'acknowledged') OR pending > 0 OR signalled < news)`)
    .whereIn('wanted', ['triggered', 'acknowledged'])
    .orderBy('id')
    .forNoKeyUpdate()
    .first();

const isLive = ({ wanted, told, pending }: AlertRow): boolean =>
  pending > 0 || [wanted, told].some((phase) => phase === 'triggered' || phase === 'acknowledged');

/**
 * The alert that an incident feeds, locked and made if need be. A paged event that joins an incident without a live alert
 * hands it its own, with its dedup key and its routing key, so that the problem keeps its one page.
 */
export async function carryIncident(
  trx: Knex,
  incident: number,
  joining: readonly number[],
  { now }: Who,
): Promise<AlertRow> {
  const own = await lockAlertOfIncident(trx, incident);
  if (own !== undefined && isLive(own)) return own;
  const handed = joining.length === 0 ? undefined : await lockPaged(trx, joining);
  if (handed === undefined) return own ?? ensureAlert(trx, incidentDedupKey(incident), { incident }, now);
  await trx('pagerduty_alert').where({ id: handed.id }).update({ incident });
  const detail = `carries on the alert ${handed.dedup_key}`;
  const entry = { kind: 'note', action: 'handed over', actor: '', detail, alert: handed.id } as const;
  await writeEntry(trx, { ...entry, incident, event: handed.event }, now);
  return { ...handed, incident };
}
