import type { AvailablePeers } from '../../store/peering/available-peers';
import type { Exchange, Net, Netixlan, World } from './peering-world';

/** What is answered of peering, found in rows one by one, as its definitions say it. */

/** A session that could be: of one of our connections, in a family, with a port's address. */
export interface Pair {
  readonly connection: number;
  readonly family: number;
  readonly ip_address: string;
}

/** A pair and the port that it is with. */
export interface PortPair extends Pair {
  readonly netixlan_id: number;
}

const SERVERS = ['Route Server', 'Route Collector'];

const is = ({ info_type, info_types }: Net, type: string): boolean =>
  info_type === type || (info_types ?? []).includes(type);
const netOf = ({ nets }: World, { net_id }: Netixlan): Net => nets.find(({ id }) => id === net_id)!;
const isOwn = ({ systems }: World, asn: number): boolean =>
  systems.some((system) => system.asn === asn && system.affiliated);

/** The pairs of an exchange's connections with a port, in families that both have. */
function pairs({ connections }: World, exchange: Exchange, port: Netixlan): Pair[] {
  const found: Pair[] = [];
  for (const connection of connections.filter((one) => one.internet_exchange_point === exchange.id)) {
    if (connection.ipv4_address !== null && port.ipaddr4 !== null)
      found.push({ connection: connection.id, family: 4, ip_address: port.ipaddr4 });
    if (connection.ipv6_address !== null && port.ipaddr6 !== null)
      found.push({ connection: connection.id, family: 6, ip_address: port.ipaddr6 });
  }
  return found.sort((a, b) => a.connection - b.connection || a.family - b.family);
}

const hasSession = ({ sessions }: World, { connection, ip_address }: Pair): boolean =>
  sessions.some((session) => session.ixp_connection === connection && session.ip_address === ip_address);

function isHidden({ hidden }: World, port: Netixlan): boolean {
  const hides = hidden.filter((one) => one.peeringdb_network === port.net_id && one.peeringdb_ixlan === port.ixlan_id);
  return hides.some(({ until }) => until === null || Date.parse(until) > Date.now());
}

function isAsked(world: World, asked: AvailablePeers, exchange: Exchange, port: Netixlan): boolean {
  if (asked.exchange !== undefined && exchange.id !== asked.exchange) return false;
  if (asked.own !== undefined && !asked.own.includes(exchange.local_autonomous_system)) return false;
  if (asked.asn !== undefined && port.asn !== asked.asn) return false;
  if (!asked.notOperational && port.operational !== true) return false;
  if (!asked.routeServers && SERVERS.some((type) => is(netOf(world, port), type))) return false;
  return asked.hidden === true || !isHidden(world, port);
}

/** A potential peer's port at one of our exchanges. */
export interface AvailablePort {
  readonly id: number;
  readonly internet_exchange: number;
  readonly local_asn: number;
  readonly missing: readonly Pair[];
}

/** The potential peers, by ASN, port and exchange. */
export function modelAvailable(world: World, asked: AvailablePeers): AvailablePort[] {
  const rows = world.ports
    .filter(({ asn }) => !isOwn(world, asn))
    .flatMap((port) =>
      world.exchanges
        .filter((exchange) => exchange.peeringdb_ixlan === port.ixlan_id && isAsked(world, asked, exchange, port))
        .map((exchange) => ({
          ...{ asn: port.asn, id: port.id, internet_exchange: exchange.id },
          local_asn: world.systems.find(({ id }) => id === exchange.local_autonomous_system)!.asn,
          missing: pairs(world, exchange, port).filter((pair) => !hasSession(world, pair)),
        })),
    );
  return rows
    .filter(({ missing }) => missing.length > 0)
    .sort((a, b) => a.asn - b.asn || a.id - b.id || a.internet_exchange - b.internet_exchange)
    .map(({ asn: _, ...row }) => row);
}

/** An ixlan that networks share, with the ids of each one's ports. */
export interface SharedIxlan {
  readonly ixlan_id: number;
  readonly ix_id: number;
  readonly networks: readonly { readonly asn: number; readonly name: string; readonly ports: readonly number[] }[];
}

/** The ixlans at which all of these ASNs have ports, by name. */
export function modelShared(world: World, asns: readonly number[]): SharedIxlan[] {
  const portsAt = (ixlan: number, asn: number): number[] =>
    world.ports.filter((port) => port.ixlan_id === ixlan && port.asn === asn).map(({ id }) => id);
  return [...world.ixlans]
    .sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)
    .filter(({ id }) => asns.every((asn) => portsAt(id, asn).length > 0))
    .map(({ id, ix_id }) => ({
      ...{ ixlan_id: id, ix_id },
      networks: world.nets
        .filter(({ asn }) => asns.includes(asn))
        .map(({ asn, name }) => ({ asn, name, ports: portsAt(id, asn) })),
    }));
}

/** What making sessions says. */
export interface ModelSessions {
  readonly created: readonly PortPair[];
  readonly existing: readonly PortPair[];
  readonly skipped: readonly { readonly netixlan_id: number; readonly reason: string }[];
}

function reasonFor(world: World, port: Netixlan | undefined, isChosen: (connection: number) => boolean): string {
  if (port === undefined) return 'PeeringDB knows no such port';
  if (isOwn(world, port.asn)) return 'it is one of our own';
  const exchanges = world.exchanges.filter(({ peeringdb_ixlan }) => peeringdb_ixlan === port.ixlan_id);
  const connections = world.connections.filter(({ internet_exchange_point: at }) =>
    exchanges.some(({ id }) => id === at),
  );
  return connections.some(({ id }) => isChosen(id))
    ? 'our connections there have no address of its families'
    : 'none of our connections is at its ixlan';
}

/** The sessions with ports, on these connections or on all: those to be made, those that are there, and ports without. */
export function modelSessions(world: World, ports: readonly number[], connections?: readonly number[]): ModelSessions {
  const isChosen = (connection: number): boolean => connections === undefined || connections.includes(connection);
  const created: PortPair[] = [];
  const existing: PortPair[] = [];
  const skipped: { netixlan_id: number; reason: string }[] = [];
  for (const netixlan_id of [...new Set(ports)].sort((a, b) => a - b)) {
    const port = world.ports.find(({ id }) => id === netixlan_id);
    const possible =
      port === undefined || isOwn(world, port.asn)
        ? []
        : world.exchanges
            .filter(({ peeringdb_ixlan }) => peeringdb_ixlan === port.ixlan_id)
            .flatMap((exchange) => pairs(world, exchange, port))
            .filter(({ connection }) => isChosen(connection))
            .sort((a, b) => a.connection - b.connection || a.family - b.family);
    for (const pair of possible) (hasSession(world, pair) ? existing : created).push({ netixlan_id, ...pair });
    if (possible.length === 0) skipped.push({ netixlan_id, reason: reasonFor(world, port, isChosen) });
  }
  return { created, existing, skipped };
}

/** Whether a session with this port is one with a route server. */
export const isRouteServer = (world: World, netixlan: number): boolean =>
  is(
    netOf(
      world,
      world.ports.find(({ id }) => id === netixlan)!,
    ),
    'Route Server',
  );
