import type { Published } from '../../store/peeringdb/publish';
import type { SyncMode } from '../../store/peeringdb/synchronisations';

const number = (value: number): string => value.toLocaleString('en-US');

/** One sentence that says what a synchronisation did. */
export function summarise(mode: SyncMode, { total, objects, kept }: Published): string {
  const touched = Object.values(objects).filter(
    (counts) => counts.created + counts.updated + counts.deleted > 0,
  ).length;
  const changes =
    total.created + total.updated + total.deleted === 0
      ? `nothing changed in ${number(total.unchanged)} rows`
      : `${number(total.created)} rows created, ${number(total.updated)} updated and ${number(total.deleted)} deleted in ${touched} of 13 types, ${number(total.unchanged)} unchanged`;
  const waiting = total.quarantined === 0 ? '' : `; ${number(total.quarantined)} wait in quarantine`;
  const held =
    kept.length === 0
      ? ''
      : `; rows missing from the lists of ${kept.join(', ')} were kept, since nobody confirmed their removal`;
  return `${mode}: ${changes}${waiting}${held}`;
}
