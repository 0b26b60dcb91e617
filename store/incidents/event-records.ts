import type { Knex } from 'knex';
import { withMeaning } from '../records';
import { EVENT_ORDER, lockEvent, type EventReport, type EventRow } from './event-rows';
import { takeReports, type Reported } from './events';
import type { JoinSettings } from './join';
import type { Criticality } from '../pagerduty/severity';
import type { EventStatus } from './statuses';
import { EVENT } from './tables';
import type { Who } from './who';

/** Events as records that people and scripts write: what they write is a report like any other. */

/** Of an event that says nothing of it, as of one whose criticality nobody knows (`severity.ts`). */
const USUAL: Criticality = 'WARNING';

const reported = async (
  trx: Knex,
  reports: readonly EventReport[],
  join: JoinSettings,
  who: Who,
): Promise<readonly Reported[]> => withMeaning(EVENT, takeReports(trx, reports, join, who));

/** What is written of an event. */
export type EventValues = Partial<Omit<EventRow, 'id' | 'occurred_at' | 'last_seen_at' | 'created_at' | 'updated_at'>>;

/** A report of what is written; what is not written stays as it was. */
function reportOf(values: EventValues, known: EventRow | undefined): EventReport {
  const { event_source: source, technical_service: service, target_type, target, raw, is_valid } = values;
  const optional = Object.entries({ source, service, target_type, target, raw, is_valid });
  return {
    dedup_id: known?.dedup_id ?? values.dedup_id ?? '',
    message: values.message ?? known?.message ?? '',
    status: values.status ?? known?.status ?? 'triggered',
    criticality: values.criticality ?? known?.criticality ?? USUAL,
    ...Object.fromEntries(optional.filter(([, value]) => value !== undefined)),
  };
}

/** Takes an event: it makes a new one, or is news of the one that is known by its dedup id. */
export async function takeEvent(
  trx: Knex,
  values: EventValues & Pick<EventRow, 'dedup_id'>,
  join: JoinSettings,
  who: Who,
): Promise<Reported> {
  const known = await lockEvent(trx, { dedup_id: values.dedup_id });
  const [taken] = await reported(trx, [reportOf({ status: 'triggered', ...values }, known)], join, who);
  if (!taken) throw new Error('a report of an event came to nothing');
  return taken;
}

/**
 * A change of a known event. When it occurred stays, so that its source can still clear it, unless it fires again by this
 * change: then what the source says of the time before is old.
 */
function changeOf(known: EventRow, values: EventValues): EventReport {
  const report = reportOf(values, known);
  const fires = report.status === 'triggered' && known.status !== 'triggered';
  return fires ? report : { ...report, occurred_at: known.occurred_at };
}

/** Changes an event; whether there is one. */
export async function changeEvent(
  trx: Knex,
  id: number,
  values: EventValues,
  join: JoinSettings,
  who: Who,
): Promise<boolean> {
  const known = await trx<EventRow>('incident_event').where({ id }).forNoKeyUpdate().first();
  if (!known) return false;
  await reported(trx, [changeOf(known, values)], join, who);
  return true;
}

/** Locks the open incidents of events, in the order of their ids, as everybody does who writes several of them. */
const lockCarriers = (trx: Knex, events: readonly number[]): Promise<unknown> =>
  trx('incident')
    .whereIn('id', trx('incident_member').whereIn('event', events).select('incident'))
    .whereNotIn('status', ['resolved', 'closed'])
    .orderBy('id')
    .forNoKeyUpdate()
    .select('id');

/** Gives events a status; the ids of those that there are. They are locked in the order in which reports are taken. */
export async function changeEvents(
  trx: Knex,
  ids: readonly number[],
  status: EventStatus,
  join: JoinSettings,
  who: Who,
): Promise<readonly number[]> {
  const known = await trx<EventRow>('incident_event').whereIn('id', ids).orderByRaw(EVENT_ORDER).forNoKeyUpdate();
  await lockCarriers(
    trx,
    known.map(({ id }) => id),
  );
  const reports = known.map((event) => changeOf(event, { status }));
  await reported(trx, reports, join, who);
  return known.map(({ id }) => id);
}
