import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRow } from '../../store/jobs';
import type { PeeringdbSyncResult, SyncMode } from '../../workflows/peeringdb/messages';
import type { JobProgress } from '../../workflows/shared/job';
import type { RemoteNetbox } from '../fakes/netbox/remote';
import type { RemotePagerduty } from '../fakes/pagerduty/remote';
import type { FakePeeringdb } from '../fakes/peeringdb/server';
import { compareWithUpstream } from './compare';
import type { Exchange } from './ixapi/exchange';
import type { Product } from './product';
import type { Show } from './show';

/** What the story is played with. */
export interface Stage {
  readonly fake: FakePeeringdb;
  readonly netbox: RemoteNetbox;
  readonly pagerduty: RemotePagerduty;
  /** The exchange that speaks IX-API. */
  readonly exchange: Exchange;
  readonly show: Show;
  /** The environment that the product runs in; a step may change it for the next start. */
  readonly env: NodeJS.ProcessEnv;
  product: Product;
}

/** One step of the story: does something, checks that it came out as it should, and says in a few words what it saw. */
export interface Step {
  readonly title: string;
  play(stage: Stage): Promise<string>;
}

/** A job of the API. */
export type Job = Omit<JobRow, 'progress' | 'result'> & {
  readonly progress: Partial<JobProgress> | null;
  readonly result?: PeeringdbSyncResult;
};

const JOB_MS = 60_000;

/** Throws unless something is so; `what` says what was expected. */
export function expectThat(so: boolean, what: string): void {
  if (!so) throw new Error(what);
}

/** Starts a synchronisation and does not wait for it. */
export async function startSync({ product }: Stage, mode: SyncMode): Promise<Job> {
  const { status, body } = await product.post<Job>('/api/peeringdb/cache/update-local/', { mode });
  expectThat(status === 202, `starting a synchronisation answers ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** The job, once it is as `is` wants it. While the product cannot tell, it is asked again. */
export async function jobOnce({ product }: Stage, id: string, is: (job: Job) => boolean): Promise<Job> {
  let seen = 'nothing';
  for (const deadline = Date.now() + JOB_MS; Date.now() < deadline;) {
    await sleep(100);
    const answer = await product.get<Job>(`/api/core/jobs/${id}/`).catch(() => undefined);
    if (answer?.status === 200 && is(answer.body)) return answer.body;
    seen = `${answer?.status ?? 'no answer'} ${JSON.stringify(answer?.body)}`;
  }
  throw new Error(`the job ${id} is not as expected after ${JOB_MS / 1000} s; the last answer: ${seen}`);
}

/** Whether nothing further happens to a job. */
export const isOver = ({ status }: Job): boolean => ['completed', 'failed', 'canceled'].includes(status);

/** The result of a job that has to complete. */
export async function resultOf(stage: Stage, id: string): Promise<PeeringdbSyncResult> {
  const { status, result, error } = await jobOnce(stage, id, isOver);
  if (status === 'completed' && result !== undefined) return result;
  throw new Error(`the job ${id} is ${status}: ${error?.message ?? 'no reason given'}`);
}

/** Starts a synchronisation with `?wait=30`, which has to complete. */
export async function synchronise(stage: Stage, mode: SyncMode): Promise<PeeringdbSyncResult> {
  const path = '/api/peeringdb/cache/update-local/?wait=30';
  const { status, body } = await stage.product.post<Job>(path, { mode });
  expectThat(status === 200 || status === 202, `the synchronisation answers ${status}: ${JSON.stringify(body)}`);
  return resultOf(stage, body.id);
}

/** Compares every row with upstream's, and says so. */
export async function expectEqual(stage: Stage, identity: 'anonymous' | 'key' = 'anonymous'): Promise<string> {
  const { published, quarantined, synchronisation } = await compareWithUpstream(stage.product, stage.fake, identity);
  const waiting = quarantined.length === 0 ? '' : ` and ${quarantined.length} in quarantine`;
  stage.show.say(
    `compared all ${published.toLocaleString('en-US')} published rows${waiting} with upstream, field by field: equal; all lists name synchronisation ${synchronisation}`,
  );
  return `${published.toLocaleString('en-US')} rows${waiting} equal upstream`;
}
