import { OBJECTS, type ObjectTag } from '../../../../store/peeringdb/objects';
import { isoSeconds, type FakeClock } from '../clock';
import { toRng, type Rng } from '../rng';
import { createEntry, insert, rewrite, rowOf, type Entry, type Row, type Status, type Store } from '../store';
import { createRowMaker } from './new-rows';
import { childrenOf, find } from './tables';

/** The few ways in which rows change, of which everything else is made. */
export interface Changes {
  /** The row, unless it is deleted or never was. */
  readonly present: (tag: ObjectTag, id: number) => Entry;
  /** Writes a row as it shall be, by default with `updated` of now. */
  readonly write: (tag: ObjectTag, entry: Entry, row: Row, status?: Status, updated?: number) => void;
  readonly update: (tag: ObjectTag, id: number, fields: Row) => void;
  readonly create: (tag: ObjectTag, fields?: Row, rng?: Rng | number) => number;
  readonly remove: (tag: ObjectTag, id: number) => number;
  readonly hardDelete: (tag: ObjectTag, id: number) => number;
  /** Seconds of the clock. */
  readonly now: () => number;
}

/** PeeringDB blanks what is personal when a contact is deleted. */
const BLANKED: Row = { name: '', phone: '', email: '', url: '' };

/** Ties the changes to the rows and the clock; `isBroken` rows are no models for new ones. */
export function createChanges(
  store: Store,
  clock: FakeClock,
  chance: Rng,
  isBroken: (tag: ObjectTag, id: number) => boolean,
): Changes {
  const now = (): number => Math.floor(clock.now() / 1000);
  const present = (tag: ObjectTag, id: number): Entry => {
    const entry = find(store, tag, id);
    if (entry.status === 'deleted') throw new Error(`${tag} ${id}: deleted; undelete it first`);
    return entry;
  };
  const write: Changes['write'] = (tag, entry, row, status = entry.status, updated = now()) => {
    Object.assign(entry, { status, updated });
    rewrite(store[tag], entry, { ...row, status, updated: isoSeconds(updated) });
  };
  const update = (tag: ObjectTag, id: number, fields: Row): void => {
    const entry = present(tag, id);
    write(tag, entry, { ...rowOf(entry), ...fields });
  };
  const remove = (tag: ObjectTag, id: number): number => {
    const entry = present(tag, id);
    write(tag, entry, { ...rowOf(entry), ...(tag === 'poc' ? BLANKED : {}) }, 'deleted');
    if (tag === 'campus') for (const fac of facilitiesOn(store, id)) update('fac', fac, { campus_id: null });
    return childrenOf(store, tag, id).reduce(
      (sum, child) => (child.entry.status === 'deleted' ? sum : sum + remove(child.tag, child.entry.id)),
      1,
    );
  };
  const hardDelete = (tag: ObjectTag, id: number): number => {
    const { entries, byId } = store[tag];
    entries.splice(entries.indexOf(find(store, tag, id)), 1);
    byId.delete(id);
    return childrenOf(store, tag, id).reduce(
      (sum, child) => (store[child.tag].byId.has(child.entry.id) ? sum + hardDelete(child.tag, child.entry.id) : sum),
      1,
    );
  };
  return { present, write, update, create: createCreate(store, now, chance, isBroken), remove, hardDelete, now };
}

function createCreate(
  store: Store,
  now: () => number,
  chance: Rng,
  isBroken: (tag: ObjectTag, id: number) => boolean,
): Changes['create'] {
  const makeRow = createRowMaker(store, isBroken);
  const add = (tag: ObjectTag, id: number, row: Row): void => {
    const place = { id, status: 'ok', created: now(), updated: now() } as const;
    const times = { created: isoSeconds(place.created), updated: isoSeconds(place.updated), status: 'ok' };
    insert(store[tag], createEntry(tag, place, { ...row, ...times }));
  };
  return (tag, fields = {}, rng = chance) => {
    // An exchange and its LAN have the same id.
    const id = tag === 'ix' ? Math.max(store.ix.nextId, store.ixlan.nextId) : store[tag].nextId;
    const random = toRng(rng);
    add(tag, id, makeRow(tag, id, fields, random));
    if (tag === 'ix') add('ixlan', id, makeRow('ixlan', id, { ix_id: id, rs_asn: 0 }, random));
    return id;
  };
}

/** Throws unless all that the row cannot be without is ok. */
export function requireParents(store: Store, tag: ObjectTag, entry: Entry): void {
  for (const [position, parent] of OBJECTS[tag].parents.entries()) {
    const id = position === 0 ? entry.parent1 : entry.parent2;
    if (store[parent.tag].byId.get(id)?.status !== 'ok')
      throw new Error(`${tag} ${entry.id}: its ${parent.tag} ${id} is not ok`);
  }
}

function facilitiesOn(store: Store, campus: number): number[] {
  const live = store.fac.entries.filter(({ status }) => status === 'ok');
  return live.filter((entry) => rowOf(entry).campus_id === campus).map(({ id }) => id);
}
