import { OBJECT_TAGS, type ObjectTag } from '../../../../store/peeringdb/objects';
import { isoSeconds } from '../clock';
import type { Rng } from '../rng';
import { createAppender, type Place, type Row, type Store } from '../store';
import { layOutLans, type Lan } from './addresses';
import { createNamer, domain } from './text';
import type { Topology } from './topology';
import { CITIES, type City } from './words';

/** What an organization, facility, exchange or network is called, and where it is, by index of all rows. */
export interface Identity {
  readonly name: string;
  readonly website: string;
  readonly place: City;
}

type Counts = Readonly<Record<'netIx' | 'netFac' | 'facNet' | 'facIx' | 'facCarrier' | 'ixNet' | 'ixFac', Uint16Array>>;

/** Everything that rows of different types have to agree on. */
export interface Context {
  readonly rng: Rng;
  readonly topology: Topology;
  readonly org: readonly Identity[];
  readonly fac: readonly Identity[];
  readonly ix: readonly Identity[];
  readonly net: readonly Identity[];
  readonly carrier: readonly Identity[];
  /** Index of the organization that owns a row of the type. */
  readonly owner: Readonly<Record<'campus' | 'fac' | 'carrier' | 'net' | 'ix', readonly number[]>>;
  readonly lans: ReadonlyMap<number, Lan>;
  readonly counts: Counts;
  readonly append: Readonly<Record<ObjectTag, (place: Place, row: Row) => void>>;
}

/** Names everybody and counts who is where. */
export function createContext(rng: Rng, topology: Topology, store: Store): Context {
  const { places } = topology;
  const identities = (tag: ObjectTag, withWebsite: number, suffix?: string): Identity[] => {
    const random = rng.fork(`${tag} identities`);
    const name = createNamer(random);
    return places[tag].all.map(({ id }) => ({
      name: name(suffix),
      website: random.chance(withWebsite) ? `https://www.${tag}${domain(id)}/` : '',
      place: random.pick(CITIES),
    }));
  };
  return {
    rng,
    topology,
    org: identities('org', 0.45),
    fac: identities('fac', 0.7, 'Data Centre'),
    ix: identities('ix', 0.9, 'IX'),
    net: identities('net', 0.55),
    carrier: identities('carrier', 0.9, 'Carrier'),
    owner: drawOwners(rng.fork('owners'), topology),
    lans: drawLans(topology),
    counts: count(topology),
    append: Object.fromEntries(OBJECT_TAGS.map((tag) => [tag, createAppender(store[tag])])) as Context['append'],
  };
}

/** The three fields that end nearly every row. */
export function handleref({ created, updated, status }: Place): Row {
  return { created: isoSeconds(created), updated: isoSeconds(updated), status };
}

function drawOwners(rng: Rng, { places, routeServers }: Topology): Context['owner'] {
  const { org } = places;
  const draw = (tag: ObjectTag): number[] =>
    places[tag].all.map(({ status }, index) => {
      if (status === 'deleted') return rng.int(org.all.length);
      // Most organizations own one thing, a few own very many.
      if (rng.chance(0.75)) return org.live[index % org.live.length]!;
      return org.live[Math.floor(org.live.length * rng.next() ** 4)]!;
    });
  const owner = {
    campus: draw('campus'),
    fac: draw('fac'),
    carrier: draw('carrier'),
    net: draw('net'),
    ix: draw('ix'),
  };
  for (const [ix, net] of routeServers) owner.net[net] = owner.ix[ix]!;
  return owner;
}

function drawLans({ places, ports }: Topology): Map<number, Lan> {
  const { ix, ixpfx } = places;
  const sizes = new Map<number, number>();
  for (const port of ports) sizes.set(port.ix, (sizes.get(port.ix) ?? 0) + 1);
  const with6 = ixpfx.live.length - ix.live.length;
  const lans = layOutLans(
    ix.live.map((index) => sizes.get(index) ?? 0),
    (rank) => rank < with6,
  );
  return new Map(lans.map((lan, rank) => [ix.live[rank]!, lan]));
}

function count({ places, ports, netfac, ixfac, carrierfac }: Topology): Counts {
  const zeros = (tag: ObjectTag): Uint16Array => new Uint16Array(places[tag].all.length);
  const counts = {
    netIx: zeros('net'),
    netFac: zeros('net'),
    facNet: zeros('fac'),
    facIx: zeros('fac'),
    facCarrier: zeros('fac'),
    ixNet: zeros('ix'),
    ixFac: zeros('ix'),
  };
  const add = (list: Uint16Array, index: number): void => void (list[index] = list[index]! + 1);
  const met = new Set<number>();
  for (const { net, ix } of ports) {
    const key = net * places.ix.all.length + ix;
    if (met.has(key)) continue;
    met.add(key);
    add(counts.netIx, net);
    add(counts.ixNet, ix);
  }
  for (const { owner, fac } of netfac) {
    add(counts.netFac, owner);
    add(counts.facNet, fac);
  }
  for (const { owner, fac } of ixfac) {
    add(counts.ixFac, owner);
    add(counts.facIx, fac);
  }
  for (const { fac } of carrierfac) add(counts.facCarrier, fac);
  return counts;
}
