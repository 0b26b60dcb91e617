import { pendingCampusesAt, sizesAt, type Size } from '../sizes';
import type { ObjectTag } from '../../../../store/peeringdb/objects';
import type { Rng } from '../rng';
import { layOut, type Places } from './places';
import { createPorts, type Port } from './ports';

/** A pair of indexes: the owner (network, exchange, carrier) and the facility it is in. */
export interface Pair {
  readonly owner: number;
  readonly fac: number;
}

/** Who is where, before anything has a name: counters come out of it and the rows agree with each other. */
export interface Topology {
  readonly places: Readonly<Record<ObjectTag, Places>>;
  /** By index of all networks. */
  readonly asns: readonly number[];
  /** Index of the network that is an exchange's route server, by index of the exchange. */
  readonly routeServers: ReadonlyMap<number, number>;
  readonly ports: readonly Port[];
  readonly netfac: readonly Pair[];
  readonly ixfac: readonly Pair[];
  readonly carrierfac: readonly Pair[];
}

/** Draws the graph of a PeeringDB of this scale. */
export function createTopology(rng: Rng, scale: number): Topology {
  const sizes = sizesAt(scale);
  const place = (tag: ObjectTag, pending = 0): Places => layOut(rng.fork(`${tag} places`), sizes[tag], pending);
  const ix = place('ix');
  const places: Record<ObjectTag, Places> = {
    org: place('org'),
    campus: place('campus', pendingCampusesAt(scale)),
    fac: place('fac'),
    carrier: place('carrier'),
    carrierfac: place('carrierfac'),
    net: place('net'),
    ix,
    ixfac: place('ixfac'),
    // An exchange has exactly one LAN, of the same id.
    ixlan: ix,
    ixpfx: place('ixpfx'),
    netfac: place('netfac'),
    netixlan: place('netixlan'),
    poc: place('poc'),
  };
  const routeServers = chooseRouteServers(places);
  return {
    places,
    asns: drawAsns(rng.fork('asns'), places.net.all.length),
    routeServers,
    ports: createPorts(rng.fork('ports'), places, routeServers),
    netfac: pairs(rng.fork('netfac'), places.net, places.fac, sizes.netfac, 2.2),
    ixfac: pairs(rng.fork('ixfac'), places.ix, places.fac, sizes.ixfac, 1.5),
    carrierfac: pairs(rng.fork('carrierfac'), places.carrier, places.fac, sizes.carrierfac, 1.5),
  };
}

/** The largest third of the exchanges run route servers; their networks are the newest ones. */
function chooseRouteServers(places: Readonly<Record<ObjectTag, Places>>): Map<number, number> {
  const { ix, net } = places;
  const count = Math.min(Math.floor(ix.live.length * 0.35), Math.floor(net.live.length * 0.05));
  return new Map(Array.from({ length: count }, (_, rank) => [ix.live[rank]!, net.live.at(-1 - rank)!]));
}

/** AS numbers in no order: half of 16 bits, half of 32, none private, reserved or used twice. */
function drawAsns(rng: Rng, count: number): number[] {
  const short = Math.min(Math.floor(count * 0.45), 60_000);
  const step = (room: number, of: number): number => Math.max(1, Math.floor(room / of));
  const asns = Array.from({ length: count }, (_, index) => {
    if (index < short) return 1 + index * step(63_000, short);
    return 131_073 + (index - short) * step(270_000, count - short);
  });
  for (let i = count - 1; i > 0; i -= 1) {
    const j = rng.int(i + 1);
    [asns[i], asns[j]] = [asns[j]!, asns[i]!];
  }
  return asns;
}

function pairs(rng: Rng, owners: Places, facs: Places, size: Size, skew: number): Pair[] {
  const taken = new Set<number>();
  const list: Pair[] = [];
  for (let tries = 0; list.length < size.live && tries < size.live * 200; tries += 1) {
    const owner = owners.live[Math.floor(owners.live.length * rng.next() ** skew)]!;
    const fac = facs.live[Math.floor(facs.live.length * rng.next() ** 2)]!;
    const key = owner * facs.all.length + fac;
    if (taken.has(key)) continue;
    taken.add(key);
    list.push({ owner, fac });
  }
  if (list.length < size.live) throw new Error(`no room for ${size.live} pairs: ${list.length} found`);
  return list;
}
