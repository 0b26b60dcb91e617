import type { Knex } from 'knex';

/**
 * Takes one request out of the budget that all workers share: `perMinute` a minute, as many at once where none were
 * made for a minute. 0 when it may be made now, else the seconds until one may.
 */
export async function takeRequest(knex: Knex, perMinute: number, now: Date): Promise<number> {
  const result = await knex.raw<{ rows: { tokens: number }[] }>(
    `UPDATE peeringdb_budget SET refilled = :now, tokens = CASE WHEN available >= 1 THEN available - 1 ELSE available END
     FROM (
       -- LEAST passes over the null of a budget that was never used.
       SELECT LEAST(:burst, tokens + GREATEST(0, EXTRACT(EPOCH FROM :now::timestamptz - refilled)) * :rate) AS available
       FROM peeringdb_budget FOR UPDATE
     ) AS refill
     RETURNING available AS tokens`,
    { now: now.toISOString(), burst: perMinute, rate: perMinute / 60 },
  );
  const tokens = result.rows[0]?.tokens ?? 1;
  return tokens >= 1 ? 0 : ((1 - tokens) * 60) / perMinute;
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
