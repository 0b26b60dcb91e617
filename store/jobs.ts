import type { Knex } from 'knex';
import { toJsonb } from './json';

export type JobStatus = 'pending' | 'running' | 'waiting' | 'completed' | 'failed' | 'canceled';

/** The row of a job. Times are ISO 8601. */
export interface JobRow {
  readonly id: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly workflow_id: string;
  readonly run_id: string | null;
  readonly input: unknown;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string; readonly upstream?: boolean } | null;
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
}

/** What a job begins with. */
export interface NewJob {
  readonly id: string;
  readonly type: string;
  readonly workflow_id: string;
  readonly run_id?: string | null;
  readonly input: unknown;
}

/** How a job ends. A result may be SQL: one that is large is best made where it is kept. */
export type JobResult =
  | { readonly status: 'completed'; readonly result?: unknown }
  | { readonly status: 'failed' | 'canceled'; readonly error: NonNullable<JobRow['error']>; readonly result?: unknown };

const OPEN: readonly JobStatus[] = ['pending', 'running', 'waiting'];

/** Whether nothing further will happen to a job. */
export const isFinal = (status: JobStatus): boolean => !OPEN.includes(status);

const openJob = (knex: Knex, id: string): Knex.QueryBuilder =>
  knex<JobRow>('core_job').where({ id }).whereIn('status', OPEN);

/** Makes the row of a job unless it is there, and adds the run's id where that was not known yet. */
export async function ensureJob(knex: Knex, { id, type, workflow_id, run_id = null, input }: NewJob): Promise<void> {
  await knex('core_job')
    .insert({ id, type, workflow_id, run_id, input: toJsonb(input), status: 'pending' })
    .onConflict('id')
    .merge({ run_id: knex.raw('coalesce(core_job.run_id, excluded.run_id)') });
}

/** A pending job is running now. Any other stays as it is. */
export async function startJob(knex: Knex, id: string, now: Date): Promise<void> {
  await openJob(knex, id).whereNull('started').update({ status: 'running', started: now.toISOString() });
}

/** Keeps how far an open job is. One that is over stays as it is. */
export async function recordProgress(knex: Knex, id: string, progress: unknown, waiting: boolean): Promise<void> {
  await openJob(knex, id).update({ status: waiting ? 'waiting' : 'running', progress: toJsonb(progress) });
}

const isSql = (value: unknown): value is Knex.Raw => typeof value === 'object' && value !== null && 'toSQL' in value;

/** Keeps what came of an open job before it ends with that, once: of several results the first one holds. */
export async function keepResult(knex: Knex, id: string, result: unknown): Promise<void> {
  await openJob(knex, id)
    .whereNull('result')
    .update({ result: toJsonb(result) });
}

/** Adds to the lists of an open job's result, which is an object of lists. */
export async function addToResult(
  knex: Knex,
  id: string,
  more: Readonly<Record<string, readonly unknown[]>>,
): Promise<void> {
  const merged = knex.raw(
    `(SELECT jsonb_object_agg(key, coalesce(core_job.result->key, '[]') || value) FROM jsonb_each(CAST(? AS jsonb)))`,
    [toJsonb(more)],
  );
  await openJob(knex, id).update({ result: merged });
}

/** A result that was kept already. */
export const keptResult = (knex: Knex): Knex.Raw => knex.raw('result');

/** Ends a job, once: of several endings the first one holds. */
export async function finishJob(knex: Knex, id: string, ending: JobResult, now: Date): Promise<void> {
  await openJob(knex, id).update({
    status: ending.status,
    result: ending.result === undefined ? null : isSql(ending.result) ? ending.result : toJsonb(ending.result),
    error: ending.status === 'completed' ? null : toJsonb(ending.error),
    finished: now.toISOString(),
    started: knex.raw('coalesce(started, ?)', [now.toISOString()]),
  });
}

/** One job. */
export async function findJob(knex: Knex, id: string): Promise<JobRow | undefined> {
  return knex<JobRow>('core_job').where({ id }).first();
}

/** The newest jobs that are not over, at most `limit`; those of one type, of which there may be many, are left out. */
export async function openJobs(knex: Knex, limit: number, except = ''): Promise<JobRow[]> {
  const open = knex<JobRow>('core_job').whereIn('status', OPEN).whereNot('type', except);
  return open.orderBy('created', 'desc').limit(limit);
}
