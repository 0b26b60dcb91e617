import type { Knex } from 'knex';
import { ageOf } from '../age';
import { SEVERITIES, type DriftSeverity } from './drift/cases';

/** An object, when it was last read to the end (ISO 8601), and how many seconds ago; both null: it never was. */
export interface ReadObject {
  readonly ix_api: number;
  readonly fetched_at: string | null;
  readonly seconds: number | null;
}

/** What monitoring wants to know of IX-API. */
export interface IxapiMeasurements {
  /** The objects that exchanges link to; others are not read. */
  readonly objects: readonly ReadObject[];
  /** Differences on record, by severity: each severity, also without any. */
  readonly drift: readonly { readonly of: DriftSeverity; readonly count: number }[];
  /** Configs that are to be imported as soon as they have addresses. */
  readonly following: number;
}

const LINKED = `
  SELECT o.id AS ix_api, s.fetched_at
  FROM extras_ix_api o LEFT JOIN ixapi_state s ON s.ix_api = o.id
  WHERE EXISTS (SELECT FROM peering_internet_exchange x WHERE x.ixapi_endpoint = o.id)
  ORDER BY o.id`;

const DRIFT = 'SELECT severity AS of, count(*) AS count FROM ixapi_drift GROUP BY severity';

const FOLLOWING = 'SELECT count(*) AS count FROM ixapi_follow';

/** Asks for all of it. */
export async function measureIxapi(knex: Knex, now: Date): Promise<IxapiMeasurements> {
  const ask = async <T>(question: string): Promise<T[]> => (await knex.raw<{ rows: T[] }>(question)).rows;
  const [linked, drift, following] = await Promise.all([
    ask<Omit<ReadObject, 'seconds'>>(LINKED),
    ask<IxapiMeasurements['drift'][number]>(DRIFT),
    ask<{ count: number }>(FOLLOWING),
  ]);
  return {
    objects: linked.map((one) => ({ ...one, seconds: ageOf(one.fetched_at, now) })),
    drift: SEVERITIES.map((severity) => drift.find(({ of }) => of === severity) ?? { of: severity, count: 0 }),
    following: following[0]?.count ?? 0,
  };
}
