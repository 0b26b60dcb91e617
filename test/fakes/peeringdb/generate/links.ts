import type { Place, Row } from '../store';
import type { Rng } from '../rng';
import { ipv4, ipv6 } from './addresses';
import { handleref, type Context } from './context';
import { anyIndex, type Places } from './places';
import type { Port } from './ports';
import type { Pair } from './topology';
import { prose } from './text';
import { SPEEDS } from './words';

/** Appends what joins two things: ports, and presences at facilities. */
export function appendLinks(context: Context): void {
  appendPorts(context);
  const { places, asns, netfac, ixfac, carrierfac } = context.topology;
  const at = (fac: number): Row => {
    const { name, place } = context.fac[fac]!;
    return { name, city: place.city, country: place.country };
  };
  const idOf = (list: Places, index: number): number => list.all[index]!.id;
  appendPairs(context, 'netfac', places.net, netfac, ({ owner, fac }) => ({
    ...at(fac),
    net_id: idOf(places.net, owner),
    fac_id: idOf(places.fac, fac),
    local_asn: asns[owner]!,
  }));
  appendPairs(context, 'ixfac', places.ix, ixfac, ({ owner, fac }) => ({
    ...at(fac),
    ix_id: idOf(places.ix, owner),
    fac_id: idOf(places.fac, fac),
  }));
  appendPairs(context, 'carrierfac', places.carrier, carrierfac, ({ owner, fac }) => ({
    name: context.fac[fac]!.name,
    carrier_id: idOf(places.carrier, owner),
    fac_id: idOf(places.fac, fac),
  }));
}

function appendPairs(
  context: Context,
  tag: 'netfac' | 'ixfac' | 'carrierfac',
  owners: Places,
  live: readonly Pair[],
  fields: (pair: Pair) => Row,
): void {
  const rng = context.rng.fork(tag);
  const { fac } = context.topology.places;
  let next = 0;
  for (const place of context.topology.places[tag].all) {
    const former = (): Pair => ({ owner: anyIndex(rng, owners), fac: anyIndex(rng, fac) });
    const pair = place.status === 'ok' ? live[next++]! : former();
    context.append[tag](place, { id: place.id, ...fields(pair), ...handleref(place) });
  }
}

function appendPorts(context: Context): void {
  const rng = context.rng.fork('netixlan');
  const { places, asns, ports } = context.topology;
  let next = 0;
  for (const place of places.netixlan.all) {
    const live = place.status === 'ok';
    const port = live ? ports[next++]! : formerPort(rng, context);
    const asn = asns[port.net]!;
    const exchange = places.ix.all[port.ix]!.id;
    context.append.netixlan(place, {
      id: place.id,
      net_id: places.net.all[port.net]!.id,
      ix_id: exchange,
      name: context.ix[port.ix]!.name,
      ixlan_id: exchange,
      notes: rng.chance(0.03) ? prose(rng, 5 + rng.int(15)) : '',
      speed: rng.pick(SPEEDS),
      asn,
      ...(live ? addresses(rng, context, port, asn) : formerAddresses(rng, place)),
      is_rs_peer: !port.routeServer && rng.chance(0.55),
      bfd_support: rng.chance(0.05),
      operational: !rng.chance(0.02),
      net_side_id: side(rng, places.fac),
      ix_side_id: side(rng, places.fac),
      ...handleref(place),
    });
  }
}

function addresses(rng: Rng, context: Context, { ix, slot }: Port, asn: number): Row {
  const lan = context.lans.get(ix)!;
  const kind = rng.next();
  const only4 = lan.prefix6 === null || kind < 0.12;
  const only6 = !only4 && kind > 0.985;
  return {
    ipaddr4: only6 ? null : ipv4(lan.first4 + 1 + slot),
    ipaddr6: only4 ? null : ipv6(lan.stem6, asn, slot + 1),
  };
}

function formerPort(rng: Rng, { topology: { places } }: Context): Port {
  return { net: anyIndex(rng, places.net), ix: anyIndex(rng, places.ix), slot: 0, routeServer: false };
}

/** A tombstone keeps its addresses until somebody takes them. */
function formerAddresses(rng: Rng, { id }: Place): Row {
  if (rng.chance(0.5)) return { ipaddr4: null, ipaddr6: null };
  return { ipaddr4: ipv4(172 * 2 ** 24 + id), ipaddr6: `2001:7f8:ffff::${ipv6Groups(id)}` };
}

function ipv6Groups(id: number): string {
  return [Math.floor(id / 65_536) + 1, id % 65_536].map((group) => group.toString(16)).join(':');
}

function side(rng: Rng, fac: Places): number | null {
  return rng.chance(0.04) ? fac.all[fac.live[rng.int(fac.live.length)]!]!.id : null;
}
