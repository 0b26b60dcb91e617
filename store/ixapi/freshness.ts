import type { Knex } from 'knex';
import type { DriftSeverity } from './drift/cases';
import { measureIxapi } from './metrics';

/** How fresh what exchanges show is. */
export interface IxapiFreshness {
  /** When the object was read that was not read for the longest (ISO 8601), and the seconds since; null: none was read. */
  readonly fetched_at: string | null;
  readonly age_seconds: number | null;
  /** Objects that exchanges link to, and those of them that were never read to the end. */
  readonly objects: number;
  readonly never_read: number;
  /** Differences on record. */
  readonly drift: Readonly<Record<DriftSeverity, number>>;
  /** Configs that wait for addresses. */
  readonly following: number;
}

/** Asks for it; null: no exchange is linked to IX-API. */
export async function ixapiFreshness(knex: Knex, now: Date): Promise<IxapiFreshness | null> {
  const { objects, drift, following } = await measureIxapi(knex, now);
  if (objects.length === 0) return null;
  const read = objects.filter(({ fetched_at }) => fetched_at !== null);
  const [oldest] = read.toSorted((a, b) => Number(b.seconds) - Number(a.seconds));
  return {
    ...{ fetched_at: oldest?.fetched_at ?? null, age_seconds: oldest?.seconds ?? null },
    ...{ objects: objects.length, never_read: objects.length - read.length },
    drift: Object.fromEntries(drift.map(({ of, count }) => [of, count])) as IxapiFreshness['drift'],
    following,
  };
}
