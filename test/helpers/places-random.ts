import fc from 'fast-check';
import { anyWorld, at, distinct, many, pick } from './peering-random';
import type { Connection, Netixlan, Places, World } from './peering-world';

/** Prefixes of a LAN: its own ones, parts of them, and larger ones that others may have too. */
const PREFIXES: readonly ((lan: number) => string)[] = [
  (lan) => `198.18.${lan % 100}.0/24`,
  (lan) => `2001:db8:${lan}::/64`,
  (lan) => `198.18.${lan % 100}.0/29`,
  (lan) => `2001:db8:${lan}::/125`,
  () => '198.18.0.0/16',
  () => '2001:db8::/32',
];

/** What is added to a world; numbers pick one of what there is. */
const anyParts = fc.record({
  prefixes: many(fc.record({ ixlan: at, prefix: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5) }), 0, 10),
  facilities: fc.integer({ min: 1, max: 3 }),
  presences: many(fc.record({ net: at, facility: at }), 0, 12),
  /** Ports that are our own instead. */
  own: many(at, 0, 8),
  /** Ports that have the LAN and an address of another one, and mostly its network. */
  twins: many(
    fc.record({
      ...{ port: at, of: at, field: fc.constantFrom('ipaddr4' as const, 'ipaddr6' as const) },
      sameNet: fc.constantFrom(true, true, false),
    }),
    ...([0, 3] as const),
  ),
  /** Connections that are a port of their local AS, mostly one at their LAN, by their link or by one or both addresses. */
  known: many(
    fc.record({
      ...{ pair: at, elsewhere: fc.constantFrom(false, false, false, true) },
      by: fc.subarray(['link', 'ipv4', 'ipv6'], { minLength: 1 }),
    }),
    ...([0, 4] as const),
  ),
});
type Parts = typeof anyParts extends fc.Arbitrary<infer T> ? T : never;

function withOwn({ nets, systems, ports }: World, own: Parts['own']): Netixlan[] {
  const net = nets.find(({ asn }) => systems.some((system) => system.affiliated && system.asn === asn));
  const chosen = new Set(own.map((number) => number % Math.max(1, ports.length)));
  return ports.map((port, i) => (net && chosen.has(i) ? { ...port, net_id: net.id, asn: net.asn } : port));
}

function withTwins(ports: readonly Netixlan[], twins: Parts['twins']): Netixlan[] {
  const found = [...ports];
  for (const { port, of, field, sameNet } of found.length === 0 ? [] : twins) {
    const { ixlan_id, net_id, asn, [field]: address } = pick(found, of);
    const taken = { ixlan_id, [field]: address, ...(sameNet ? { net_id, asn } : {}) };
    found[port % found.length] = { ...pick(found, port), ...taken };
  }
  return found;
}

/** The connections and ports of one local AS, as places in the lists of both. */
function ownPairs({ systems, exchanges, connections }: World, ports: readonly Netixlan[], elsewhere: boolean) {
  return connections.flatMap(({ internet_exchange_point }, index) => {
    const exchange = exchanges.find(({ id }) => id === internet_exchange_point)!;
    const local = systems.find(({ id }) => id === exchange.local_autonomous_system)!;
    const lan = exchange.peeringdb_ixlan;
    return ports
      .filter((port) => port.asn === local.asn && (elsewhere || lan === null || lan === port.ixlan_id))
      .map((port) => ({ index, port }));
  });
}

/** Its connections, some of which are ports of their local AS. */
function withKnown(world: World, ports: readonly Netixlan[], known: Parts['known']): Connection[] {
  const found: Connection[] = world.connections.map((connection) => ({ ...connection, peeringdb_netixlan: null }));
  for (const { pair, elsewhere, by } of known) {
    const pairs = ownPairs(world, ports, elsewhere);
    if (pairs.length === 0) continue;
    const { index, port } = pick(pairs, pair);
    found[index] = {
      ...found[index]!,
      ...(by.includes('link') ? { peeringdb_netixlan: port.id } : {}),
      ...(by.includes('ipv4') && port.ipaddr4 !== null ? { ipv4_address: `${port.ipaddr4}/20` } : {}),
      ...(by.includes('ipv6') && port.ipaddr6 !== null ? { ipv6_address: `${port.ipaddr6}/48` } : {}),
    };
  }
  const keyOf = (field: 'ipv4_address' | 'ipv6_address') => (one: Connection) =>
    `${one.internet_exchange_point} ${one[field]?.split('/')[0] ?? one.id}`;
  return distinct(distinct(found, keyOf('ipv4_address')), keyOf('ipv6_address'));
}

function placesOf({ ixlans, nets }: World, parts: Parts): Places {
  const facilities = Array.from({ length: parts.facilities }, (_, i) => ({ id: 601 + i, name: `Facility ${i % 2}` }));
  return {
    facilities,
    prefixes: parts.prefixes.map(({ ixlan, prefix }, i) => {
      const { id } = pick(ixlans, ixlan);
      return { id: 501 + i, ixlan_id: id, prefix: PREFIXES[prefix]!(id) };
    }),
    presences: parts.presences.map(({ net, facility }, i) => ({
      ...{ id: 701 + i, net_id: pick(nets, net).id, fac_id: pick(facilities, facility).id },
    })),
  };
}

/** Any world and its places, in which PeeringDB knows some of our connections; without sessions and hidden peers. */
export const anyWorldAndPlaces: fc.Arbitrary<{ world: World; places: Places }> = fc
  .tuple(anyWorld, anyParts)
  .map(([world, parts]) => {
    const ports = withTwins(withOwn(world, parts.own), parts.twins);
    const connections = withKnown(world, ports, parts.known);
    return { world: { ...world, ports, connections, sessions: [], hidden: [] }, places: placesOf(world, parts) };
  });
