import { OBJECTS, OBJECT_TAGS, type ObjectTag } from '../../../../store/peeringdb/objects';
import type { Rng } from '../rng';
import type { Entry, Store } from '../store';

/** The types whose rows cannot be without a row of this type, and which of their two references it is. */
export const CHILDREN: Readonly<Record<ObjectTag, readonly { tag: ObjectTag; as: 'parent1' | 'parent2' }[]>> =
  Object.fromEntries(
    OBJECT_TAGS.map((parent) => [
      parent,
      OBJECT_TAGS.flatMap((tag) =>
        OBJECTS[tag].parents.flatMap((reference, position) =>
          reference.tag === parent ? [{ tag, as: position === 0 ? ('parent1' as const) : ('parent2' as const) }] : [],
        ),
      ),
    ]),
  ) as unknown as Record<ObjectTag, { tag: ObjectTag; as: 'parent1' | 'parent2' }[]>;

/** The row, whatever its status; an error names what does not exist. */
export function find(store: Store, tag: ObjectTag, id: number): Entry {
  const entry = store[tag].byId.get(id);
  if (entry === undefined) throw new Error(`${tag} ${id}: the fake has no such row`);
  return entry;
}

/** Rows that refer to this one, with their types. */
export function childrenOf(store: Store, tag: ObjectTag, id: number): { tag: ObjectTag; entry: Entry }[] {
  return CHILDREN[tag].flatMap((child) =>
    store[child.tag].entries
      .filter((entry) => entry[child.as] === id && entry.status !== 'deleted')
      .map((entry) => ({ tag: child.tag, entry })),
  );
}

/** A row with status ok, drawn by chance. */
export function drawLive(store: Store, tag: ObjectTag, rng: Rng): Entry {
  const { entries } = store[tag];
  for (let tries = 0; tries < 1000; tries += 1) {
    const entry = entries[rng.int(entries.length)];
    if (entry?.status === 'ok') return entry;
  }
  const live = entries.filter(({ status }) => status === 'ok');
  if (live.length === 0) throw new Error(`${tag}: the fake has no row with status ok left`);
  return rng.pick(live);
}
