import type { Rng } from '../peeringdb/rng';
import type { Micros } from './time';

export type Action = 'create' | 'update' | 'delete';

/** A row of NetBox's change log. */
export interface ChangeRow {
  readonly id: number;
  readonly time: Micros;
  readonly user_name: string;
  readonly request_id: string;
  readonly action: Action;
  readonly changed_object_type: string;
  readonly changed_object_id: number;
  readonly object_repr: string;
  readonly prechange_data: Readonly<Record<string, unknown>> | null;
  readonly postchange_data: Readonly<Record<string, unknown>> | null;
}

export interface ChangeLog {
  /** What can be seen, by id. */
  readonly rows: readonly ChangeRow[];
  /** Adds a row; its id leaves gaps, as that of a database sequence does. */
  readonly record: (row: Omit<ChangeRow, 'id'>) => void;
  /** Takes ids that no row will have, as a transaction does that is rolled back. */
  readonly skip: (ids: number) => void;
  /** The next rows get their ids now but are seen only after `commitLate`, as those of a long transaction. */
  readonly holdNext: (rows?: number) => void;
  readonly commitLate: () => void;
  /** Forgets rows below this id, as the retention does; all of them without one. */
  readonly expire: (below?: number) => void;
}

/** Makes an empty change log. */
export function createChangeLog(rng: Rng): ChangeLog {
  const rows: ChangeRow[] = [];
  const late: ChangeRow[] = [];
  let lastId = 0;
  let held = 0;
  return {
    rows,
    record: (row) => {
      lastId += rng.chance(0.1) ? 2 + rng.int(3) : 1;
      const target = held > 0 ? late : rows;
      held = Math.max(0, held - 1);
      target.push({ id: lastId, ...row });
    },
    skip: (ids) => {
      lastId += ids;
    },
    holdNext: (count = 1) => {
      held += count;
    },
    commitLate: () => {
      held = 0;
      rows.push(...late.splice(0));
      rows.sort((left, right) => left.id - right.id);
    },
    expire: (below = Infinity) => {
      const kept = rows.filter(({ id }) => id >= below);
      rows.splice(0, rows.length, ...kept);
    },
  };
}
