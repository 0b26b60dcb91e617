import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { withTransaction } from '../client';
import { OBJECT_TAGS, OBJECTS } from './objects';

/** Thrown when a publication comes too late: its synchronisation has ended, or a newer one has begun. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** Deletes all rows, and all that was told of them; readers go on with what they see. How many rows went. */
export async function emptyCache(client: PoolClient): Promise<number> {
  let deleted = 0;
  for (const tag of OBJECT_TAGS) deleted += (await client.query(`DELETE FROM ${OBJECTS[tag].table}`)).rowCount ?? 0;
  for (const table of ['tombstone', 'quarantine', 'missing_parent'])
    await client.query(`DELETE FROM peeringdb_${table}`);
  return deleted;
}

const FENCE_OFF = `UPDATE peeringdb_synchronisation SET status = 'failed', finished = $1, error = jsonb_build_object(
    'type', 'PEERINGDB_FENCED', 'message', 'the cache was emptied before this synchronisation ended')
  WHERE status = 'running'`;

/** Empties the cache and fetches nothing: how many rows went. What still counts as running is fenced off. */
export function clearCache(knex: Knex, now: Date): Promise<number> {
  return withTransaction(knex, async (client) => {
    await client.query('SELECT FROM peeringdb_state FOR UPDATE');
    await client.query(FENCE_OFF, [now.toISOString()]);
    const deleted = await emptyCache(client);
    await client.query('UPDATE peeringdb_object SET row_count = 0, cursor = NULL, list_generated = NULL');
    await client.query(
      'UPDATE peeringdb_state SET snapshot = NULL, published = $1, identity = NULL, last_full = NULL',
      [now.toISOString()],
    );
    return deleted;
  });
}
