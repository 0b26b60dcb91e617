import type { Knex } from 'knex';

/** A minute as PeeringDB counts it, and a second for requests that arrive closer together than they were made. */
const WINDOW_SECONDS = 61;

const TAKE = `
  UPDATE peeringdb_budget SET
    granted = (SELECT count(*) < :most FROM unnest(made) t WHERE t > :from::timestamptz),
    made = (
      SELECT coalesce(array_agg(t ORDER BY t), '{}') FROM (
        SELECT t FROM unnest(made) t WHERE t > :from::timestamptz
        UNION ALL SELECT :now::timestamptz
          WHERE (SELECT count(*) < :most FROM unnest(made) t WHERE t > :from::timestamptz)
      ) kept (t)
    )
  RETURNING granted, made[cardinality(made) - :most + 1] AS oldest`;

/**
 * Takes one request out of the budget that all workers share: at most `perMinute` in any minute, all of them at once if
 * need be, as PeeringDB counts them. 0 when it may be made now, else the seconds until one may.
 */
export async function takeRequest(knex: Knex, perMinute: number, now: Date): Promise<number> {
  const from = new Date(now.getTime() - WINDOW_SECONDS * 1000);
  const result = await knex.raw<{ rows: { granted: boolean; oldest: string | null }[] }>(TAKE, {
    most: perMinute,
    now: now.toISOString(),
    from: from.toISOString(),
  });
  const [taken] = result.rows;
  if (taken === undefined || taken.granted || taken.oldest === null) return 0;
  return Math.max(0.001, (Date.parse(taken.oldest) - from.getTime()) / 1000);
}

/** When an anonymous client last got the full list at `url`; undefined if never. */
export async function lastListRequest(knex: Knex, url: string): Promise<Date | undefined> {
  const row = await knex<{ url: string; fetched: string }>('peeringdb_list_request').where({ url }).first('fetched');
  return row && new Date(row.fetched);
}

/** Remembers that an anonymous client got the full list at `url`. */
export async function noteListRequest(knex: Knex, url: string, now: Date): Promise<void> {
  await knex('peeringdb_list_request').insert({ url, fetched: now.toISOString() }).onConflict('url').merge();
}
