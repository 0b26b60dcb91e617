import { OBJECTS, OBJECT_TAGS, type ObjectTag } from '../../../store/peeringdb/objects';
import { dumps } from './json';

/** A row as it goes over the wire. */
export type Row = Record<string, unknown>;
export type Status = 'ok' | 'deleted' | 'pending';
export type Visibility = 'Public' | 'Users' | 'Private';

/**
 * One row: its bytes in a shared chunk, and beside them what queries need without parsing. A full-size PeeringDB of
 * plain objects would take several times the memory.
 */
export interface Entry {
  readonly id: number;
  status: Status;
  /** Seconds. */
  created: number;
  updated: number;
  /** The ids of the required parents, in the order of `OBJECTS[tag].parents`; 0 where there is none. */
  parent1: number;
  parent2: number;
  /** Of the whole row (contacts) or of its one protected field (exchange LANs). */
  visible: Visibility;
  chunk: Buffer;
  start: number;
  end: number;
}

export interface Table {
  readonly tag: ObjectTag;
  /** In the order of ids, which is the order of an unfiltered list. */
  readonly entries: Entry[];
  readonly byId: Map<number, Entry>;
  nextId: number;
}

export type Store = Readonly<Record<ObjectTag, Table>>;

const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 4 * 1024 * 1024;

/** An empty table for each object type. */
export function createStore(): Store {
  const empty = (tag: ObjectTag): Table => ({ tag, entries: [], byId: new Map(), nextId: 1 });
  return Object.fromEntries(OBJECT_TAGS.map((tag) => [tag, empty(tag)])) as unknown as Store;
}

/** A row's place in the store, before it has bytes. */
export interface Place {
  readonly id: number;
  readonly status: Status;
  readonly created: number;
  readonly updated: number;
}

/** Returns a function that appends rows, in the order of their ids, packing their bytes into large chunks. */
export function createAppender(table: Table): (place: Place, row: Row) => void {
  let chunk = Buffer.allocUnsafe(0);
  let used = 0;
  return (place, row) => {
    const text = dumps(row);
    if (used + text.length > chunk.length) {
      const wanted = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, chunk.length * 2));
      chunk = Buffer.allocUnsafeSlow(Math.max(wanted, text.length));
      used = 0;
    }
    const start = used;
    used += chunk.write(text, start, 'latin1');
    insert(table, entryAt(table.tag, place, row, chunk, start, used));
  };
}

/** Puts a new row in its place by id. */
export function insert(table: Table, entry: Entry): void {
  const last = table.entries.at(-1);
  if (last === undefined || last.id < entry.id) table.entries.push(entry);
  else
    table.entries.splice(
      table.entries.findIndex(({ id }) => id > entry.id),
      0,
      entry,
    );
  table.byId.set(entry.id, entry);
  table.nextId = Math.max(table.nextId, entry.id + 1);
}

/** Replaces a row's bytes and what follows from them. */
export function rewrite(table: Table, entry: Entry, row: Row): void {
  Object.assign(entry, createEntry(table.tag, entry, row));
}

/** A new entry with bytes of its own. */
export function createEntry(tag: ObjectTag, place: Place, row: Row): Entry {
  const chunk = Buffer.from(dumps(row), 'latin1');
  return entryAt(tag, place, row, chunk, 0, chunk.length);
}

function entryAt(tag: ObjectTag, place: Place, row: Row, chunk: Buffer, start: number, end: number): Entry {
  const [first, second] = OBJECTS[tag].parents;
  return {
    id: place.id,
    status: place.status,
    created: place.created,
    updated: place.updated,
    parent1: first === undefined ? 0 : Number(row[first.column]),
    parent2: second === undefined ? 0 : Number(row[second.column]),
    visible: visibilityOf(tag, row),
    chunk,
    start,
    end,
  };
}

/** The row's text as it goes over the wire. */
export function textOf(entry: Entry): string {
  return entry.chunk.toString('latin1', entry.start, entry.end);
}

/** The row as an object. */
export function rowOf(entry: Entry): Row {
  return JSON.parse(textOf(entry)) as Row;
}

function visibilityOf(tag: ObjectTag, row: Row): Visibility {
  if (tag === 'poc') return row.visible as Visibility;
  if (tag === 'ixlan') return row.ixf_ixp_member_list_url_visible as Visibility;
  return 'Public';
}
