import type { DeviceHint } from './messages';

/** Hints of one device that are kept apart; further ones say nothing new: it will be read in any case. */
const MOST = 100;

/** Keeps a hint with those that were heard before: one for each request of NetBox's. */
export function addHint(hints: readonly DeviceHint[], hint: DeviceHint): readonly DeviceHint[] {
  const same = (one: DeviceHint): boolean => one.request_id === hint.request_id && one.layer === hint.layer;
  if (hints.some(same)) return hints;
  // The newest is the one that an audit line names; one without a request always leads to a reading.
  return hints.length < MOST ? [...hints, hint] : [...hints.slice(1, -1), { layer: hint.layer }, hint];
}
