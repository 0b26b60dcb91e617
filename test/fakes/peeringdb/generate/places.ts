import { EPOCH } from '../clock';
import type { Rng } from '../rng';
import type { Size } from '../sizes';
import type { Place } from '../store';

/** The rows of one type before they have contents. Indexes count all rows, `live` those with status ok. */
export interface Places {
  readonly all: readonly Place[];
  readonly live: readonly number[];
}

const FIRST = Date.UTC(2010, 6, 29) / 1000;
const LAST = EPOCH / 1000 - 60;
/** Instants at which a data migration or an import touched many rows at once. */
const MASS_CHANGES = [0.31, 0.62, 0.87, 0.97].map((part) => Math.floor(FIRST + (LAST - FIRST) * part));

/** Lays out ids and times: tombstones lie between live rows, later ids were created later. */
export function layOut(rng: Rng, size: Size, pending = 0): Places {
  const total = size.live + size.deleted + pending;
  const all: Place[] = [];
  const live: number[] = [];
  for (let index = 0; index < total; index += 1) {
    const deleted = Math.floor(((index + 1) * size.deleted) / total) > Math.floor((index * size.deleted) / total);
    const status = deleted ? 'deleted' : live.length < size.live ? 'ok' : 'pending';
    if (status === 'ok') live.push(index);
    all.push({ id: index + 1, status, ...times(rng, index / total) });
  }
  return { all, live };
}

/** An id, or with the odds against it a row that exists no more: what a tombstone's parent is. */
export function anyIndex(rng: Rng, places: Places): number {
  return rng.int(places.all.length);
}

function times(rng: Rng, age: number): { created: number; updated: number } {
  const created = Math.floor(FIRST + (LAST - FIRST) * Math.min(0.999, age * 0.98 + rng.next() * 0.02));
  if (rng.chance(0.15)) return { created, updated: created };
  const mass = MASS_CHANGES[rng.int(MASS_CHANGES.length)]!;
  if (rng.chance(0.04) && mass > created) return { created, updated: mass };
  return { created, updated: Math.floor(created + (LAST - created) * rng.next()) };
}
