import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ensureJob, findJob, type JobRow } from '../jobs';
import { transact } from '../transact';
import type { ListSource } from '../query/columns';
import { lockAlert, tellAlert, type AlertRow } from './alerts';
import { SEND_JOB } from './asks';
import type { SendRow } from './sends';
import type { Who } from '../incidents/who';

/** Sends that PagerDuty refused for good. */

/** An answer of PagerDuty's is kept of what it took or refused: so a superseded send that has one was refused before. */
const REFUSED = `(SELECT s.id, a.dedup_key, a.event AS event_id, a.incident AS incident_id, s.action, s.state,
    s.state = 'superseded' AS superseded, s.reason, coalesce(s.answer->'errors', jsonb_build_array(s.reason)) AS errors,
    s.attempts, s.since, s.finished
  FROM pagerduty_send s JOIN pagerduty_alert a ON a.id = s.alert
  WHERE s.state = 'dead' OR (s.state = 'superseded' AND s.answer IS NOT NULL)) AS letters`;

export const DEAD_LETTERS: ListSource = {
  table: REFUSED,
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'dedup_key', kind: 'text' },
    { name: 'event_id', kind: 'integer' },
    { name: 'incident_id', kind: 'integer' },
    { name: 'action', kind: 'text' },
    { name: 'state', kind: 'text' },
    { name: 'superseded', kind: 'boolean' },
    { name: 'reason', kind: 'text' },
    { name: 'errors', kind: 'opaque' },
    { name: 'attempts', kind: 'integer' },
    { name: 'since', kind: 'timestamp' },
    { name: 'finished', kind: 'timestamp' },
  ],
  search: ['dedup_key', 'reason', 'action'],
  brief: ['id', 'dedup_key', 'action', 'reason'],
  hidden: { field: 'state', value: 'superseded' },
  ordering: '-id',
};

/** What came of wanting to replay a dead letter. */
export type Replayed =
  | { readonly outcome: 'replayed'; readonly alert: AlertRow; readonly job: JobRow }
  | { readonly outcome: 'superseded' }
  /** Somebody else did it before. */
  | { readonly outcome: 'already' }
  | { readonly outcome: 'unknown' };

/** Whether a replay of a send was asked for; of those that were not heard yet, or of all. */
async function hasReplay(trx: Knex, { alert, n }: SendRow, after: number): Promise<boolean> {
  const rows = await trx('incident_timeline')
    .where('alert', alert)
    .where('id', '>', after)
    .whereRaw(`fact->>'fact' = 'replay' AND fact->>'n' = ?`, [String(n)])
    .limit(1)
    .select<{ id: number }[]>('id');
  return rows.length > 0;
}

async function whyNot(trx: Knex, alert: AlertRow, send: SendRow): Promise<Replayed['outcome'] | undefined> {
  if (send.state === 'superseded') return 'superseded';
  if (send.state === 'dead') return (await hasReplay(trx, send, alert.state.heard)) ? 'already' : undefined;
  return (await hasReplay(trx, send, 0)) ? 'already' : 'unknown';
}

/** Lets a dead letter be sent again, with the words of its record as they are now. */
export async function replayDeadLetter(knex: Knex, id: number, { actor, now }: Who): Promise<Replayed> {
  const found = await knex<SendRow>('pagerduty_send').where({ id }).first('alert');
  if (!found) return { outcome: 'unknown' };
  return transact(knex, async (trx): Promise<Replayed> => {
    const alert = await lockAlert(trx, found.alert);
    const send = await trx<SendRow>('pagerduty_send').where({ id }).first();
    if (!alert || !send) return { outcome: 'unknown' };
    const outcome = await whyNot(trx, alert, send);
    if (outcome !== undefined && outcome !== 'replayed') return { outcome };
    const { dedup_key, workflow_id, event, incident } = alert;
    const job_id = randomUUID();
    const input = { action: send.action, dedup_key, event_id: event, incident_id: incident };
    await ensureJob(trx, { id: job_id, type: SEND_JOB, workflow_id, input });
    const fact = { fact: 'replay', n: send.n, job: job_id, at: now.toISOString() } as const;
    await tellAlert(trx, alert, fact, { action: 'asked to replay', actor, detail: dedup_key }, now);
    const job = await findJob(trx, job_id);
    if (!job) throw new Error(`job ${job_id} has no row`);
    return { outcome: 'replayed', alert, job };
  });
}
