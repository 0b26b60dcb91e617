import type { Knex } from 'knex';
import { ageOf } from '../age';
import { waitingState } from './status';

/** How many there are of something that is told apart by one word. */
export interface Counted {
  readonly of: string;
  readonly count: number;
}

/** What monitoring wants to know of incidents and PagerDuty. */
export interface IncidentMeasurements {
  /** What alerts have to send, whether it was tried yet or not; and how many of them may not send it now. */
  readonly pending: number;
  readonly held: number;
  /** For how many seconds what waits longest does; null: nothing waits. */
  readonly oldest_waiting: number | null;
  /** Sends that are not over, by state: each state, also without any. */
  readonly sends: readonly Counted[];
  /** Sends on record that PagerDuty took, by action. */
  readonly taken: readonly Counted[];
  /** Requests of the last minute, by the version of the routing key. */
  readonly budgets: readonly Counted[];
  /** Alerts that PagerDuty has open as far as it was told, by phase. */
  readonly alerts: readonly Counted[];
  /** Incidents that are neither resolved nor closed, by severity. */
  readonly incidents: readonly Counted[];
  /** Events that are triggered. */
  readonly events: number;
  /** Webhooks on record, by outcome. */
  readonly webhooks: readonly Counted[];
  /** Webhooks whose signature fitted none of our secrets, ever. */
  readonly refused_webhooks: number;
  readonly differences: number;
  /** Alerts whose workflows were not told of the latest yet, and for how many seconds the first of them was not; null: none. */
  readonly untold: number;
  readonly untold_age: number | null;
}

/** Groups by a word, each with its count, as one JSON list. */
const counted = (question: string): string =>
  `(SELECT coalesce(jsonb_agg(c ORDER BY c."of"), '[]') FROM (${question}) c)`;

/**
 * Whatever can be many is counted by a partial index of what is open. What PagerDuty took and told is counted whole: by an
 * index for the webhooks, by the table for sends.
 */
const QUESTION = `
  SELECT
    ${counted(`SELECT s AS of, (SELECT count(*) FROM pagerduty_send WHERE state = s
      AND state IN ('waiting', 'sending', 'retrying', 'dead')) AS count
      FROM unnest(ARRAY['waiting', 'sending', 'retrying', 'dead']) s`)} AS sends,
    ${counted(`SELECT action AS of, count(*) AS count FROM pagerduty_send WHERE state = 'taken' GROUP BY action`)} AS taken,
    ${counted(`SELECT CAST(routing_key AS text) AS of,
      (SELECT count(*) FROM unnest(taken) t WHERE t > :from) AS count FROM pagerduty_budget`)} AS budgets,
    ${counted(`SELECT p AS of, (SELECT count(*) FROM pagerduty_alert WHERE told = p
      AND (told IN ('triggered', 'acknowledged') OR pending > 0)) AS count
      FROM unnest(ARRAY['triggered', 'acknowledged']) p`)} AS alerts,
    ${counted(`SELECT s AS of, (SELECT count(*) FROM incident WHERE severity = s
      AND status NOT IN ('resolved', 'closed')) AS count
      FROM unnest(ARRAY['critical', 'high', 'medium', 'low']) s`)} AS incidents,
    (SELECT count(*) FROM incident_event WHERE status = 'triggered') AS events,
    ${counted(`SELECT outcome AS of, count(*) AS count FROM pagerduty_webhook GROUP BY outcome`)} AS webhooks,
    (SELECT webhooks FROM pagerduty_refused) AS refused_webhooks,
    (SELECT count(*) FROM pagerduty_difference) AS differences,
    (SELECT count(*) FROM pagerduty_alert WHERE signalled < news) AS untold,
    (SELECT time FROM incident_timeline
      WHERE id = (SELECT min(news) FROM pagerduty_alert WHERE signalled < news)) AS untold_since`;

type Waiting = 'pending' | 'held' | 'oldest_waiting';
type Answered = Omit<IncidentMeasurements, 'untold_age' | Waiting> & { readonly untold_since: string | null };

/** Asks for all of it at once. */
export async function measureIncidents(knex: Knex, now: Date): Promise<IncidentMeasurements> {
  const from = new Date(now.getTime() - 60_000).toISOString();
  const [{ pending, held, oldest_waiting }, { rows }] = await Promise.all([
    waitingState(knex, now),
    knex.raw<{ rows: Answered[] }>(QUESTION, { from }),
  ]);
  const [row] = rows;
  if (!row) throw new Error('measuring gave no row');
  const { untold_since, ...measured } = row;
  const ages = { untold_age: ageOf(untold_since, now), oldest_waiting: oldest_waiting?.seconds ?? null };
  return { ...measured, pending, held, ...ages };
}
