import type { Knex } from 'knex';
import { isOpen } from '../../store/pagerduty/alert-state';
import type { AlertRow } from '../../store/pagerduty/alerts';
import type { Phase } from '../../store/pagerduty/facts';
import { isOver, type IncidentStatus } from '../../store/incidents/statuses';
import type { LoggedEvent } from '../fakes/pagerduty/event-log';
import type { Incident } from '../fakes/pagerduty/model';
import type { RemotePagerduty } from '../fakes/pagerduty/remote';

/** An alert with what belongs to it, here and at PagerDuty. */
interface Sides {
  readonly alert: AlertRow & { readonly signalled: number };
  /** Whether its record says that there is a problem; nothing where it has no record. */
  readonly isWanted: boolean | undefined;
  /** How often its source fired. */
  readonly fired: number;
  /** Attempts that were begun, and the entries that tell of them. */
  readonly attempts: number;
  readonly told: number;
  readonly events: readonly LoggedEvent[];
  readonly incidents: readonly Incident[];
}

/** Not open at all is as good as resolved. */
const openness = (phase: Phase): Phase => (phase === 'nothing' ? 'resolved' : phase);

function* wrongOfPhases({ alert, isWanted, incidents }: Sides): Generator<string> {
  const open = incidents.filter(({ status }) => status !== 'resolved');
  if (open.length > 1) yield `${open.length} incidents are open`;
  const theirs = open[0]?.status ?? 'resolved';
  if (openness(alert.told) !== theirs) yield `we hold it as ${alert.told}, PagerDuty as ${theirs}`;
  // People who resolve in PagerDuty are respected while the source fires on.
  const wanted = isWanted === true && !alert.state.respected;
  if (isWanted !== undefined && wanted !== isOpen(theirs)) yield `its record is open: ${isWanted}, but it is ${theirs}`;
}

function* wrongOfRest({ alert, attempts, told }: Sides): Generator<string> {
  if (alert.pending > 0) yield `${alert.pending} sends wait: ${JSON.stringify(alert.state)}`;
  if (alert.news > alert.state.heard) yield 'it has not heard everything';
  if (alert.signalled < alert.news) yield 'its workflow was not told of everything';
  if (told < attempts) yield `the timeline has ${told} of ${attempts} attempts`;
}

/** Trigger before acknowledge before resolve; the same again is harmless, and so is what finds nothing to do. */
function* wrongOfOrder({ fired, events }: Sides): Generator<string> {
  const done = events.filter(({ effect }) => effect !== null && effect !== 'rejected');
  const text = done.map(({ event_action, effect }) => `${event_action}=${effect}`).join(' ');
  // Later on, people may have resolved before.
  if (done[0]?.effect === 'dropped') yield `its first action met no open alert: ${text}`;
  const opened = done.filter(({ effect }) => effect === 'opened').length;
  if (opened > fired) yield `opened ${opened} times, but fired ${fired} times: ${text}`;
}

const SIDES = `
  SELECT a.*, i.status AS incident_status, e.status AS event_status,
    (SELECT count(*)::int FROM incident_timeline t
      WHERE t.alert = a.id AND t.fact->>'fact' IN ('fired', 'asked')) AS fired,
    (SELECT coalesce(sum(attempts), 0)::int FROM pagerduty_send s
      WHERE s.alert = a.id AND s.state <> 'superseded') AS attempts,
    (SELECT count(*)::int FROM incident_timeline t
      WHERE t.alert = a.id AND t.kind = 'attempt' AND t.detail NOT LIKE '%too late to count%') AS noted
  FROM pagerduty_alert a
  LEFT JOIN incident i ON i.id = a.incident LEFT JOIN incident_event e ON e.id = a.event ORDER BY a.id`;

type Row = Sides['alert'] & {
  readonly incident_status: IncidentStatus | null;
  readonly event_status: string | null;
  readonly fired: number;
  readonly attempts: number;
  readonly noted: number;
};

function isWantedBy({ incident_status, event_status }: Row): boolean | undefined {
  if (incident_status !== null) return !isOver(incident_status);
  return event_status === null ? undefined : event_status === 'triggered';
}

/** What is wrong between our records, our alerts and PagerDuty now: nothing, if all is well. */
export async function whatIsWrong(knex: Knex, fake: Pick<RemotePagerduty, 'log' | 'state'>): Promise<string[]> {
  const events = await fake.log.events();
  const incidents = await fake.state.incidents();
  const { rows } = await knex.raw<{ rows: Row[] }>(SIDES);
  return rows.flatMap((alert) => {
    const sides: Sides = {
      ...{ alert, isWanted: isWantedBy(alert), fired: alert.fired, attempts: alert.attempts, told: alert.noted },
      events: events.filter(({ dedup_key }) => dedup_key === alert.dedup_key),
      incidents: incidents.filter(({ incident_key }) => incident_key === alert.dedup_key),
    };
    const wrong = [...wrongOfPhases(sides), ...wrongOfRest(sides), ...wrongOfOrder(sides)];
    return wrong.map((what) => `${alert.dedup_key}: ${what}`);
  });
}
