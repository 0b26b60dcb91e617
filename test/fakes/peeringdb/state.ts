import { OBJECT_TAGS, type ObjectTag } from '../../../store/peeringdb/objects';
import type { FakeClock } from './clock';
import type { ListFiles } from './list-files';
import { createRng, toRng, type Rng } from './rng';
import type { Breakage } from './state/bad-rows';
import { createBreaking } from './state/breaking';
import { createChanges, requireParents } from './state/changes';
import { mutateShare, type Touched } from './state/mutate-share';
import { find } from './state/tables';
import { rowOf, type Row, type Status, type Store } from './store';
import { sees, textFor, type Identity } from './visibility';

/** What upstream holds, and everything that can happen to it. Times come from the fake's clock, in whole seconds. */
export interface State {
  /** The row as it is, whatever its status. */
  get(tag: ObjectTag, id: number): Row;
  /** The rows with status ok that this reader sees: what a mirror of upstream must be equal to. */
  liveRows(tag: ObjectTag, identity: Identity): Row[];
  ids(tag: ObjectTag, status?: Status): number[];
  /** Rows with status ok, by type. */
  counts(): Record<ObjectTag, number>;

  /** Adds a row, filling in what is not given from a live one; an exchange comes with its LAN. Returns its id. */
  create(tag: ObjectTag, fields?: Row, rng?: Rng | number): number;
  /** Changes fields (`undefined` removes one) and `updated`. */
  update(tag: ObjectTag, id: number, fields: Row): void;
  /** Changes fields but not `updated`, as counters and clean-up jobs upstream do. */
  silent(tag: ObjectTag, id: number, fields: Row): void;
  /** Leaves a tombstone of the row and of all that cannot be without it. Returns how many. */
  delete(tag: ObjectTag, id: number): number;
  /** The same id is ok again; its parents must be. */
  undelete(tag: ObjectTag, id: number): void;
  /** The row and all that cannot be without it vanish without a trace. Returns how many. */
  hardDelete(tag: ObjectTag, id: number): number;
  /** The row waits for PeeringDB's staff: no list shows it, `since` only if it is a campus. */
  pend(tag: ObjectTag, id: number): void;
  /** Two ports exchange their addresses within one second. */
  swapAddresses(first: number, second: number): void;
  /** Deletes a network and makes another with its ASN and name. Returns the new id. */
  recreateNetwork(id: number): number;
  /** Breaks a row on purpose; `repair` makes it whole again. */
  corrupt(tag: ObjectTag, id: number, breakage: Breakage): void;
  repair(tag: ObjectTag, id: number): void;
  /** Points a row at a parent that was deleted or never was (its first required reference unless `column` says else). */
  orphan(tag: ObjectTag, id: number, parent: 'deleted' | 'unknown', column?: string): void;
  /** Changes a share of all rows, mostly by updates, over some minutes of the clock. */
  mutateShare(rng: Rng | number, share: number): Touched;

  /** Writes list files again: of all types or of these, of the API, of the public cache or both. */
  refreshListFiles: ListFiles['refresh'];
}

/** Joins the rows, the clock and the list files into what tests and demonstrations act upon. */
export function createState(store: Store, clock: FakeClock, files: ListFiles, seed: number): State {
  const whole = new Map<string, Row>();
  const chance = createRng(seed).fork('state');
  const changes = createChanges(store, clock, chance, (tag, id) => whole.has(`${tag} ${id}`));
  const { present, write, update, create, remove, hardDelete } = changes;
  return {
    get: (tag, id) => rowOf(find(store, tag, id)),
    liveRows: (tag, identity) =>
      store[tag].entries
        .filter((entry) => entry.status === 'ok' && sees(tag, entry, identity))
        .map((entry) => JSON.parse(textFor(tag, entry, identity)) as Row),
    ids: (tag, status = 'ok') => store[tag].entries.filter((entry) => entry.status === status).map(({ id }) => id),
    counts: () => countLive(store),
    create,
    update,
    silent: (tag, id, fields) => {
      const entry = present(tag, id);
      write(tag, entry, { ...rowOf(entry), ...fields }, entry.status, entry.updated);
    },
    delete: remove,
    undelete: (tag, id) => {
      const entry = find(store, tag, id);
      requireParents(store, tag, entry);
      write(tag, entry, rowOf(entry), 'ok');
    },
    hardDelete,
    pend: (tag, id) => {
      const entry = present(tag, id);
      write(tag, entry, rowOf(entry), 'pending');
    },
    swapAddresses: (first, second) => {
      const [left, right] = [first, second].map((id) => rowOf(present('netixlan', id)));
      update('netixlan', first, { ipaddr4: right!.ipaddr4, ipaddr6: right!.ipaddr6 });
      update('netixlan', second, { ipaddr4: left!.ipaddr4, ipaddr6: left!.ipaddr6 });
    },
    recreateNetwork: (id) => {
      const { asn, name, org_id } = rowOf(present('net', id));
      remove('net', id);
      // PeeringDB frees a deleted row's name by adding the id to it.
      const tombstone = find(store, 'net', id);
      write('net', tombstone, { ...rowOf(tombstone), name: `${String(name)} #${id}` });
      return create('net', { asn, name, org_id });
    },
    ...createBreaking(store, changes, whole),
    mutateShare: (rng, share) => mutateShare(store, clock, { create, update, delete: remove }, toRng(rng), share),
    refreshListFiles: files.refresh,
  };
}

function countLive(store: Store): Record<ObjectTag, number> {
  const count = (tag: ObjectTag): number => store[tag].entries.filter(({ status }) => status === 'ok').length;
  return Object.fromEntries(OBJECT_TAGS.map((tag) => [tag, count(tag)])) as Record<ObjectTag, number>;
}
