import { createDatabase, type Collection, type Database, type Row } from './model';

/** What the exchange knows, and the numbers that it gives next. */
export interface Book {
  readonly db: Database;
  /** Ids of generated configurations by the names of their cases. */
  readonly cases: Map<string, string>;
  /** The account that is ours. */
  readonly account: string;
  readonly add: (collection: Collection, prefix: string, fields: Readonly<Record<string, unknown>>) => Row;
  readonly put: (collection: Collection, row: Row) => Row;
  /** Refuses ids that there are none of. */
  readonly get: (collection: Collection, id: string) => Row;
  readonly patch: (collection: Collection, id: string, changes: Readonly<Record<string, unknown>>) => Row;
  readonly rows: (collection: Collection) => Row[];
  /** The next number of a kind, from 1. */
  readonly next: (kind: string) => number;
}

export function createBook(account: string): Book {
  const db = createDatabase();
  const counters = new Map<string, number>();
  const next = (kind: string): number => {
    const number = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, number);
    return number;
  };
  const put = (collection: Collection, row: Row): Row => {
    db[collection].set(row.id, row);
    return row;
  };
  const get = (collection: Collection, id: string): Row => {
    const row = db[collection].get(id);
    if (row === undefined) throw new Error(`there is no ${id} in ${collection}`);
    return row;
  };
  return {
    db,
    cases: new Map(),
    account,
    add: (collection, prefix, fields) => put(collection, { id: `${prefix}-${next(prefix)}`, ...fields }),
    put,
    get,
    patch: (collection, id, changes) => {
      // A copy, so that even a field with the name of the prototype stays one; by the id of before, should that change.
      const row = { ...get(collection, id), ...changes };
      db[collection].set(id, row);
      return row;
    },
    rows: (collection) => [...db[collection].values()],
    next,
  };
}
