import knex, { type Knex } from 'knex';
import { types } from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const DATE = 1082;

/** PostgreSQL's `2026-01-02 03:04:05.678+00` as `2026-01-02T03:04:05.678Z`. Connections run in UTC. */
const isoTimestamp = (value: string): string => `${value.slice(0, 10)}T${value.slice(11).replace(/\+00$/, '')}Z`;

/** Types read differently from pg's defaults: bigints as numbers (ids stay below 2^53), times as ISO 8601 text in UTC. */
function getTypeParser(oid: number, format?: string): unknown {
  if (oid === INT8) return Number;
  if (oid === TIMESTAMPTZ) return isoTimestamp;
  if (oid === DATE) return (value: string) => value;
  const parserOf = types.getTypeParser as (oid: number, format?: string) => unknown;
  return parserOf(oid, format);
}

/** Settings of a pool. */
export interface StoreOptions {
  /** Most connections of the pool. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Where knex's own warnings go; by default to standard output. */
  readonly log?: Knex.Logger;
}

/** A pool of connections to the product's database. `url` is a `postgres://` address; end it with `destroy()`. */
export function createStore(url: string, options: StoreOptions = {}): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: options.applicationName ?? 'crossconnect',
      options: '-c TimeZone=UTC',
      // A connection that goes dead without a word (a half-open one) is noticed by the kernel, within half a minute and
      // not after the two hours that are its default.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: { getTypeParser },
    },
    pool: { min: 0, max: options.max ?? 10 },
    acquireConnectionTimeout: 15_000,
    ...(options.log ? { log: options.log } : {}),
  });
}
