import { createHmac } from 'node:crypto';
import type { Secret } from '../../config/secret';
import type { CacheState, SyncMode } from '../../store/peeringdb/synchronisations';

/** Every day, less what a schedule may be late or early: so a schedule at one time of day never skips a day. */
const FULL_EVERY_MS = 23.5 * 3_600_000;
/**
 * How far before the newest known row an incremental synchronisation begins again. Upstream's times are whole seconds,
 * its filter is strict, and a row becomes visible a moment after the time it carries (peeringdb 2.82.0, `rest.py`).
 */
const OVERLAP_SECONDS = 60;

/** Who asks: `anonymous`, or a keyed hash by which a changed key is recognised and which does not give it away. */
export const identityOf = (key: Secret | undefined, secretKey: Secret): string =>
  key === undefined
    ? 'anonymous'
    : `key:${createHmac('sha256', secretKey.reveal()).update(key.reveal()).digest('hex').slice(0, 16)}`;

/** What a synchronisation really is: an empty cache takes a full one, and a scheduled one decides by itself. */
export function decideMode(wanted: SyncMode | 'scheduled', state: CacheState, identity: string, now: Date): SyncMode {
  if (wanted === 'flush' || wanted === 'full') return wanted;
  if (state.snapshot === null) return 'full';
  if (wanted === 'incremental') return 'incremental';
  const keyAdded = state.identity === 'anonymous' && identity !== 'anonymous';
  const due = state.last_full === null || now.getTime() - Date.parse(state.last_full) >= FULL_EVERY_MS;
  return keyAdded || due ? 'full' : 'incremental';
}

/**
 * The `since` to ask for, in seconds since 1970: from the earlier of the newest row known and the newest row listed
 * (ISO 8601), or from the beginning. A list is older than it says: it holds the rows of when its writing began, and
 * `generated` is when that ended (peeringdb 2.82.0, `pdb_api_cache.py`). So what changed since its newest row is asked
 * for, although an earlier synchronisation may have been told of it.
 */
export function sinceOf(known: string | null | undefined, listed: string | null | undefined): number {
  const times = [known, listed].filter((time) => typeof time === 'string').map((time) => Date.parse(time));
  return times.length === 0 ? 1 : Math.max(1, Math.floor(Math.min(...times) / 1000) - OVERLAP_SECONDS);
}
