import fc from 'fast-check';
import { OWN, type World } from './peering-world';

const TYPES = ['NSP', 'Content', 'Route Server', 'Route Collector'];

/** Picks one of what there is. */
export const at = fc.nat({ max: 23 });
const families = fc.constantFrom<readonly number[]>([4, 6], [4, 6], [4, 6], [4], [6], []);
export const many = <T>(one: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength, size: 'max' });

/** What a world is made of; numbers pick one of what there is. */
const anyParts = fc.record({
  ixlans: fc.integer({ min: 1, max: 4 }),
  nets: many(
    fc.record({
      info_type: fc.option(fc.constantFrom('NSP', ...TYPES), { freq: 2 }),
      info_types: fc.option(fc.subarray(TYPES, { maxLength: 2 }), { freq: 2 }),
      server: fc.boolean(),
      record: fc.constantFrom('none', 'none', 'none', 'peer', 'peer', 'peer', 'affiliated'),
    }),
    2,
    6,
  ),
  ports: many(
    fc.record({ net: at, ixlan: at, families, operational: fc.constantFrom(true, true, true, false, null) }),
    0,
    20,
  ),
  /** Our own autonomous systems; a number picks one that PeeringDB knows. */
  locals: many(fc.option(at, { freq: 2 }), 1, 2),
  exchanges: many(fc.record({ local: at, ixlan: fc.option(at, { freq: 5 }), connections: many(families, 0, 3) }), 0, 5),
  sessions: many(fc.record({ connection: at, port: fc.option(at, { freq: 6 }), family: fc.constantFrom(4, 6) }), 0, 10),
  hidden: many(
    fc.record({
      net: at,
      ixlan: at,
      until: fc.constantFrom(null, '2001-02-03T04:05:06Z', '2999-12-31T23:59:59Z'),
    }),
    0,
    4,
  ),
});

type Parts = typeof anyParts extends fc.Arbitrary<infer T> ? T : never;

export const pick = <T>(rows: readonly T[], number: number): T => rows[number % rows.length]!;
export const distinct = <T>(rows: readonly T[], key: (row: T) => string): T[] => [
  ...new Map(rows.toReversed().map((row) => [key(row), row])).values(),
];

/** Addresses of a LAN, of which no two ports have the same. Ids of the cache are a hundred for each type. */
const ipv4 = (lan: number, host: number): string => `198.18.${lan % 100}.${host}`;
const ipv6 = (lan: number, host: number): string => `2001:db8:${lan}::${host.toString(16)}`;

function cacheOf({ ixlans: count, nets: networks, ports }: Parts): Pick<World, 'ixlans' | 'nets' | 'ports'> {
  const ixlans = Array.from({ length: count }, (_, i) => ({ id: 101 + i, ix_id: 204 - i, name: `IX ${i % 2}` }));
  const nets = networks.map(({ info_type, info_types, server }, i) => {
    const types = server ? info_types : (info_types?.filter((type) => !type.startsWith('Route')) ?? null);
    const type = !server && info_type?.startsWith('Route') ? null : info_type;
    return { id: 301 + i, asn: 64501 + i, name: `Network ${i}`, info_type: type, info_types: types };
  });
  return {
    ixlans,
    nets,
    ports: ports.map((port, i) => {
      const [net, lan] = [pick(nets, port.net), pick(ixlans, port.ixlan).id];
      return {
        ...{ id: 401 + i, net_id: net.id, asn: net.asn, ixlan_id: lan, operational: port.operational },
        ipaddr4: port.families.includes(4) ? ipv4(lan, 1 + i) : null,
        ipaddr6: port.families.includes(6) ? ipv6(lan, 1 + i) : null,
      };
    }),
  };
}

function worldOf(parts: Parts): World {
  const { ixlans, nets, ports } = cacheOf(parts);
  const locals = parts.locals.map((net, i) => ({
    ...{ id: OWN + 1 + i, affiliated: true },
    asn: net === null ? 64601 + i : pick(nets, net).asn,
  }));
  const others = nets.map(({ asn }, i) => ({ id: OWN + 11 + i, asn, record: parts.nets[i]!.record }));
  const stray = { id: OWN + 99, asn: 64699, affiliated: false };
  const recorded = others
    .filter(({ record }) => record !== 'none')
    .map(({ record, ...system }) => ({ ...system, affiliated: record === 'affiliated' }));
  const systems = distinct([...locals, ...recorded, stray], ({ asn }) => String(asn));
  const own = systems.filter(({ id }) => locals.some((local) => local.id === id));
  const made = parts.exchanges.map(({ local, ixlan, connections }, i) => ({
    ...{ id: OWN + 101 + i, local_autonomous_system: pick(own, local).id, connections },
    peeringdb_ixlan: ixlan === null ? null : pick(ixlans, ixlan).id,
  }));
  const exchanges = distinct(made, ({ id, local_autonomous_system: local, peeringdb_ixlan: ixlan }) =>
    ixlan === null ? `unlinked ${id}` : `${local} ${ixlan}`,
  );
  const connections = exchanges.flatMap(({ id, peeringdb_ixlan, connections: each }) =>
    each.map((has, i) => ({
      ...{ id: id + 100 * (i + 1), internet_exchange_point: id },
      ipv4_address: has.includes(4) ? `${ipv4(peeringdb_ixlan ?? 199, 201 + i)}/24` : null,
      ipv6_address: has.includes(6) ? `${ipv6(peeringdb_ixlan ?? 199, 201 + i)}/64` : null,
    })),
  );
  const sessions = parts.sessions.flatMap(({ connection, port: number, family }) => {
    if (connections.length === 0) return [];
    const port = number === null || ports.length === 0 ? undefined : pick(ports, number);
    const address =
      (family === 4 ? port?.ipaddr4 : port?.ipaddr6) ?? (family === 4 ? '198.19.0.1' : '2001:db8:ffff::1');
    const system = systems.find(({ asn }) => asn === port?.asn) ?? stray;
    return [{ autonomous_system: system.id, ixp_connection: pick(connections, connection).id, ip_address: address }];
  });
  const hidden = parts.hidden.map(({ net, ixlan, until }) => ({
    ...{ peeringdb_network: pick(nets, net).id, peeringdb_ixlan: pick(ixlans, ixlan).id, until },
  }));
  return {
    ...{ ixlans, nets, ports, systems, connections },
    exchanges: exchanges.map(({ connections: _, ...exchange }) => exchange),
    sessions: distinct(sessions, ({ ixp_connection, ip_address }) => `${ixp_connection} ${ip_address}`),
    hidden: distinct(hidden, ({ peeringdb_network: net, peeringdb_ixlan: ixlan }) => `${net} ${ixlan}`),
  };
}

/** Any world that PeeringDB and our tables allow. */
export const anyWorld: fc.Arbitrary<World> = anyParts.map(worldOf);
