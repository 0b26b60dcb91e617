import type { Knex } from 'knex';
import { errorCode } from '../../config/error-code';
import { transact } from '../transact';
import { writeEntry } from '../pagerduty/alerts';
import { EVENT_ORDER } from './event-rows';
import { lockIncident, type IncidentRow, type IncidentValues } from './incident-rows';
import { changeIncident, createIncident } from './incidents';
import type { Unmirrored } from './mirror-event';
import { ensureServices } from './mirror-services';
import { FIRST_LOCAL_ID } from '../pagerduty/payload';
import { isClosed, isOver, type IncidentStatus } from './statuses';
import type { Who } from './who';

/** Incidents as NetBox has them. */

type Said = Partial<Omit<IncidentValues, 'affected_services' | 'events' | 'status'>>;

/** What NetBox says of one of its incidents; what it does not say stays as it was. */
export interface MirroredIncident extends Said {
  readonly id: number;
  readonly status: IncidentStatus;
  /** When it changed there (ISO 8601): what is older than what is known changes nothing. */
  readonly reported_at: string;
  /** The names of services, which are made if there are none. */
  readonly services?: readonly string[];
  /** NetBox's ids; those that we do not know are left aside. */
  readonly events?: readonly number[];
  /** It is gone in NetBox, and over with that, whatever its status was. */
  readonly is_deleted: boolean;
  /** NetBox's status is what it was before this change. */
  readonly is_status_old: boolean;
  /** What NetBox calls a severity that we do not know. */
  readonly unknown?: string;
}

/** What became of it. */
export interface MirroredAs {
  readonly incident_id: number;
  readonly outcome: 'created' | 'updated' | 'stale';
}

const USUAL = { description: '', severity: 'medium', reporter: '', commander: '', responders: [] } as const;

/** The events that an incident is to have, locked: NetBox's, and those that joined it here. Undefined: as they are. */
async function membersOf(
  trx: Knex,
  { id, events }: Pick<MirroredIncident, 'id' | 'events'>,
): Promise<readonly number[] | undefined> {
  if (events === undefined) return undefined;
  const joined = trx('incident_member').where('incident', id).where('event', '>=', FIRST_LOCAL_ID).select('event');
  const rows = await trx('incident_event')
    .whereIn('id', events)
    .orWhereIn('id', joined)
    .orderByRaw(EVENT_ORDER)
    .forUpdate()
    .select<{ id: number }[]>('id');
  return rows.map(({ id: event }) => event);
}

/**
 * The status that an incident gets. One that NetBox did not change takes nothing back that people did here or in
 * PagerDuty meanwhile: NetBox does not know of it.
 */
function statusOf(before: IncidentRow | undefined, said: MirroredIncident): IncidentStatus {
  const { status, is_status_old, is_deleted } = said;
  if (is_deleted) return 'closed';
  if (!is_status_old || before === undefined) return status;
  const takesBack =
    (isOver(before.status) && !isOver(status)) || (before.status === 'acknowledged' && status === 'new');
  return takesBack ? before.status : status;
}

const note = (trx: Knex, incident: number, detail: string, { actor, now }: Who): Promise<number> =>
  writeEntry(trx, { kind: 'note', action: 'note', actor, detail, incident }, now);

async function mirror(trx: Knex, said: MirroredIncident, who: Who): Promise<MirroredAs | Unmirrored> {
  const { id, status, reported_at, services, events: _events, is_deleted, is_status_old: _, unknown, ...values } = said;
  const names = services === undefined ? undefined : await ensureServices(trx, services, who.now);
  const members = await membersOf(trx, said);
  const before = await lockIncident(trx, id);
  const isOld = typeof before?.reported_at === 'string' && Date.parse(reported_at) < Date.parse(before.reported_at);
  if (isOld) return { incident_id: id, outcome: 'stale' };
  if (before === undefined && is_deleted && isClosed(status))
    return { ignored: `incident ${id} is not known here, and was over` };
  if (before === undefined) {
    const whole = { title: `incident ${id}`, ...USUAL, ...values, status: statusOf(undefined, said) };
    await createIncident(trx, { ...whole, affected_services: names ?? [], events: members ?? [] }, who, {
      ...{ id, reported_at },
    });
  } else {
    const related = { ...(names ? { affected_services: names } : {}), ...(members ? { events: members } : {}) };
    await changeIncident(trx, id, { ...values, ...related, status: statusOf(before, said), reported_at }, who);
  }
  if (unknown !== undefined && before?.severity !== values.severity)
    await note(trx, id, `severity '${unknown}' is not known and counts as ${String(values.severity)}`, who);
  if (is_deleted && before !== undefined && !isClosed(before.status)) await note(trx, id, 'deleted in NetBox', who);
  return { incident_id: id, outcome: before === undefined ? 'created' : 'updated' };
}

const UNIQUE_VIOLATION = '23505';

/** Takes what NetBox says of an incident; again where somebody else has just made it. */
export const mirrorIncident = (knex: Knex, said: MirroredIncident, who: Who): Promise<MirroredAs | Unmirrored> =>
  transact(
    knex,
    (trx) => mirror(trx, said, who),
    (error) => errorCode(error) === UNIQUE_VIOLATION,
  );
