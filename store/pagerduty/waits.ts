import type { Knex } from 'knex';
import { finishJob, recordProgress } from '../jobs';
import type { Queued } from './alert-state';
import type { Fact } from './facts';

/** What people who asked for a send are told of it while it is not sent. */

/** The sends of a queue wait until a time, for a reason. */
export async function noteWait(
  trx: Knex,
  queue: readonly Queued[],
  { until, reason }: { readonly until: string; readonly reason: string },
): Promise<void> {
  const progress = { phase: 'waiting', done: 0, total: 1, waiting_until: until, reason };
  for (const { job } of queue) if (job !== undefined) await recordProgress(trx, job, progress, true);
}

/** What was asked for and is not in the queue will not be sent: such as a dead letter that was superseded meanwhile. */
export async function answerUnqueued(
  trx: Knex,
  facts: readonly Fact[],
  queue: readonly Queued[],
  now: Date,
): Promise<void> {
  const queued = new Set(queue.map(({ job }) => job));
  const error = { type: 'SUPERSEDED', message: 'not sent: it was superseded before its turn' };
  for (const fact of facts)
    if ('job' in fact && !queued.has(fact.job)) await finishJob(trx, fact.job, { status: 'failed', error }, now);
}

/** What follows a send that PagerDuty refuses stays behind it until that is replayed or superseded: nobody waits for it. */
export async function answerBehind(
  trx: Knex,
  [refused, ...behind]: readonly Queued[],
  reason: string,
  now: Date,
): Promise<void> {
  const fail = (job: string | undefined, message: string): Promise<void> =>
    job === undefined
      ? Promise.resolve()
      : finishJob(trx, job, { status: 'failed', error: { type: 'PAGERDUTY_REFUSED', message, upstream: true } }, now);
  await fail(refused?.job, `PagerDuty refuses it: ${reason}`);
  for (const { job } of behind) await fail(job, `not sent: PagerDuty refuses what goes before it: ${reason}`);
}
