import { Context } from '@temporalio/activity';
import { findJob, finishJob, isFinal, startJob, type JobRow } from '../../store/jobs';
import { askForOne, bulkInput, bulkResult, countBulk } from '../../store/pagerduty/bulk';
import type { BulkActivities } from '../../workflows/incident/activities';
import { whileHeartbeating } from '../shared/heartbeat';
import type { PagerdutyDeps } from './deps';

/** The activities of sending many events. */
export function createBulkActivities(
  { knex, clock }: Pick<PagerdutyDeps, 'knex' | 'clock'>,
  defaultKey: () => Promise<number | undefined>,
): BulkActivities {
  async function jobOf(id: string): Promise<JobRow> {
    const job = await findJob(knex, id);
    if (!job) throw new Error(`job ${id} has no row`);
    return job;
  }

  /** Each event's own workflow is told by whoever forwards what was committed. */
  async function askForAll(job_id: string, signal: AbortSignal): Promise<{ over: boolean }> {
    const job = await jobOf(job_id);
    if (isFinal(job.status)) return { over: true };
    await startJob(knex, job_id, clock());
    const key = await defaultKey();
    for (const event_id of bulkInput(job).event_ids) {
      signal.throwIfAborted();
      await askForOne(knex, job, event_id, key, clock());
    }
    return { over: false };
  }

  return {
    askForBulk: ({ job_id }) => whileHeartbeating(askForAll(job_id, Context.current().cancellationSignal)),
    countBulk: async ({ job_id }) => countBulk(knex, await jobOf(job_id)),
    async closeBulk({ job_id, ending }) {
      const result = bulkResult(knex, await jobOf(job_id));
      await finishJob(knex, job_id, { ...ending, result }, clock());
    },
  };
}
