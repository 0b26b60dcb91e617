import type { Knex } from 'knex';
import { ageOf } from '../age';
import { FIRST_LOCAL_ID } from './payload';

/** How far both sides are apart, and why. */
export interface PagerdutyState {
  /** Sends that wait or are tried again; of these, the ones that failed before. */
  readonly pending: number;
  readonly retrying: number;
  /** Sends that PagerDuty refused for good. */
  readonly dead: number;
  readonly oldest_waiting: { readonly since: string; readonly seconds: number } | null;
  readonly last_success: string | null;
  /** Alerts that are over here, and that PagerDuty was not told of: people resolve them there. */
  readonly left_to_people: number;
  /** Alerts whose sends maintenance or a missing routing key holds back. */
  readonly held: number;
  readonly webhooks: {
    readonly last_received: string | null;
    readonly unmatched: number;
    readonly refused_signatures: number;
    readonly last_refused: string | null;
  };
  readonly differences: number;
}

/** The requests of a routing key, which is known by its version. */
export interface KeyBudget {
  readonly routing_key: number;
  readonly origins: readonly string[];
  readonly per_minute: number;
  readonly used: number;
  readonly blocked_until: string | null;
}

const ALERTS = `
  SELECT coalesce(sum(a.pending) FILTER (WHERE NOT dead), 0)::int AS pending,
    count(*) FILTER (WHERE a.is_held)::int AS held,
    min(coalesce(s.since, (a.state->'queue'->0->>'at')::timestamptz)) FILTER (WHERE a.pending > 0 AND NOT dead) AS oldest,
    count(*) FILTER (WHERE a.wanted = 'resolved' AND a.told IN ('triggered', 'acknowledged') AND a.pending = 0
      AND (a.state->>'heard')::bigint >= a.news)::int AS left_to_people
  FROM pagerduty_alert a
  CROSS JOIN LATERAL (SELECT (a.state->>'dead')::boolean AS dead) AS d
  LEFT JOIN pagerduty_send s ON s.alert = a.id AND s.n = (a.state->'queue'->0->>'n')::bigint
  WHERE a.told IN ('triggered', 'acknowledged') OR a.pending > 0`;

const OTHERS = `
  SELECT (SELECT count(*) FROM pagerduty_send WHERE state = 'retrying') AS retrying,
    (SELECT count(*) FROM pagerduty_send WHERE state = 'dead') AS dead,
    (SELECT max(finished) FROM pagerduty_send WHERE state = 'taken') AS last_success,
    (SELECT max(received) FROM pagerduty_webhook) AS last_received,
    (SELECT count(*) FROM pagerduty_webhook WHERE outcome = 'unmatched') AS unmatched,
    (SELECT webhooks FROM pagerduty_refused) AS refused_signatures,
    (SELECT last FROM pagerduty_refused) AS last_refused,
    (SELECT count(*) FROM pagerduty_difference) AS differences`;

interface AlertCounts extends Pick<PagerdutyState, 'pending' | 'held' | 'left_to_people'> {
  readonly oldest: string | null;
}

type OtherCounts = Pick<PagerdutyState, 'retrying' | 'dead' | 'last_success' | 'differences'> &
  PagerdutyState['webhooks'];

/** What waits to be sent, and what is left to people. */
export type WaitingState = Pick<PagerdutyState, 'pending' | 'held' | 'left_to_people' | 'oldest_waiting'>;

/** Counts what waits, over the alerts that are open or have something to send. */
export async function waitingState(knex: Knex, now: Date): Promise<WaitingState> {
  const { rows } = await knex.raw<{ rows: AlertCounts[] }>(ALERTS);
  const [counts] = rows;
  if (!counts) throw new Error('counting gave no row');
  const { oldest, ...others } = counts;
  const seconds = ageOf(oldest, now);
  return { ...others, oldest_waiting: oldest === null || seconds === null ? null : { since: oldest, seconds } };
}

/** How far what PagerDuty knows is behind what we know. */
export async function pagerdutyState(knex: Knex, now: Date): Promise<PagerdutyState> {
  const [ours, others] = await Promise.all([waitingState(knex, now), knex.raw<{ rows: OtherCounts[] }>(OTHERS)]);
  const [theirs] = others.rows;
  if (!theirs) throw new Error('counting gave no row');
  const { retrying, dead, last_success, differences, ...webhooks } = theirs;
  return { ...ours, retrying, dead, last_success, webhooks, differences };
}

const BUDGETS = `
  SELECT k.id AS routing_key,
    ARRAY(SELECT 'technical service ' || name FROM incident_service WHERE routing_key = k.id ORDER BY name) AS origins,
    coalesce((SELECT count(*) FROM unnest(b.taken) t WHERE t > :from), 0)::int AS used,
    CASE WHEN b.blocked_until > :now THEN b.blocked_until END AS blocked_until
  FROM core_secret k LEFT JOIN pagerduty_budget b ON b.routing_key = k.id
  WHERE k.kind = 'routing_key' ORDER BY k.id`;

/** The budgets of the routing keys in use; `defaultKey` is the version of PAGERDUTY_ROUTING_KEY. */
export async function keyBudgets(
  knex: Knex,
  perMinute: number,
  defaultKey: number | undefined,
  now: Date,
): Promise<readonly KeyBudget[]> {
  const from = new Date(now.getTime() - 60_000).toISOString();
  const { rows } = await knex.raw<{ rows: Omit<KeyBudget, 'per_minute'>[] }>(BUDGETS, { from, now: now.toISOString() });
  return rows
    .map(({ routing_key, origins, used, blocked_until }) => ({
      routing_key,
      origins: [...origins, ...(routing_key === defaultKey ? ['PAGERDUTY_ROUTING_KEY'] : [])],
      per_minute: perMinute,
      ...{ used, blocked_until },
    }))
    .filter(({ origins, used, blocked_until }) => origins.length > 0 || used > 0 || blocked_until !== null);
}

/** Whether there are records of NetBox's. */
export async function hasMirrored(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { found: boolean }[] }>(
    `SELECT EXISTS (SELECT FROM incident_event WHERE id < :first) OR EXISTS (SELECT FROM incident WHERE id < :first)
       AS found`,
    { first: FIRST_LOCAL_ID },
  );
  return rows[0]?.found ?? false;
}
