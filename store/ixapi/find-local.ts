import type { NetworkServiceConfig } from './documents';
import type { LocalConnection } from './exchange';

/** The connection of ours that a config is, and how that is known. */
export interface FoundLocal {
  readonly connection: LocalConnection;
  readonly by: 'id' | 'address';
}

/** Finds the connection of ours that a config is, for many configs: as `localOf`, which is for one. */
export function createLocalFinder(
  local: readonly LocalConnection[],
): (config: Pick<NetworkServiceConfig, 'id' | 'ips'>) => FoundLocal | undefined {
  const byId = new Map<string, LocalConnection>();
  const byAddress = new Map<string, number>();
  for (const [index, connection] of local.entries()) {
    const { ixapi_network_service_config: id, ipv4_address, ipv6_address } = connection;
    if (id !== null) byId.set(id, connection);
    else
      for (const address of [ipv4_address, ipv6_address]) {
        const bare = address?.split('/')[0];
        if (bare !== undefined && !byAddress.has(bare)) byAddress.set(bare, index);
      }
  }
  return ({ id, ips }) => {
    const linked = byId.get(id);
    if (linked !== undefined) return { connection: linked, by: 'id' };
    const first = Math.min(...ips.map(({ address }) => byAddress.get(address) ?? Infinity));
    const found = local[first];
    return found && { connection: found, by: 'address' };
  };
}
