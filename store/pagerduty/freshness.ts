import type { Knex } from 'knex';
import { pagerdutyState, type PagerdutyState } from './status';

/** How fresh what PagerDuty knows is. */
export interface PagerdutyFreshness extends Pick<PagerdutyState, 'last_success' | 'dead'> {
  /** For how many seconds what waits longest does; null: nothing waits. */
  readonly oldest_waiting_seconds: number | null;
  /** When both sides were compared to the end (ISO 8601); null: never. */
  readonly last_check: string | null;
}

/** Asks for it; `check` is the workflow that compares both sides, by which its jobs are known. */
export async function pagerdutyFreshness(knex: Knex, check: string, now: Date): Promise<PagerdutyFreshness> {
  const [{ last_success, dead, oldest_waiting }, [checked]] = await Promise.all([
    pagerdutyState(knex, now),
    knex('core_job')
      .where({ workflow_id: check, status: 'completed' })
      .orderBy('created', 'desc')
      .limit(1)
      .select<{ finished: string }[]>('finished'),
  ]);
  const oldest_waiting_seconds = oldest_waiting?.seconds ?? null;
  return { last_success, dead, oldest_waiting_seconds, last_check: checked?.finished ?? null };
}
