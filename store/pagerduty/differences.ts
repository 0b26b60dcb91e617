import type { Knex } from 'knex';
import type { Phase } from './facts';

/** Where PagerDuty's side differs from ours, as it was last asked. */

/** An alert to compare, as we have it. */
export interface Comparable {
  readonly id: number;
  readonly dedup_key: string;
  readonly told: Phase;
  readonly news: number;
  readonly pagerduty_incident: string | null;
}

/** What PagerDuty has of a key; resolved: nothing that is open. */
export interface Theirs {
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly pagerduty_incident: string | null;
}

/** Which alerts are compared. */
export interface Comparing {
  /** What PagerDuty has open. */
  readonly keys: readonly string[];
  readonly after: number;
  readonly most: number;
  /** When PagerDuty was asked. */
  readonly asked: Date;
}

/** What has changed so lately may be on its way, one way or the other. */
const CALM_MS = 60_000;
/** So long ago PagerDuty was told to resolve. */
const RECENT_MS = 7 * 24 * 3600_000;

/** Alerts with nothing on its way: neither to be heard, nor to be sent, nor lately changed. */
const IS_CALM = `a.pending = 0 AND a.news <= CAST(a.state->>'heard' AS bigint) AND coalesce((
  SELECT t.time FROM incident_timeline t WHERE t.alert = a.id ORDER BY t.id DESC LIMIT 1) < :calm, true)`;

const SOME = `
  SELECT a.id, a.dedup_key, a.told, a.news, a.pagerduty_incident FROM pagerduty_alert a
  WHERE a.id > :after AND a.id IN (
    SELECT id FROM pagerduty_alert WHERE told IN ('triggered', 'acknowledged')
    UNION SELECT id FROM pagerduty_alert WHERE dedup_key = ANY(CAST(:keys AS text[]))
    UNION SELECT alert FROM pagerduty_send WHERE state = 'taken' AND finished > :recent
  ) AND ${IS_CALM}
  ORDER BY a.id LIMIT :most`;

/** Alerts to compare: those that are open on either side, and those that were resolved lately. */
export async function comparableAlerts(
  knex: Knex,
  { keys, after, most, asked }: Comparing,
): Promise<readonly Comparable[]> {
  const time = asked.getTime();
  const { rows } = await knex.raw<{ rows: Comparable[] }>(SOME, {
    ...{ after, most, keys: [...keys] },
    calm: new Date(time - CALM_MS).toISOString(),
    recent: new Date(time - RECENT_MS).toISOString(),
  });
  return rows;
}

/** Whether both sides have something else open. */
const differs = (ours: Phase, { status }: Theirs): boolean =>
  ours === 'nothing' ? status !== 'resolved' : ours !== status;

const KEEP = `
  INSERT INTO pagerduty_difference AS d (alert, ours, theirs, pagerduty_incident, first_seen, last_seen)
  SELECT a.id, a.told, g.theirs, g.place, :now, :now
  FROM unnest(CAST(:ids AS bigint[]), CAST(:news AS bigint[]), CAST(:theirs AS text[]), CAST(:places AS text[]))
    AS g (id, news, theirs, place)
  -- What was written meanwhile is compared another time.
  JOIN pagerduty_alert a ON a.id = g.id AND a.news = g.news
  ON CONFLICT (alert) DO UPDATE SET ours = excluded.ours, theirs = excluded.theirs,
    pagerduty_incident = excluded.pagerduty_incident, last_seen = excluded.last_seen,
    first_seen = CASE WHEN (d.ours, d.theirs) = (excluded.ours, excluded.theirs) THEN d.first_seen
      ELSE excluded.first_seen END`;

/** Keeps which of some alerts differ, and lets go of those that do not; how many do. */
export async function keepDifferences(
  knex: Knex,
  compared: readonly { readonly ours: Comparable; readonly theirs: Theirs }[],
  now: Date,
): Promise<number> {
  const differing = compared.filter(({ ours, theirs }) => differs(ours.told, theirs));
  const same = compared.filter(({ ours, theirs }) => !differs(ours.told, theirs)).map(({ ours }) => ours.id);
  await knex.transaction(async (trx) => {
    await trx('pagerduty_difference').whereIn('alert', same).delete();
    await trx.raw(KEEP, {
      now: now.toISOString(),
      ids: differing.map(({ ours }) => ours.id),
      news: differing.map(({ ours }) => ours.news),
      theirs: differing.map(({ theirs }) => theirs.status),
      places: differing.map(({ ours, theirs }) => theirs.pagerduty_incident ?? ours.pagerduty_incident),
    });
  });
  return differing.length;
}

/** Lets go of differences that a check which began then did not find, but for alerts that it left aside. */
export async function dropGone(knex: Knex, began: string, now: Date): Promise<void> {
  const calm = new Date(now.getTime() - CALM_MS).toISOString();
  await knex.raw(
    `DELETE FROM pagerduty_difference d USING pagerduty_alert a WHERE a.id = d.alert AND d.last_seen < :began
     AND ${IS_CALM}`,
    { began, calm },
  );
}
