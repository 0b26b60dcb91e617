import { OBJECTS, type ObjectTag } from '../../../../store/peeringdb/objects';
import { isoSeconds } from '../clock';
import { rewrite, rowOf, type Row, type Store } from '../store';
import { broken, type Breakage } from './bad-rows';
import type { Changes } from './changes';

/** Breaks rows and makes them whole again. */
export interface Breaking {
  readonly corrupt: (tag: ObjectTag, id: number, breakage: Breakage) => void;
  readonly orphan: (tag: ObjectTag, id: number, parent: 'deleted' | 'unknown', column?: string) => void;
  readonly repair: (tag: ObjectTag, id: number) => void;
}

/** `whole` keeps the rows as they were before they were broken, under `<tag> <id>`. */
export function createBreaking(store: Store, changes: Changes, whole: Map<string, Row>): Breaking {
  const { present, write, update, now } = changes;
  const keep = (tag: ObjectTag, id: number): Row => {
    const key = `${tag} ${id}`;
    const row = whole.get(key) ?? rowOf(present(tag, id));
    whole.set(key, row);
    return row;
  };
  return {
    corrupt: (tag, id, breakage) => {
      const entry = present(tag, id);
      entry.updated = now();
      const row = { ...keep(tag, id), status: entry.status, updated: isoSeconds(entry.updated) };
      rewrite(store[tag], entry, broken(tag, row, breakage));
    },
    orphan: (tag, id, parent, column) => {
      const reference = OBJECTS[tag].parents.find((one) => column === undefined || one.column === column);
      if (reference === undefined) throw new Error(`${tag}: no required reference ${column ?? 'at all'}`);
      keep(tag, id);
      const { entries, nextId } = store[reference.tag];
      const deleted = entries.find(({ status }) => status === 'deleted');
      update(tag, id, { [reference.column]: parent === 'deleted' ? deleted?.id : nextId + 1_000_000 });
    },
    repair: (tag, id) => {
      const row = whole.get(`${tag} ${id}`);
      if (row === undefined) throw new Error(`${tag} ${id}: not broken`);
      whole.delete(`${tag} ${id}`);
      write(tag, present(tag, id), row);
    },
  };
}
