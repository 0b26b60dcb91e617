import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { EventStatus } from './statuses';

/** An event as it is kept. Times are ISO 8601. */
export interface EventRow {
  readonly id: number;
  readonly message: string;
  readonly dedup_id: string;
  readonly status: EventStatus;
  /** In upper case, one of `CRITICALITIES`. */
  readonly criticality: string;
  readonly event_source: number | null;
  readonly technical_service: number | null;
  readonly target_type: string | null;
  readonly target: string | null;
  readonly raw: unknown;
  readonly is_valid: boolean;
  readonly occurred_at: string;
  readonly last_seen_at: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What is said of an event when it comes in, by REST or from elsewhere. */
export interface EventReport {
  /** NetBox's id of a mirrored event. */
  readonly id?: number;
  readonly dedup_id: string;
  readonly message: string;
  readonly status: EventStatus;
  /** In upper case, one of `CRITICALITIES`; `unknown` is what it was called where that is none of them. */
  readonly criticality: string;
  readonly unknown?: string;
  /** By its id, or by its name: a source of that name is made if there is none. */
  readonly source?: number | string | null;
  /** By its id, or by its name: nothing if there is none of that name. */
  readonly service?: number | string | null;
  readonly target_type?: string | null;
  readonly target?: string | null;
  readonly raw?: unknown;
  readonly is_valid?: boolean;
  /** When what is reported began (ISO 8601): an older report than the last one changes nothing. Now, if it is not known. */
  readonly occurred_at?: string;
  /** When it ended, for one that is over (ISO 8601). */
  readonly ended_at?: string;
}

/** An event by what tells problems apart, locked; a mirrored one by NetBox's id before. */
export async function lockEvent(
  trx: Knex,
  { id, dedup_id }: Pick<EventReport, 'id' | 'dedup_id'>,
): Promise<EventRow | undefined> {
  const locked = (): Knex.QueryBuilder<EventRow> => trx<EventRow>('incident_event').forNoKeyUpdate();
  const mirrored = id === undefined ? undefined : ((await locked().where({ id }).first()) as EventRow | undefined);
  return mirrored ?? ((await locked().where({ dedup_id }).first()) as EventRow | undefined);
}

async function sourceOf(trx: Knex, source: EventReport['source'], now: Date): Promise<number | null | undefined> {
  if (typeof source !== 'string') return source;
  const known = await trx<{ id: number; name: string }>('incident_source').where('name', source).first('id');
  if (known) return known.id;
  const time = now.toISOString();
  const [made] = await trx('incident_source')
    .insert({ name: source, description: '', created: time, last_updated: time })
    .onConflict('name')
    .merge(['name'])
    .returning<{ id: number }[]>('id');
  return made?.id;
}

/** Makes the sources that reports name and nobody has, in the order of their names. */
export async function ensureSources(trx: Knex, reports: readonly EventReport[], now: Date): Promise<void> {
  const names = new Set(reports.map(({ source }) => source).filter((source) => typeof source === 'string'));
  for (const name of [...names].sort()) await sourceOf(trx, name, now);
}

/** The order in which everybody locks who locks several events. */
export const EVENT_ORDER = 'dedup_id COLLATE "C"';

/** Locks the events that reports are of. */
export const lockReported = (trx: Knex, reports: readonly EventReport[]): Promise<unknown> =>
  trx('incident_event')
    .whereIn(
      'dedup_id',
      reports.map(({ dedup_id }) => dedup_id),
    )
    .orWhereIn(
      'id',
      reports.flatMap(({ id }) => (id === undefined ? [] : [id])),
    )
    .orderByRaw(EVENT_ORDER)
    .forNoKeyUpdate()
    .select('id');

async function serviceOf(trx: Knex, service: EventReport['service']): Promise<number | null | undefined> {
  if (typeof service !== 'string') return service;
  return (await trx<{ id: number; name: string }>('incident_service').where('name', service).first('id'))?.id;
}

const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** What of a report is kept; what it does not say stays as it was. */
async function columnsOf(trx: Knex, report: EventReport, now: Date): Promise<Record<string, unknown>> {
  const { message, status, criticality, target_type, target, raw, is_valid, occurred_at } = report;
  const time = now.toISOString();
  return given({
    ...{ message, status, criticality, target_type, target, is_valid },
    event_source: await sourceOf(trx, report.source, now),
    technical_service: await serviceOf(trx, report.service),
    raw: raw === undefined ? undefined : toJsonb(raw),
    ...{ occurred_at: occurred_at ?? time, last_seen_at: time, updated_at: time },
  });
}

/** Makes an event of a report; nothing if another transaction was faster. */
export async function insertEvent(trx: Knex, report: EventReport, now: Date): Promise<EventRow | undefined> {
  const [row] = await trx('incident_event')
    .insert({
      ...(report.id === undefined ? {} : { id: report.id }),
      ...{ is_valid: true, dedup_id: report.dedup_id },
      ...(await columnsOf(trx, report, now)),
      created_at: now.toISOString(),
    })
    .onConflict()
    .ignore()
    .returning<EventRow[]>('*');
  return row;
}

/** Writes what a report says of a locked event. */
export async function updateEvent(trx: Knex, id: number, report: EventReport, now: Date): Promise<EventRow> {
  const { occurred_at } = report;
  const [row] = await trx('incident_event')
    .where({ id })
    .update({
      ...(await columnsOf(trx, report, now)),
      // What is over may be said to have begun before what is known.
      ...(occurred_at === undefined ? {} : { occurred_at: trx.raw('greatest(occurred_at, ?)', [occurred_at]) }),
    })
    .returning<EventRow[]>('*');
  if (!row) throw new Error(`event ${id} has no row`);
  return row;
}
