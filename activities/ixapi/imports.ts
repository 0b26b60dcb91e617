import type { Knex } from 'knex';
import { forgetFollowed } from '../../store/ixapi/import/follow';
import { importConfigs, NotLinkedError, type ImportResult } from '../../store/ixapi/import/import';
import { importFollowed } from '../../store/ixapi/import/followed';
import { addToResult, finishJob, keepResult, keptResult } from '../../store/jobs';
import { RecordConflictError } from '../../store/records';
import { transact } from '../../store/transact';
import type { ImportCounts, IxapiActivities } from '../../workflows/ixapi/activities';
import { whileHeartbeating } from '../shared/heartbeat';
import type { IxapiDeps } from './deps';
import { notLinked } from './errors';

type ImportActivities = Pick<IxapiActivities, 'importConfigs' | 'importFollowed' | 'forgetFollowed' | 'closeImport'>;

/** Somebody wrote in between what was not there when it was planned: it is planned again. */
const meansAgain = (error: unknown): boolean => error instanceof RecordConflictError;

/** Does work in a transaction. Fails with `notLinked`. */
async function inTransaction<T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  try {
    return await whileHeartbeating(transact(knex, work, meansAgain));
  } catch (error) {
    if (error instanceof NotLinkedError) throw notLinked(error.message);
    throw error;
  }
}

const countsOf = (result: ImportResult): ImportCounts => ({
  create: result.create.length,
  link: result.link.length,
  update: result.update.length,
  skip: result.skip.length,
  following: result.following.length,
});

/** What came of following: those that still wait are no result yet. */
const settledOf = ({ create, link, update, skip, following }: ImportResult): Record<string, readonly unknown[]> => ({
  ...{ create, link, update },
  skip: skip.filter(({ network_service_config }) => !following.includes(network_service_config)),
});

/** Making connections of configs. What came of it is written in the same transaction, so that nothing is told twice. */
export function createImportActivities({ knex, clock }: IxapiDeps): ImportActivities {
  return {
    importConfigs: ({ job_id, exchange, network_service_config: wanted, dry_run }) =>
      inTransaction(knex, async (trx) => {
        const options = { ...(wanted === undefined ? {} : { wanted }), dryRun: dry_run, now: clock() };
        const result = await importConfigs(trx, exchange, options);
        await keepResult(trx, job_id, result);
        return { ...countsOf(result), ...(dry_run ? { following: 0 } : {}) };
      }),

    importFollowed: ({ job_id, exchange }) =>
      inTransaction(knex, async (trx) => {
        const { result, left } = await importFollowed(trx, exchange, clock());
        await addToResult(trx, job_id, settledOf(result));
        return { left };
      }),

    async forgetFollowed({ exchange }) {
      await forgetFollowed(knex, exchange);
    },

    async closeImport({ job_id, ending }) {
      await finishJob(knex, job_id, { ...ending, result: keptResult(knex) }, clock());
    },
  };
}
