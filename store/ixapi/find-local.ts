import type { NetworkServiceConfig } from './documents';
import type { LocalConnection } from './exchange';

/** The connection of ours that a config is, and how that is known. */
export interface FoundLocal {
  readonly connection: LocalConnection;
  readonly by: 'id' | 'address';
}

/** Connections by the config that they are; those that are none yet by their addresses, without prefix lengths. */
export interface LocalIndex {
  readonly linked: Map<string, LocalConnection>;
  readonly unlinked: Map<string, LocalConnection>;
}

/** An address without its prefix length: an address is there once, whatever length is written to it. */
export const hostOf = (address: string): string => address.split('/')[0] ?? '';

/** The addresses of a connection, without prefix lengths. */
export const hostsOf = ({
  ipv4_address,
  ipv6_address,
}: {
  readonly ipv4_address?: string | null;
  readonly ipv6_address?: string | null;
}): string[] => [ipv4_address, ipv6_address].filter((address) => typeof address === 'string').map(hostOf);

/** An index of connections that are in the order of their ids. */
export function indexLocal(local: readonly LocalConnection[]): LocalIndex {
  const index: LocalIndex = { linked: new Map(), unlinked: new Map() };
  for (const one of local) {
    const { ixapi_network_service_config: config } = one;
    if (config !== null) index.linked.set(config, one);
    else for (const host of hostsOf(one)) if (!index.unlinked.has(host)) index.unlinked.set(host, one);
  }
  return index;
}

/** By the id of the config; else the first connection that is none yet and has one of the addresses. */
export function findLocal(
  { linked, unlinked }: LocalIndex,
  config: string,
  addresses: readonly string[],
): FoundLocal | undefined {
  const known = linked.get(config);
  if (known) return { connection: known, by: 'id' };
  let first: LocalConnection | undefined;
  for (const address of addresses) {
    const one = unlinked.get(address);
    if (one && (first === undefined || one.id < first.id)) first = one;
  }
  return first && { connection: first, by: 'address' };
}

/** Finds the connection of ours that a config is, by any of its addresses, for many configs. */
export function createLocalFinder(
  local: readonly LocalConnection[],
): (config: Pick<NetworkServiceConfig, 'id' | 'ips'>) => FoundLocal | undefined {
  const index = indexLocal(local);
  return ({ id, ips }) =>
    findLocal(
      index,
      id,
      ips.map(({ address }) => address),
    );
}
