import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { Values } from '../records';
import type { Fact } from '../pagerduty/facts';
import type { Who } from './who';

/** Alerts whose next page is held back, and those that may be held back at this moment by what is about to change. */
const WAITING = `is_held OR (told NOT IN ('triggered', 'acknowledged')
  AND (pending > 0 OR signalled < news OR news > CAST(state->>'heard' AS bigint)))`;

/**
 * Lets alerts whose page waits look again at what it depends on: maintenance and routing keys. In the transaction that
 * changes these; whoever is deciding at that moment is waited for.
 */
export async function lookAgain(trx: Knex, detail: string, { actor, now }: Who): Promise<void> {
  const waiting = await trx('pagerduty_alert')
    .whereRaw(WAITING)
    .orderBy('id')
    .forNoKeyUpdate()
    .select<{ id: number }[]>('id');
  if (waiting.length === 0) return;
  const at = now.toISOString();
  const fact: Fact = { fact: 'look', at };
  await trx.raw(
    `WITH told AS (
       INSERT INTO incident_timeline (time, kind, action, alert, event, incident, fact, actor, detail)
       SELECT CAST(:at AS timestamptz), 'note', 'look', id, event, incident, CAST(:fact AS jsonb), :actor, :detail
       FROM pagerduty_alert WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id RETURNING id, alert)
     UPDATE pagerduty_alert a SET news = told.id FROM told WHERE told.alert = a.id`,
    { at, fact: toJsonb(fact), actor, detail, ids: waiting.map(({ id }) => id) },
  );
}

/** When a window would begin and end with what is written of it; nothing while one of them is unknown. */
export async function windowWith(
  trx: Knex,
  values: Values,
  id: number | undefined,
): Promise<{ readonly start: number; readonly end: number } | undefined> {
  const known =
    id === undefined
      ? undefined
      : await trx('incident_maintenance')
          .where({ id })
          .forUpdate()
          .first<{ planned_start: string; planned_end: string } | undefined>('planned_start', 'planned_end');
  const start = values['planned_start'] ?? known?.planned_start;
  const end = values['planned_end'] ?? known?.planned_end;
  if (typeof start !== 'string' || typeof end !== 'string') return undefined;
  return { start: Date.parse(start), end: Date.parse(end) };
}
