import { parse, parseCIDR } from 'ipaddr.js';
import type { Connection, Netixlan, Places, System, World } from './peering-world';

/** What an import of our own ports does, found in rows one by one, as its definition says it. */

const hostOf = (address: string | null): string | undefined => address?.split('/')[0];

/** An address with the length of the longest prefix of its LAN that contains it; null where there is none. */
function withLength({ prefixes }: Places, ixlan: number, address: string | null): string | null {
  if (address === null) return null;
  const host = parse(address);
  const lengths = prefixes
    .filter(({ ixlan_id }) => ixlan_id === ixlan)
    .map(({ prefix }) => parseCIDR(prefix))
    .filter((cidr) => cidr[0].kind() === host.kind() && host.match(cidr))
    .map(([, length]) => length);
  return lengths.length === 0 ? null : `${address}/${Math.max(...lengths)}`;
}

/** Whether a connection is a port, at the same exchange or at one whose LAN nobody knows. */
function isPort({ exchanges }: World, local: System, port: Netixlan, connection: Connection): boolean {
  const exchange = exchanges.find(({ id }) => id === connection.internet_exchange_point)!;
  if (exchange.local_autonomous_system !== local.id) return false;
  if (exchange.peeringdb_ixlan !== null && exchange.peeringdb_ixlan !== port.ixlan_id) return false;
  if (connection.peeringdb_netixlan === port.id) return true;
  if (port.ipaddr4 !== null && hostOf(connection.ipv4_address) === port.ipaddr4) return true;
  return port.ipaddr6 !== null && hostOf(connection.ipv6_address) === port.ipaddr6;
}

/** A port of our own, and what it is here. */
export interface ModelPort {
  readonly port: Netixlan;
  readonly name: string;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  readonly internet_exchange: number | null;
  readonly connection: number | null;
}

/** All ports of a local AS, by id. */
export function modelOwnPorts(world: World, places: Places, local: System): ModelPort[] {
  const own = world.ports.filter(({ asn }) => asn === local.asn).sort((a, b) => a.id - b.id);
  return own.map((port) => {
    const exchange = world.exchanges.find(
      (one) => one.peeringdb_ixlan === port.ixlan_id && one.local_autonomous_system === local.id,
    );
    const ids = world.connections.filter((one) => isPort(world, local, port, one)).map(({ id }) => id);
    return {
      port,
      name: world.ixlans.find(({ id }) => id === port.ixlan_id)!.name,
      ipv4_address: withLength(places, port.ixlan_id, port.ipaddr4),
      ipv6_address: withLength(places, port.ixlan_id, port.ipaddr6),
      internet_exchange: exchange?.id ?? null,
      connection: ids.length === 0 ? null : Math.min(...ids),
    };
  });
}

/** What an import says, by ports; the first of ports with one address is made, and the others are it. */
export interface ModelImport {
  readonly created: readonly ModelPort[];
  readonly existing: readonly ModelPort[];
  /** By id of the first, those that the connection of another one is as soon as it is made. */
  readonly twins: readonly { readonly of: number; readonly netixlan_id: number }[];
  readonly skipped: readonly { readonly netixlan_id: number; readonly reason: string }[];
}

const isTwin = (one: ModelPort, other: ModelPort): boolean =>
  one.port.ixlan_id === other.port.ixlan_id &&
  ((one.ipv4_address !== null && one.ipv4_address === other.ipv4_address) ||
    (one.ipv6_address !== null && one.ipv6_address === other.ipv6_address));

/** An import of a local AS's ports, of all or of those with these ids. */
export function modelImport(world: World, places: Places, local: System, ids?: readonly number[]): ModelImport {
  const own = modelOwnPorts(world, places, local);
  const created: ModelPort[] = [];
  const existing: ModelPort[] = [];
  const twins: { of: number; netixlan_id: number }[] = [];
  const skipped = [...new Set(ids)]
    .filter((id) => !own.some(({ port }) => port.id === id))
    .map((netixlan_id) => ({ netixlan_id, reason: `PeeringDB knows no such port of AS${local.asn}` }));
  for (const one of own.filter(({ port }) => ids === undefined || ids.includes(port.id))) {
    const { id: netixlan_id } = one.port;
    const first = created.find((other) => isTwin(one, other));
    if (one.connection !== null) existing.push(one);
    else if (one.ipv4_address === null && one.ipv6_address === null)
      skipped.push({ netixlan_id, reason: 'no prefix of its LAN contains one of its addresses' });
    else if (first) twins.push({ of: first.port.id, netixlan_id });
    else created.push(one);
  }
  return { created, existing, twins, skipped };
}
