import type { Places, World } from './peering-world';

/** A facility at which networks are. */
export interface SharedFacility {
  readonly fac_id: number;
  readonly name: string;
  readonly networks: readonly { readonly asn: number; readonly name: string; readonly netfac_ids: readonly number[] }[];
}

/** The facilities at which all of these ASNs are, by name. */
export function modelFacilities(world: World, places: Places, asns: readonly number[]): SharedFacility[] {
  const presencesAt = (facility: number, asn: number): number[] =>
    places.presences
      .filter(({ net_id, fac_id }) => fac_id === facility && world.nets.find(({ id }) => id === net_id)!.asn === asn)
      .map(({ id }) => id);
  return [...places.facilities]
    .sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)
    .filter(({ id }) => asns.every((asn) => presencesAt(id, asn).length > 0))
    .map(({ id, name }) => ({
      ...{ fac_id: id, name },
      networks: world.nets
        .filter(({ asn }) => asns.includes(asn))
        .map((net) => ({ asn: net.asn, name: net.name, netfac_ids: presencesAt(id, net.asn) })),
    }));
}

/** What a network shares with each of our own; `compare` is the order of the answers to the question. */
export function modelWithOwn<T>(
  question: (asns: readonly number[]) => T[],
  compare: (a: T, b: T) => number,
  asn: number,
  own: readonly number[],
): (T & { readonly local_asn: number })[] {
  return own
    .filter((local) => local !== asn)
    .flatMap((local_asn) => question([asn, local_asn]).map((row) => ({ ...row, local_asn })))
    .sort((a, b) => compare(a, b) || a.local_asn - b.local_asn);
}
