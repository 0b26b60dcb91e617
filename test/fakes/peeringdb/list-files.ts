import { OBJECT_TAGS, type ObjectTag } from '../../../store/peeringdb/objects';
import type { FakeClock } from './clock';
import { dumpFloat } from './json';
import { createListFile, type ListFile } from './list-file';
import type { Entry, Store } from './store';
import { sees, seesWhole, textFor, type Identity } from './visibility';

export interface ListFiles {
  /** The frozen answer to an unfiltered list. */
  readonly get: (tag: ObjectTag, identity: Identity) => ListFile;
  /** The file in the public cache. */
  readonly getPublic: (tag: ObjectTag) => ListFile;
  /** Writes files again from the rows as they are now: of all types or of these, of the API, the public cache or both. */
  readonly refresh: (tags?: readonly ObjectTag[], which?: 'api' | 'public' | 'both') => void;
  /** Compresses every body now, so that no request waits for it. */
  readonly precompress: () => Promise<void>;
  /** When the last refresh was, in milliseconds of the clock. */
  readonly refreshedAt: number;
}

/** Keeps the list files; different types end at different times, as the real job takes minutes. */
export function createListFiles(store: Store, clock: FakeClock): ListFiles {
  const files = new Map<string, ListFile>();
  let refreshedAt = 0;
  const put = (tag: ObjectTag, kind: Identity | 'public', file: ListFile): void =>
    void files.set(`${tag} ${kind}`, file);
  const refresh: ListFiles['refresh'] = (tags = OBJECT_TAGS, which = 'both') => {
    refreshedAt = clock.now();
    for (const tag of tags) {
      const generated = refreshedAt / 1000 + OBJECT_TAGS.indexOf(tag) * 46.703 + 12.25;
      const rows = store[tag].entries.filter(({ status }) => status === 'ok');
      const write = (identity: Identity): ListFile =>
        createListFile(joinRows(tag, rows, identity, `{"generated": ${dumpFloat(generated)}}`), generated);
      const whole = write('key');
      // Only these two types have something to hide, so the others share one file.
      const open = tag === 'poc' || tag === 'ixlan' ? write('anonymous') : whole;
      if (which !== 'public') put(tag, 'key', whole);
      if (which !== 'public') put(tag, 'anonymous', open);
      if (which !== 'api') put(tag, 'public', open);
    }
  };
  refresh();
  return {
    get: (tag, identity) => files.get(`${tag} ${identity}`)!,
    getPublic: (tag) => files.get(`${tag} public`)!,
    refresh,
    precompress: async () => {
      for (const file of files.values()) await file.gzipped();
    },
    get refreshedAt() {
      return refreshedAt;
    },
  };
}

/** The envelope around rows that the reader may see. */
export function joinRows(tag: ObjectTag, rows: readonly Entry[], identity: Identity, meta = '{}'): Buffer {
  const head = '{"data": [';
  const tail = `], "meta": ${meta}}`;
  const seen = tag === 'poc' ? rows.filter((row) => sees(tag, row, identity)) : rows;
  const changed = new Map<Entry, string>();
  let length = head.length + tail.length + Math.max(0, seen.length - 1) * 2;
  for (const row of seen) {
    if (seesWhole(tag, row, identity)) length += row.end - row.start;
    else {
      const text = textFor(tag, row, identity);
      changed.set(row, text);
      length += text.length;
    }
  }
  const body = Buffer.allocUnsafe(length);
  let at = body.write(head, 'latin1');
  for (const [index, row] of seen.entries()) {
    if (index > 0) at += body.write(', ', at, 'latin1');
    const text = changed.get(row);
    at += text === undefined ? row.chunk.copy(body, at, row.start, row.end) : body.write(text, at, 'latin1');
  }
  body.write(tail, at, 'latin1');
  return body;
}
