import type { Knex } from 'knex';
import { ageOf } from './age';
import { measureIxapi, type IxapiMeasurements } from './ixapi/metrics';
import { measureIncidents, type IncidentMeasurements } from './pagerduty/metrics';
import { netboxStatus, type NetboxStatus } from './netbox/status';
import type { ObjectTag } from './peeringdb/objects';

/** What monitoring wants to know of what PostgreSQL remembers. */
export interface Measurements {
  readonly rows: readonly { readonly tag: ObjectTag; readonly rows: number; readonly quarantined: number }[];
  /** Seconds since the snapshot that readers see was published; null while the cache is empty. */
  readonly snapshot_age: number | null;
  /** How long the last synchronisation of each mode took that was completed, in seconds. */
  readonly durations: readonly { readonly mode: string; readonly seconds: number }[];
  readonly synchronisations: readonly { readonly mode: string; readonly status: string; readonly count: number }[];
  /** Besides how far routers follow NetBox: seconds since its change log was last followed; null: never. */
  readonly netbox: NetboxStatus & { readonly follow_age: number | null };
  readonly ixapi: IxapiMeasurements;
  readonly incidents: IncidentMeasurements;
  readonly jobs: readonly { readonly type: string; readonly status: string; readonly count: number }[];
}

const QUESTIONS = {
  rows: `SELECT o.tag, o.row_count AS rows,
           (SELECT count(*) FROM peeringdb_quarantine q WHERE q.tag = o.tag) AS quarantined
         FROM peeringdb_object o`,
  snapshot: `SELECT extract(epoch FROM :now::timestamptz - published)::float8 AS age
             FROM peeringdb_state WHERE snapshot IS NOT NULL`,
  durations: `SELECT DISTINCT ON (mode) mode, extract(epoch FROM finished - started)::float8 AS seconds
              FROM peeringdb_synchronisation WHERE status = 'completed' ORDER BY mode, id DESC`,
  synchronisations: 'SELECT mode, status, count(*) AS count FROM peeringdb_synchronisation GROUP BY mode, status',
  jobs: 'SELECT type, status, count(*) AS count FROM core_job GROUP BY type, status',
} as const;

/** Asks for all measurements. */
export async function measure(knex: Knex, now: Date): Promise<Measurements> {
  const ask = async <T>(question: string): Promise<T[]> =>
    (await knex.raw<{ rows: T[] }>(question, { now: now.toISOString() })).rows;
  const [rows, snapshot, durations, synchronisations, jobs, status, ixapi, incidents] = await Promise.all([
    ask<Measurements['rows'][number]>(QUESTIONS.rows),
    ask<{ age: number }>(QUESTIONS.snapshot),
    ask<Measurements['durations'][number]>(QUESTIONS.durations),
    ask<Measurements['synchronisations'][number]>(QUESTIONS.synchronisations),
    ask<Measurements['jobs'][number]>(QUESTIONS.jobs),
    netboxStatus(knex),
    measureIxapi(knex, now),
    measureIncidents(knex, now),
  ]);
  const netbox = { ...status, follow_age: ageOf(status.followed_at, now) };
  const snapshot_age = snapshot[0]?.age ?? null;
  return { rows, snapshot_age, durations, synchronisations, jobs, netbox, ixapi, incidents };
}
