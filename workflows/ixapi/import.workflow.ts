import { proxyActivities } from '@temporalio/workflow';
import type { JobActivities } from '../shared/ending';
import { endingOf } from '../shared/failure';
import { LONG, QUICK } from '../shared/policies';
import { regardless, Tracker } from '../shared/tracker';
import type { IxapiActivities } from './activities';
import { ensureFollowing } from './ensure-following';
import { IXAPI_IMPORT_JOB, IXAPI_UPSTREAM_FAILURES, type IxapiImportInput } from './messages';
import { compare, COMPARING_STEPS, readExchange, READING_STEPS } from './read';

const { startJob } = proxyActivities<JobActivities>(QUICK);
const { closeImport } = proxyActivities<IxapiActivities>(QUICK);
const { importConfigs } = proxyActivities<IxapiActivities>(LONG);

const IMPORTING_STEPS = 1;

/** Reads an exchange, and makes connections of its configs, or says what would be made. */
export async function ixapiImport(input: IxapiImportInput): Promise<void> {
  const { job_id, durations, ...asked } = input;
  const { username: _, ...request } = asked;
  const { exchange, dry_run } = request;
  const tracker = new Tracker(READING_STEPS + IMPORTING_STEPS + (dry_run ? 0 : COMPARING_STEPS));
  try {
    const begin = (): Promise<void> => startJob({ job_id, type: IXAPI_IMPORT_JOB, input: asked });
    const read = await readExchange(tracker, { key: job_id, exchange, ...(durations && { durations }) }, begin);
    tracker.enter('importing');
    const { following } = await importConfigs({ job_id, ...request });
    tracker.step();
    if (following > 0) await ensureFollowing(exchange, durations);
    if (!dry_run) await compare(tracker, read);
    await regardless(() => closeImport({ job_id, ending: { status: 'completed', result: {} } }));
  } catch (error) {
    const ending = endingOf(error, IXAPI_UPSTREAM_FAILURES);
    await regardless(() => closeImport({ job_id, ending }));
    throw error;
  }
}
