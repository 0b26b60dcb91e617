import type { Knex } from 'knex';
import { transact } from '../transact';
import { ensureAlert, tellAlert, writeEntry, type Entry } from '../pagerduty/alerts';
import { lockAlertOfEvent, lockOwnAlert } from '../pagerduty/carrier';
import {
  ensureSources,
  insertEvent,
  lockEvent,
  lockReported,
  updateEvent,
  type EventReport,
  type EventRow,
} from './event-rows';
import type { Fact } from '../pagerduty/facts';
import { lockIncidentOf, type IncidentRow } from './incident-rows';
import { changeIncident } from './incidents';
import { joinIncident, type JoinSettings } from './join';
import { eventDedupKey } from '../pagerduty/keys';
import { INCIDENT_SEVERITIES, incidentSeverityOf, rankOf, severityOf } from '../pagerduty/severity';
import type { Who } from './who';

/** Events are written here, so that none changes without its alert hearing of it. */

/** What became of a report. */
export interface Reported {
  readonly event_id: number;
  readonly dedup_id: string;
  /** The incident that carries the event. */
  readonly incident_id: number | null;
  readonly outcome: 'created' | 'updated' | 'stale';
}

type Turn = 'fires' | 'rises' | 'clears' | 'none';

function turnOf(before: EventRow | undefined, after: EventRow): Turn {
  const was = before?.status === 'triggered';
  const is = after.status === 'triggered';
  if (is && !was) return 'fires';
  if (!is && was) return 'clears';
  if (is && before && rankOf(severityOf(after.criticality)) > rankOf(severityOf(before.criticality))) return 'rises';
  return 'none';
}

interface Change {
  readonly event: EventRow;
  readonly turn: Exclude<Turn, 'none'>;
  readonly report: EventReport;
  readonly who: Who;
}

function factOf({ event, turn, report, who }: Change): Fact {
  const at = who.now.toISOString();
  if (turn === 'clears')
    return {
      fact: 'cleared',
      cause: 'event',
      at,
      ...(report.ended_at === undefined ? {} : { happened: report.ended_at }),
    };
  const severity = severityOf(event.criticality);
  const happened = turn === 'fires' && report.occurred_at !== undefined ? { happened: report.occurred_at } : {};
  return { fact: 'fired', cause: 'event', severity, at, ...happened };
}

const entryOf = ({ event, who }: Change): Pick<Entry, 'action' | 'actor' | 'detail' | 'event'> => ({
  ...{ action: event.status, actor: who.actor, event: event.id },
  detail: `event ${event.dedup_id}: ${event.status}, ${event.criticality}`,
});

/** An event that no open incident carries tells its own alert. */
async function tellOwn(trx: Knex, change: Change): Promise<void> {
  const { event, turn, who } = change;
  const alert =
    turn === 'fires'
      ? await ensureAlert(trx, eventDedupKey(event.dedup_id), { event: event.id }, who.now)
      : await lockAlertOfEvent(trx, event.id);
  if (alert) await tellAlert(trx, alert, factOf(change), entryOf(change), who.now);
  else await writeEntry(trx, { kind: 'transition', ...entryOf(change) }, who.now);
}

/** Whether all events of an incident are over. */
async function areOver(trx: Knex, incident: number): Promise<boolean> {
  const open = await trx('incident_member AS m')
    .join('incident_event AS e', 'e.id', 'm.event')
    .where('m.incident', incident)
    .where('e.status', 'triggered')
    .limit(1)
    .select<{ id: number }[]>('e.id');
  return open.length === 0;
}

/** An event that an incident carries sends nothing itself: what it does is the incident's. */
async function tellIncident(trx: Knex, incident: IncidentRow, change: Change): Promise<void> {
  const { event, turn, who } = change;
  await writeEntry(trx, { kind: 'transition', ...entryOf(change), incident: incident.id }, who.now);
  if (turn !== 'clears') {
    const severity = incidentSeverityOf(event.criticality);
    if (rankOf(severityOf(event.criticality)) > rankOf(INCIDENT_SEVERITIES[incident.severity]))
      await changeIncident(trx, incident.id, { severity }, who);
    return;
  }
  // One that was paged before it joined keeps its page until it clears.
  const own = await lockOwnAlert(trx, event.id);
  if (own) await tellAlert(trx, own, factOf(change), entryOf(change), who.now);
  if (incident.auto_created && (await areOver(trx, incident.id)))
    await changeIncident(trx, incident.id, { status: 'resolved' }, who);
}

/** Tells whoever carries an event what became of it; the incident that carries it. */
async function follow(trx: Knex, change: Change, settings: JoinSettings): Promise<number | null> {
  const { event, turn, who } = change;
  const carrying = await lockIncidentOf(trx, event.id);
  if (carrying) {
    await tellIncident(trx, carrying, change);
    return carrying.id;
  }
  const joined = turn === 'fires' ? await joinIncident(trx, event, settings, who) : undefined;
  if (joined === undefined) {
    await tellOwn(trx, change);
    return null;
  }
  if (!joined.made) await writeEntry(trx, { kind: 'transition', ...entryOf(change), incident: joined.id }, who.now);
  return joined.id;
}

const time = (text: string): number => Date.parse(text);

/** So long after an event was over, a report that it goes on is no late copy of an earlier one. */
const LATE_COPY_MS = 120_000;

/**
 * Whether a report is older than what is known: an earlier occurrence, or the beginning of one that is over already. Sources
 * may disagree about when an occurrence began (Alertmanager merges alerts to the earliest beginning), and may take its end
 * back (Alertmanager ends alerts that it does not hear of for some minutes, and goes on with the same `startsAt`).
 */
function isStale(known: EventRow, { occurred_at, ended_at, status }: EventReport, now: Date): boolean {
  if (occurred_at === undefined) return false;
  const [before, began] = [time(known.occurred_at), time(occurred_at)];
  if (status !== 'triggered') return (ended_at === undefined ? began : Math.max(began, time(ended_at))) < before;
  const isCopy = now.getTime() - time(known.last_seen_at) < LATE_COPY_MS;
  return began < before || (began === before && known.status !== 'triggered' && isCopy);
}

async function reportEvent(trx: Knex, report: EventReport, settings: JoinSettings, who: Who): Promise<Reported> {
  const known = await lockEvent(trx, report);
  const carrier = async (id: number): Promise<number | null> => (await lockIncidentOf(trx, id))?.id ?? null;
  if (known && isStale(known, report, who.now))
    return { event_id: known.id, dedup_id: known.dedup_id, incident_id: await carrier(known.id), outcome: 'stale' };
  const event = known ? await updateEvent(trx, known.id, report, who.now) : await insertEvent(trx, report, who.now);
  // Somebody else has just made it, and is waited for now.
  if (!event) return reportEvent(trx, report, settings, who);
  if (report.unknown !== undefined && known?.criticality !== event.criticality) {
    const detail = `criticality '${report.unknown}' is not known and counts as ${event.criticality}`;
    await writeEntry(trx, { kind: 'note', action: 'note', actor: who.actor, detail, event: event.id }, who.now);
  }
  const turn = turnOf(known, event);
  const incident_id =
    turn === 'none' ? await carrier(event.id) : await follow(trx, { event, turn, report, who }, settings);
  return { event_id: event.id, dedup_id: event.dedup_id, incident_id, outcome: known ? 'updated' : 'created' };
}

/** Reports in the order in which their events are written; of several of one event, the order given holds. */
const inOrder = (reports: readonly EventReport[]): readonly { report: EventReport; index: number }[] =>
  reports
    .map((report, index) => ({ report, index }))
    .sort((a, b) =>
      a.report.dedup_id < b.report.dedup_id ? -1 : a.report.dedup_id > b.report.dedup_id ? 1 : a.index - b.index,
    );

/** Takes what is reported of events, within a transaction. Events and sources are locked before anything else. */
export async function takeReports(
  trx: Knex,
  reports: readonly EventReport[],
  settings: JoinSettings,
  who: Who,
): Promise<readonly Reported[]> {
  await ensureSources(trx, reports, who.now);
  await lockReported(trx, reports);
  const results: Reported[] = [];
  for (const { report, index } of inOrder(reports)) results[index] = await reportEvent(trx, report, settings, who);
  return results;
}

/**
 * Takes what is reported of events, in one transaction: all of it or nothing. Reports of the same events at once wait for
 * each other; should they wait for each other in a circle, one of them is done again.
 */
export const reportEvents = (
  knex: Knex,
  reports: readonly EventReport[],
  settings: JoinSettings,
  who: Who,
): Promise<readonly Reported[]> => transact(knex, (trx) => takeReports(trx, reports, settings, who));
