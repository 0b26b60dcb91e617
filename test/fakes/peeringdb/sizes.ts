import { OBJECT_TAGS, type ObjectTag } from '../../../store/peeringdb/objects';

/** Rows with status ok at full size (estimates toward the totals that public mirrors recorded in 2026). */
const LIVE: Readonly<Record<ObjectTag, number>> = {
  org: 34_000,
  campus: 70,
  fac: 5_950,
  carrier: 280,
  carrierfac: 6_200,
  net: 35_000,
  ix: 1_320,
  ixfac: 5_600,
  ixlan: 1_320,
  ixpfx: 2_570,
  netfac: 62_000,
  netixlan: 66_341,
  poc: 56_000,
};

/** Tombstones at full size: about 88,000, which only `since` shows. */
const DELETED: Readonly<Record<ObjectTag, number>> = {
  org: 9_000,
  campus: 40,
  fac: 900,
  carrier: 60,
  carrierfac: 2_100,
  net: 6_000,
  ix: 350,
  ixfac: 2_300,
  ixlan: 350,
  ixpfx: 900,
  netfac: 17_000,
  netixlan: 34_000,
  poc: 15_000,
};

/** The fewest rows of a type at any scale, so that every kind of reference occurs. */
const FEWEST: Partial<Record<ObjectTag, number>> = { org: 20, net: 20, fac: 8, ix: 4, carrier: 3, campus: 3 };

/** How many contacts anonymous readers see, as a share of all. */
export const PUBLIC_POC_SHARE = 24_000 / 56_000;

export interface Size {
  readonly live: number;
  readonly deleted: number;
}

/** How many rows of each type there are at a scale (1 is PeeringDB's own size in 2026). */
export function sizesAt(scale: number): Record<ObjectTag, Size> {
  const sizes = Object.fromEntries(
    OBJECT_TAGS.map((tag) => [
      tag,
      {
        live: Math.max(FEWEST[tag] ?? 5, Math.round(LIVE[tag] * scale)),
        deleted: Math.max(2, Math.round(DELETED[tag] * scale)),
      },
    ]),
  ) as Record<ObjectTag, Size>;
  sizes.ixlan = sizes.ix;
  // Every exchange has an IPv4 prefix; nearly all have one of IPv6 as well.
  sizes.ixpfx = {
    live: Math.max(sizes.ix.live + 1, Math.round(sizes.ix.live * (LIVE.ixpfx / LIVE.ix))),
    deleted: sizes.ixpfx.deleted,
  };
  return sizes;
}

/** Campuses with too few facilities, which PeeringDB keeps pending. */
export function pendingCampusesAt(scale: number): number {
  return Math.max(1, Math.round(6 * scale));
}
