import type { NetworkServiceConfig } from '../documents';
import { hostOf } from './hosts';
import type { LocalConnection } from '../exchange';

/** A port of PeeringDB's. Addresses without a prefix length. */
export interface Netixlan {
  readonly id: number;
  readonly asn: number;
  readonly ipaddr4: string | null;
  readonly ipaddr6: string | null;
  /** Mbit/s; 0 where it was not given. */
  readonly speed: number | null;
  readonly is_rs_peer: boolean | null;
  readonly operational: boolean | null;
}

/** Finds the port that a config is in PeeringDB: that of our connection, else one with an address of it, our own first. */
export function createNetixlanFinder(
  netixlans: readonly Netixlan[],
  local_asn: number,
): (config: Pick<NetworkServiceConfig, 'ips'>, local: LocalConnection | undefined) => Netixlan | undefined {
  const byId = new Map(netixlans.map((netixlan) => [netixlan.id, netixlan]));
  const byHost = new Map<string, Netixlan[]>();
  for (const netixlan of netixlans)
    for (const address of [netixlan.ipaddr4, netixlan.ipaddr6]) {
      if (address === null) continue;
      const host = hostOf(address);
      byHost.set(host, [...(byHost.get(host) ?? []), netixlan]);
    }
  return ({ ips }, local) => {
    const linked = byId.get(local?.peeringdb_netixlan ?? 0);
    if (linked) return linked;
    const found = ips.flatMap(({ address }) => byHost.get(hostOf(address)) ?? []);
    return found.find(({ asn }) => asn === local_asn) ?? found[0];
  };
}
