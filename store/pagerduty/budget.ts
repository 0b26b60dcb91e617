import type { Knex } from 'knex';
import { slotFor, WINDOW_MS, type Slot } from './slot';

/** Who wants a slot of a routing key: its row among those that wait. */
export interface SlotSeeker {
  readonly send: number;
  readonly routing_key: number;
  readonly priority: number;
  readonly since: string;
}

/** A send whose workflow did not come back for its slot for so long is not waited for. */
const GONE_MS = 60_000;

interface BudgetRow {
  readonly taken: readonly number[];
  readonly urgent: readonly number[];
  readonly next_slot: number;
  readonly blocked_until: number | null;
  readonly ahead: number;
}

const epochs = (column: string): string =>
  `ARRAY(SELECT (extract(epoch FROM t) * 1000)::float8 FROM unnest(${column}) t WHERE t > :from ORDER BY t)`;

/** Locks the budget of a key: its slots are taken one after the other. */
const READ = `
  SELECT ${epochs('taken')} AS taken, ${epochs('urgent')} AS urgent,
    (extract(epoch FROM next_slot) * 1000)::float8 AS next_slot,
    (extract(epoch FROM blocked_until) * 1000)::float8 AS blocked_until,
    (SELECT count(*)::int FROM pagerduty_send s
      WHERE s.routing_key = b.routing_key AND s.state = 'waiting' AND s.due > :gone
        AND (s.priority, s.since, s.id) < (:priority, CAST(:since AS timestamptz), CAST(:send AS bigint))) AS ahead
  FROM pagerduty_budget b WHERE routing_key = :routing_key FOR UPDATE`;

const TAKE = `
  UPDATE pagerduty_budget SET next_slot = :next,
    taken = array_append(ARRAY(SELECT t FROM unnest(taken) t WHERE t > :from), CAST(:now AS timestamptz)),
    urgent = ARRAY(SELECT t FROM unnest(urgent) t WHERE t > :from
      UNION ALL SELECT CAST(:now AS timestamptz) WHERE :urgent)
  WHERE routing_key = :routing_key`;

const iso = (ms: number): string => new Date(ms).toISOString();

async function readBudget(trx: Knex, seeker: SlotSeeker, now: number): Promise<BudgetRow> {
  const binding = { ...seeker, from: iso(now - WINDOW_MS), gone: iso(now - GONE_MS) };
  const read = async (): Promise<BudgetRow | undefined> =>
    (await trx.raw<{ rows: BudgetRow[] }>(READ, binding)).rows[0];
  const known = await read();
  if (known) return known;
  await trx('pagerduty_budget')
    .insert({ routing_key: seeker.routing_key, next_slot: iso(now), taken: [], urgent: [] })
    .onConflict('routing_key')
    .ignore();
  const made = await read();
  if (!made) throw new Error(`the budget of routing key ${seeker.routing_key} has no row`);
  return made;
}

/** Takes a slot of a routing key for a send that waits, or says when to ask again. Over all workers. */
export async function takeSlot(trx: Knex, seeker: SlotSeeker, perMinute: number, now: Date): Promise<Slot> {
  const time = now.getTime();
  const row = await readBudget(trx, seeker, time);
  const budget = {
    ...{ perMinute, taken: row.taken, urgent: row.urgent },
    ...{ nextSlot: row.next_slot, blockedUntil: row.blocked_until ?? 0 },
  };
  const slot = slotFor(budget, { ahead: row.ahead, isUrgent: seeker.priority === 0 }, time);
  if (!slot.granted) return slot;
  await trx.raw(TAKE, {
    ...{ routing_key: seeker.routing_key, next: iso(slot.nextSlot), urgent: slot.fromReserve },
    ...{ now: now.toISOString(), from: iso(time - WINDOW_MS) },
  });
  return slot;
}

/** PagerDuty wants nothing of this key before a time. */
export async function blockKey(trx: Knex, routing_key: number, until: Date): Promise<void> {
  const time = until.toISOString();
  await trx('pagerduty_budget')
    .where({ routing_key })
    .update({ blocked_until: trx.raw('greatest(blocked_until, CAST(? AS timestamptz))', [time]) });
}
