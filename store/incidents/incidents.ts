import type { Knex } from 'knex';
import { toJsonb } from '../json';
import { tellAlert, writeEntry } from '../pagerduty/alerts';
import { carryIncident } from '../pagerduty/carrier';
import { EVENT_ORDER } from './event-rows';
import { lockIncident, setMembers, setServices, type IncidentRow, type IncidentValues } from './incident-rows';
import { factsOfIncident, isClosed, isOver, type Situation } from './statuses';
import type { Who } from './who';

/** Incidents are written here, so that none changes without its alert hearing of it. */

/** What a new incident may have besides what people write. */
export interface Origin {
  /** NetBox's id and when it changed there; by default an id of our own. */
  readonly id?: number;
  readonly reported_at?: string;
  readonly auto_created?: boolean;
}

const columnsOf = (values: Partial<IncidentValues>): Record<string, unknown> => {
  const { affected_services: _services, events: _events, responders, ...columns } = values;
  return { ...columns, ...(responders === undefined ? {} : { responders: toJsonb(responders) }) };
};

/** Locks events before the incident, as everybody does. */
const lockEvents = (trx: Knex, events: readonly number[]): Promise<unknown> =>
  events.length === 0
    ? Promise.resolve()
    : trx('incident_event').whereIn('id', events).orderByRaw(EVENT_ORDER).forNoKeyUpdate().select('id');

/** Notes what became of an incident, and tells its alert. */
async function follow(
  trx: Knex,
  before: Situation | undefined,
  after: IncidentRow,
  joining: readonly number[],
  { actor, now }: Who,
): Promise<void> {
  const { id: incident, status, severity } = after;
  const facts = factsOfIncident(before, after, now);
  const changed = before === undefined || before.status !== status;
  const detail = changed
    ? before === undefined
      ? `created as ${status}, severity ${severity}`
      : `${before.status} → ${status}`
    : `severity ${before.severity} → ${severity}`;
  const entry = { action: status, actor, detail, incident };
  if (facts.length === 0) {
    if (changed || before.severity !== severity) await writeEntry(trx, { kind: 'transition', ...entry }, now);
    // A page of its own may still be missing: a paged event that joins brings one.
    if (joining.length > 0 && !isOver(status)) await carryIncident(trx, incident, joining, { actor, now });
    return;
  }
  const alert = await carryIncident(trx, incident, joining, { actor, now });
  for (const fact of facts) await tellAlert(trx, alert, fact, entry, now);
}

/** Creates an incident with its services and events, and tells its alert; its id. */
export async function createIncident(
  trx: Knex,
  values: IncidentValues,
  who: Who,
  { id, reported_at, auto_created = false }: Origin = {},
): Promise<number> {
  const time = who.now.toISOString();
  await lockEvents(trx, values.events);
  const [row] = await trx('incident')
    .insert({
      ...(id === undefined ? {} : { id }),
      ...columnsOf(values),
      ...{ detected_at: values.detected_at ?? time, auto_created, reported_at: reported_at ?? null },
      ...{ created_at: time, updated_at: time, resolved_at: isClosed(values.status) ? time : null },
    })
    .returning<IncidentRow[]>('*');
  if (!row) throw new Error('an inserted incident has no row');
  await setServices(trx, row.id, values.affected_services);
  await setMembers(trx, row.id, values.events);
  await follow(trx, undefined, row, values.events, who);
  return row.id;
}

/** When an incident was resolved: kept from the first status that says so to the next one that does not. */
function resolvedAt(before: IncidentRow, status: IncidentRow['status'], now: Date): string | null {
  if (!isClosed(status)) return null;
  return before.resolved_at ?? now.toISOString();
}

/** Writes fields of a locked incident, without telling anybody; the row afterwards. */
export async function writeIncident(
  trx: Knex,
  before: IncidentRow,
  values: Partial<IncidentValues> & { readonly reported_at?: string },
  now: Date,
): Promise<IncidentRow> {
  const resolved_at = resolvedAt(before, values.status ?? before.status, now);
  const [row] = await trx('incident')
    .where({ id: before.id })
    .update({ ...columnsOf(values), resolved_at, updated_at: now.toISOString() })
    .returning<IncidentRow[]>('*');
  if (!row) throw new Error(`incident ${before.id} has no row`);
  return row;
}

/** Changes an incident and tells its alert; whether there is such an incident. */
export async function changeIncident(
  trx: Knex,
  id: number,
  values: Partial<IncidentValues> & { readonly reported_at?: string },
  who: Who,
): Promise<boolean> {
  await lockEvents(trx, values.events ?? []);
  const before = await lockIncident(trx, id);
  if (!before) return false;
  const after = await writeIncident(trx, before, values, who.now);
  if (values.affected_services) await setServices(trx, id, values.affected_services);
  if (values.events) await setMembers(trx, id, values.events);
  await follow(trx, before, after, values.events ?? [], who);
  return true;
}
