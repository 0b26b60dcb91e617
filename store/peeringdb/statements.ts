import type { PoolClient } from 'pg';
import { bind, type Parameters } from '../sql';

/** Runs a statement of `publish-sql.ts`: how many rows it touched, and their ids where it returns them. */
export async function run(
  client: PoolClient,
  text: string,
  parameters: Parameters,
): Promise<{ count: number; ids: number[] }> {
  const result = await client.query<{ id: number }>(bind(text, parameters));
  return { count: result.rowCount ?? 0, ids: result.rows.map((row) => row.id) };
}

/** Rows of a statement with numbered parameters. */
export async function rows<T extends object>(client: PoolClient, text: string, values: unknown[] = []): Promise<T[]> {
  return (await client.query<T>(text, values)).rows;
}

/** The first row, which has to be there. */
export const first = <T>(list: readonly T[], what: string): T => {
  if (list[0] === undefined) throw new Error(`${what} is missing`);
  return list[0];
};

/**
 * Fits the plans to the work: whole lists are joined by hashing, changes are looked up by key. The planner cannot know,
 * since the staging tables were filled a moment ago and have no statistics; guessing one row, it would loop over lists.
 */
export async function planFor(client: PoolClient, work: 'lists' | 'changes'): Promise<void> {
  await client.query(`SET LOCAL enable_nestloop = ${work === 'lists' ? 'off' : 'on'}`);
}
