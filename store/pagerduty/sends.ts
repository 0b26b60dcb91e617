import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { Queued } from './alert-state';

/** Sends: one row each from the first attempt on, also for those that wait for a slot. */

export interface SendRow {
  readonly id: number;
  readonly alert: number;
  readonly n: number;
  readonly action: Queued['action'];
  readonly state: 'waiting' | 'sending' | 'retrying' | 'taken' | 'dead' | 'superseded';
  readonly routing_key: number;
  readonly priority: number;
  readonly since: string;
  readonly due: string;
  readonly attempts: number;
  readonly attempt_until: string | null;
  readonly unsure_until: string | null;
  readonly reason: string | null;
}

/** A new critical alert goes before everything, what adds to an open alert behind everything. */
export function priorityOf({ action, first, severity }: Queued): number {
  if (action === 'acknowledge') return 2;
  if (action === 'resolve') return 1;
  if (!first) return 3;
  return severity === 'critical' ? 0 : 1;
}

/** The row of a send, made when it is its turn. A key other than before replaces it: nothing was taken under that one. */
export async function ensureSend(
  trx: Knex,
  alert: number,
  queued: Queued,
  routing_key: number,
  now: Date,
): Promise<SendRow> {
  const time = now.toISOString();
  const [row] = await trx<SendRow>('pagerduty_send')
    .insert({
      ...{ alert, n: queued.n, action: queued.action, state: 'waiting', routing_key },
      ...{ priority: priorityOf(queued), since: time, due: time, attempts: 0 },
    })
    .onConflict(['alert', 'n'])
    .merge({ routing_key } as never)
    .returning('*');
  if (!row) throw new Error(`send ${queued.n} of alert ${alert} has no row`);
  return row;
}

/** Changes the row of a send. */
export const updateSend = (
  trx: Knex,
  id: number,
  values: Partial<Omit<SendRow, 'id'>> & { readonly finished?: string; readonly answer?: unknown },
): Promise<number> => {
  const { answer, ...rest } = values;
  return trx('pagerduty_send')
    .where({ id })
    .update({ ...rest, ...(answer === undefined ? {} : { answer: toJsonb(answer) }) });
};

/** Sends that are not in the queue any more, and will not be made. */
export const supersede = (trx: Knex, alert: number, queue: readonly Queued[], now: Date): Promise<number> =>
  trx('pagerduty_send')
    .where({ alert })
    .whereIn('state', ['waiting', 'sending', 'retrying', 'dead'])
    .whereNotIn(
      'n',
      queue.map(({ n }) => n),
    )
    .update({ state: 'superseded', finished: now.toISOString() });

/** Until when an attempt of an earlier send, which nobody heard of again, may still be on its way. */
export async function unsureUntil(trx: Knex, alert: number, n: number, now: Date): Promise<string | undefined> {
  const [row] = await trx('pagerduty_send')
    .where('alert', alert)
    .where('n', '<', n)
    .whereRaw('greatest(unsure_until, attempt_until) > ?', [now.toISOString()])
    .select<{ unsure: string | null }[]>(trx.raw('max(greatest(unsure_until, attempt_until)) AS unsure'));
  return row?.unsure ?? undefined;
}
