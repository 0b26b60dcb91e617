import type { Knex } from 'knex';
import { ensureJob, finishJob, type JobRow } from '../jobs';
import { transact } from '../transact';
import { askForEvent, SEND_JOB } from './asks';
import { isKeyless } from './asked-key';
import { derivedId } from './job-ids';

/** Sending many events at once. What is to be sent stands in the row of the bulk's job. */

/** The type of a job that sends many events. */
export const BULK_JOB = 'pagerduty-bulk';

/** What a bulk's job is asked for. */
export interface BulkInput {
  readonly event_ids: readonly number[];
  readonly actor: string;
}

/** What is asked for in a job's row. */
export const bulkInput = ({ input }: Pick<JobRow, 'input'>): BulkInput => input as BulkInput;

const sendId = (job_id: string, event_id: number): string => derivedId(job_id, event_id);

const idsOf = ({ id, input }: Pick<JobRow, 'id' | 'input'>): [number[], string[]] => {
  const { event_ids } = bulkInput({ input });
  return [[...event_ids], event_ids.map((event) => sendId(id, event))];
};

/** Thrown to take back what was asked for without a key to send it with. */
class KeylessError extends Error {
  override readonly name = 'KeylessError';

  constructor(readonly workflow_id: string) {
    super('there is no routing key for it: expected the setting PAGERDUTY_ROUTING_KEY');
  }
}

/** Fails what has no key to be sent with, so that the others do not wait for it. */
async function refuse(trx: Knex.Transaction, id: string, { workflow_id, message }: KeylessError, now: Date) {
  await ensureJob(trx, { id, type: SEND_JOB, workflow_id, input: {} });
  await finishJob(trx, id, { status: 'failed', error: { type: 'PAGERDUTY_NO_KEY', message } }, now);
}

/**
 * Asks for one event of a bulk, once however often it is tried; nothing if there is no such event. In a transaction of its
 * own: whoever reports events locks them in another order.
 */
export async function askForOne(
  knex: Knex,
  job: Pick<JobRow, 'id' | 'input'>,
  event_id: number,
  defaultKey: number | undefined,
  now: Date,
): Promise<void> {
  const id = sendId(job.id, event_id);
  const { actor } = bulkInput(job);
  try {
    await transact(knex, async (trx) => {
      const asked = await askForEvent(trx, event_id, { actor, now, job: id });
      if (asked !== undefined && (await isKeyless(trx, asked, defaultKey)))
        throw new KeylessError(asked.alert.workflow_id);
    });
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    await knex.transaction((trx) => refuse(trx, id, error, now));
  }
}

/** How many events of a bulk have an outcome, and how many are still waited for. */
export async function countBulk(
  knex: Knex,
  job: Pick<JobRow, 'id' | 'input'>,
): Promise<{ readonly total: number; readonly open: number }> {
  const [event_ids, jobs] = idsOf(job);
  const { rows } = await knex.raw<{ rows: { open: number }[] }>(
    `SELECT count(*) AS open FROM core_job WHERE id = ANY (?::uuid[]) AND status IN ('pending', 'running', 'waiting')`,
    [jobs],
  );
  return { total: event_ids.length, open: rows[0]?.open ?? 0 };
}

const RESULT = `(
  SELECT jsonb_build_object(
    'total_requested', count(*),
    'success_count', count(*) FILTER (WHERE outcome = 'success'),
    'failed_count', count(*) FILTER (WHERE outcome = 'failed'),
    'not_found_count', count(*) FILTER (WHERE outcome = 'not_found'),
    'results', jsonb_build_object(
      'success', coalesce(jsonb_agg(jsonb_build_object('event_id', event, 'status', coalesce(status, 'success'))
        ORDER BY position) FILTER (WHERE outcome = 'success'), '[]'),
      'failed', coalesce(jsonb_agg(jsonb_build_object('event_id', event, 'reason', reason)
        ORDER BY position) FILTER (WHERE outcome = 'failed'), '[]'),
      'not_found', coalesce(jsonb_agg(event ORDER BY position) FILTER (WHERE outcome = 'not_found'), '[]')))
  FROM (
    SELECT e.event, e.position, j.result->'result'->>'status' AS status,
      CASE WHEN j.id IS NULL THEN 'not_found' WHEN j.status = 'completed' THEN 'success' ELSE 'failed' END AS outcome,
      coalesce(j.error->>'message', 'not known: nobody waited for it to be sent') AS reason
    FROM unnest(?::bigint[], ?::uuid[]) WITH ORDINALITY AS e (event, job, position)
    LEFT JOIN core_job j ON j.id = e.job
  ) AS outcomes)`;

/** What came of a bulk, made where it is kept. */
export const bulkResult = (knex: Knex, job: Pick<JobRow, 'id' | 'input'>): Knex.Raw => knex.raw(RESULT, idsOf(job));
