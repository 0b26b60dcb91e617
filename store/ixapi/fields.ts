import { validityOf, type Connection, type Ip, type NetworkService, type NetworkServiceConfig } from './documents';

/** What a config says of the fields of the connection that it is here. Null: it says nothing. */
export interface ConfigFields {
  /** With the prefix length of the LAN. */
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  /** Null too where frames are not tagged. */
  readonly vlan: number | null;
  readonly inner_vlan: number | null;
  readonly mac_address: string | null;
  /** Mbit/s. */
  readonly speed: number | null;
  readonly mode: string | null;
}

/** What a config belongs to. */
export interface ConfigContext {
  readonly service: Pick<NetworkService, 'subnet_v4' | 'subnet_v6'> | undefined;
  readonly connection: Pick<Connection, 'mode' | 'speed'> | undefined;
  /** The MAC address that we have already: of several that are good it is the one. */
  readonly mac_address?: string | null;
  readonly now: Date;
}

/** How ports are bundled, or that they are not. */
export const MODES = ['standalone', 'lag_lacp', 'lag_static', 'flex_ethernet'] as const;

/** The groups of an address: 4 of 8 bits each, or 8 of 16. There are thousands of addresses: no library is as quick. */
function groupsOf(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const [first = [], last = []] = [head, tail ?? ''].map((part) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)),
  );
  const missing = new Array<number>(tail === undefined ? 0 : 8 - first.length - last.length).fill(0);
  return [...first, ...missing, ...last];
}

const lengthOf = (subnet: string): number => Number(subnet.split('/')[1]);

interface Network {
  readonly subnet: string;
  readonly groups: readonly number[];
  readonly length: number;
}

/** Thousands of addresses in a row are asked of the same two subnets. */
const networks: Network[] = [];

function networkOf(subnet: string): Network {
  const known = networks.find((one) => one.subnet === subnet);
  if (known) return known;
  const network = { subnet, groups: groupsOf(subnet.split('/')[0] ?? ''), length: lengthOf(subnet) };
  networks.unshift(network);
  networks.splice(4);
  return network;
}

/** Whether a subnet (CIDR) contains an address, both in their canonical forms; undefined where there is no subnet to tell. */
export function isInSubnet(address: string, subnet: string | null): boolean | undefined {
  if (subnet === null) return undefined;
  const { groups, length } = networkOf(subnet);
  const host = groupsOf(address);
  if (host.length !== groups.length) return false;
  const bits = host.length === 4 ? 8 : 16;
  for (let index = 0, left = length; left > 0; index += 1, left -= bits) {
    const free = Math.max(0, bits - left);
    if ((host[index] ?? 0) >> free !== (groups[index] ?? 0) >> free) return false;
  }
  return true;
}

/** The addresses of a config that are good now, of one family, in the order of the exchange. */
export const validIps = ({ ips }: Pick<NetworkServiceConfig, 'ips'>, version: 4 | 6, now: Date): readonly Ip[] =>
  ips.filter((ip) => ip.version === version && validityOf(ip, now) === 'valid');

/** The MAC addresses of a config that are good now. */
export const validMacs = ({ macs }: Pick<NetworkServiceConfig, 'macs'>, now: Date): readonly string[] =>
  macs.filter((mac) => validityOf(mac, now) === 'valid').map(({ address }) => address);

function addressOf(config: NetworkServiceConfig, version: 4 | 6, subnet: string | null, now: Date): string | null {
  const ips = validIps(config, version, now);
  const ip = ips.find(({ address }) => isInSubnet(address, subnet) === true) ?? (subnet === null ? ips[0] : undefined);
  if (ip === undefined) return null;
  return `${ip.address}/${subnet === null ? ip.prefix_length : lengthOf(subnet)}`;
}

function tagsOf({ vlan_config }: NetworkServiceConfig): Pick<ConfigFields, 'vlan' | 'inner_vlan'> {
  if (vlan_config?.vlan_type === 'dot1q') return { vlan: vlan_config.vlan, inner_vlan: null };
  if (vlan_config?.vlan_type === 'qinq') return { vlan: vlan_config.outer_vlan, inner_vlan: vlan_config.inner_vlan };
  return { vlan: null, inner_vlan: null };
}

/** What can be used of a connection: its speed, unless the config was bought with less. Mbit/s. */
function speedOf({ capacity }: NetworkServiceConfig, speed: number | null): number | null {
  if (capacity === null || speed === null) return capacity ?? speed;
  return Math.min(capacity, speed);
}

/** What a config says of a connection of ours. */
export function fieldsOf(config: NetworkServiceConfig, context: ConfigContext): ConfigFields {
  const { service, connection, mac_address, now } = context;
  const macs = validMacs(config, now);
  return {
    ipv4_address: addressOf(config, 4, service?.subnet_v4 ?? null, now),
    ipv6_address: addressOf(config, 6, service?.subnet_v6 ?? null, now),
    ...tagsOf(config),
    mac_address: macs.find((mac) => mac === mac_address) ?? macs[0] ?? null,
    speed: speedOf(config, connection?.speed ?? null),
    mode: MODES.find((mode) => mode === connection?.mode) ?? null,
  };
}
