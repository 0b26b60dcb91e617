import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Runs `work` on one connection of the pool, for what knex has no words for (COPY, long statements). */
export async function withClient<T>(knex: Knex, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const pool = knex.client as Knex.Client;
  const client = (await pool.acquireConnection()) as PoolClient;
  try {
    return await work(client);
  } finally {
    await pool.releaseConnection(client);
  }
}

/** `withClient` in one transaction: committed when `work` ends well, else rolled back. */
export function withTransaction<T>(knex: Knex, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return withClient(knex, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/** Rows on their way into a table by COPY, as lines of its text format. */
export interface Copy {
  /** Takes lines; waits while PostgreSQL is behind. */
  write(lines: Buffer): Promise<void>;
  /** Ends the COPY and waits until PostgreSQL has taken it. */
  end(): Promise<void>;
  /** Gives the COPY up, so that the client can be used again. */
  abort(): Promise<void>;
}

/** Begins a COPY on a client; nothing else may be asked of that client until it ended. */
export function copyInto(client: PoolClient, table: string, columns: readonly string[]): Copy {
  const stream: Writable = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`));
  const done = finished(stream);
  // Reported by `write` or `end`; here only kept from counting as unhandled in between.
  done.catch(() => undefined);
  const drained = (): Promise<void> => new Promise((resolve) => stream.once('drain', resolve));
  return {
    write: async (lines) => {
      if (!stream.write(lines)) await Promise.race([drained(), done]);
    },
    end: async () => {
      stream.end();
      await done;
    },
    abort: async () => {
      stream.destroy();
      await done.catch(() => undefined);
    },
  };
}
