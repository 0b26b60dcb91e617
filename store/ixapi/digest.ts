import type { Knex } from 'knex';
import { NAMED_LISTS, WHOLE_LISTS } from './raw';

const ALL_LISTS = [...WHOLE_LISTS, ...NAMED_LISTS];

/** A digest of all that a reading read; undefined: a list was not read to its end, or was lost since. */
export async function digestOf(knex: Knex, reading: number): Promise<string | undefined> {
  const { rows } = await knex.raw<{ rows: { digest: string | null; ended: number }[] }>(
    `SELECT md5(string_agg(list || start || md5(body), ',' ORDER BY list, start)) AS digest,
      CAST(count(*) FILTER (WHERE is_last AND start >= 0) AS integer) AS ended
    FROM ixapi_page WHERE reading = :reading AND list = ANY (:lists)`,
    { reading, lists: ALL_LISTS },
  );
  const [read] = rows;
  return read?.ended === ALL_LISTS.length ? (read.digest ?? undefined) : undefined;
}
