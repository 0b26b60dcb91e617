import type { ObjectTag } from '../../../../store/peeringdb/objects';
import type { Rng } from '../rng';
import type { Places } from './places';

/** One port of a network at an exchange, by indexes; `slot` is its number at the exchange, from 0. */
export interface Port {
  readonly net: number;
  readonly ix: number;
  readonly slot: number;
  readonly routeServer: boolean;
}

/** Networks that are at about every fourth exchange in the world. */
const GLOBAL_NETWORKS = 6;
const GLOBAL_PRESENCE = 0.27;
const SECOND_PORT = 0.08;

/** Draws who is at which exchange: the first exchanges are the largest, of 2,400 ports down to a handful. */
export function createPorts(
  rng: Rng,
  places: Readonly<Record<ObjectTag, Places>>,
  routeServers: ReadonlyMap<number, number>,
): Port[] {
  const { ix, net, netixlan } = places;
  const members = net.live.slice(0, net.live.length - routeServers.size);
  const sizes = exchangeSizes(netixlan.live.length, ix.live.length);
  const ports: Port[] = [];
  for (const [rank, size] of sizes.entries()) {
    const exchange = ix.live[rank]!;
    const routeServer = routeServers.get(exchange);
    const nets = drawMembers(rng, members, routeServer, size);
    for (const [slot, index] of nets.entries())
      ports.push({ net: index, ix: exchange, slot, routeServer: index === routeServer });
  }
  return shuffle(rng, ports);
}

/** Ports per exchange, falling with the rank, adding up to the total. */
function exchangeSizes(total: number, exchanges: number): number[] {
  const weights = Array.from({ length: exchanges }, (_, rank) => 1 / (rank + 5));
  const sum = weights.reduce((left, right) => left + right, 0);
  let carried = 0;
  let given = 0;
  return weights.map((weight) => {
    carried += (weight / sum) * total;
    const size = Math.round(carried) - given;
    given += size;
    return size;
  });
}

function drawMembers(rng: Rng, members: readonly number[], routeServer: number | undefined, size: number): number[] {
  const present = new Set<number>();
  const ports: number[] = [];
  const join = (net: number): void => {
    present.add(net);
    ports.push(net);
    if (ports.length < size && rng.chance(SECOND_PORT)) ports.push(net);
  };
  if (routeServer !== undefined && size >= 2) ports.push(routeServer, routeServer);
  for (const net of members.slice(0, GLOBAL_NETWORKS))
    if (ports.length < size && rng.chance(GLOBAL_PRESENCE)) join(net);
  for (let tries = 0; ports.length < size; tries += 1) {
    const net = members[Math.floor(members.length * rng.next() ** 1.8)]!;
    // Where there are hardly more networks than ports, some have several.
    if (!present.has(net) || tries > size * 20) join(net);
  }
  return ports;
}

function shuffle<T>(rng: Rng, list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = rng.int(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
