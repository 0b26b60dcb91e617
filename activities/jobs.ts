import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { ensureJob, finishJob, startJob } from '../store/jobs';
import type { JobActivities } from '../workflows/shared/ending';
import { execution } from './shared/execution';

/** Keeps the rows of jobs in step with their workflows. */
export function createJobActivities({
  knex,
  clock,
}: {
  readonly knex: Knex;
  readonly clock: () => Date;
}): JobActivities {
  return {
    async startJob({ job_id, type, input }) {
      await ensureJob(knex, { id: job_id, type, input, ...execution(Context.current()) });
      await startJob(knex, job_id, clock());
    },
    async finishJob({ job_id, ending }) {
      await finishJob(knex, job_id, ending, clock());
    },
  };
}
