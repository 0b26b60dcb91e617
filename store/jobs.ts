import type { Knex } from 'knex';

/** States of a job. `waiting` is only ever told by its workflow; a row says running meanwhile. */
export type JobStatus = 'pending' | 'running' | 'waiting' | 'completed' | 'failed' | 'canceled';

/** Why a job failed. `upstream`: somebody else's system is the reason. */
export interface JobFailure {
  readonly type: string;
  readonly message: string;
  readonly upstream?: boolean;
}

/** A job as PostgreSQL remembers it, longer than Temporal keeps its history. Times are ISO 8601. */
export interface Job {
  readonly id: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly workflow_id: string;
  readonly run_id: string | null;
  readonly input: object;
  readonly result: object | null;
  readonly error: JobFailure | null;
  readonly created: string;
  readonly started: string | null;
  readonly finished: string | null;
}

export type NewJob = Pick<Job, 'id' | 'type' | 'workflow_id' | 'run_id' | 'input'>;

/** How a job ended. */
export type Ending =
  | { readonly status: 'completed'; readonly result: object }
  | { readonly status: 'failed' | 'canceled'; readonly error: JobFailure };

const FINAL = ['completed', 'failed', 'canceled'];

/** Creates a job's row, or leaves the one there is; a run id that was not known yet is filled in. */
export async function ensureJob(knex: Knex, job: NewJob): Promise<void> {
  await knex('core_job')
    .insert({ ...job, input: JSON.stringify(job.input), status: 'pending' })
    .onConflict('id')
    .merge({ run_id: knex.raw('coalesce(core_job.run_id, excluded.run_id)') });
}

/** Marks a job as begun. */
export async function startJob(knex: Knex, id: string, now: Date): Promise<void> {
  await knex('core_job').where({ id, status: 'pending' }).update({ status: 'running', started: now.toISOString() });
}

/** Ends a job; one that has ended stays as it is. */
export async function finishJob(knex: Knex, id: string, ending: Ending, now: Date): Promise<void> {
  await knex('core_job')
    .where({ id })
    .whereNotIn('status', FINAL)
    .update({
      status: ending.status,
      finished: now.toISOString(),
      ...(ending.status === 'completed'
        ? { result: JSON.stringify(ending.result) }
        : { error: JSON.stringify(ending.error) }),
    });
}

/** One job. */
export async function findJob(knex: Knex, id: string): Promise<Job | undefined> {
  return knex<Job>('core_job').where({ id }).first();
}
