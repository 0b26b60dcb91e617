import type { ObjectTag } from '../../../store/peeringdb/objects';
import { dumps } from './json';
import { rowOf, textOf, type Entry } from './store';

/** Who asks: nobody in particular, or somebody with a valid key. */
export type Identity = 'anonymous' | 'key';

/** Whether the reader sees the row at all: contacts may be for users only, "Private" is for the own organisation. */
export function sees(tag: ObjectTag, entry: Entry, identity: Identity): boolean {
  return tag !== 'poc' || seesVisibility(entry, identity);
}

/** Whether the row's bytes can be sent as they are. */
export function seesWhole(tag: ObjectTag, entry: Entry, identity: Identity): boolean {
  return tag !== 'ixlan' || seesVisibility(entry, identity);
}

/** The row's text for a reader: a protected field's key is absent, not null. */
export function textFor(tag: ObjectTag, entry: Entry, identity: Identity): string {
  if (seesWhole(tag, entry, identity)) return textOf(entry);
  const { ixf_ixp_member_list_url: _, ...rest } = rowOf(entry);
  return dumps(rest);
}

function seesVisibility(entry: Entry, identity: Identity): boolean {
  return entry.visible === 'Public' || (entry.visible === 'Users' && identity === 'key');
}
