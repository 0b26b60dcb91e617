import ipaddr from 'ipaddr.js';
import type { ConnectionWithDevice, NetboxPort } from '../../store/ixapi/netbox-ports';
import type { InterfaceAddress } from '../netbox/interfaces';

type Addresses = Pick<ConnectionWithDevice, 'ipv4_address' | 'ipv6_address'>;

/** The host part in its canonical form; null for no address. */
const hostOf = (address: string | null): string | null =>
  address === null ? null : ipaddr.parse(address.split('/')[0] ?? '').toString();

/** Whether an address is of a family; link-local ones, which every interface has, are of none. */
function isOfKind(kind: 'ipv4' | 'ipv6', { address }: InterfaceAddress): boolean {
  const [host] = ipaddr.parseCIDR(address);
  return host.kind() === kind && host.range() !== 'linkLocal';
}

/** The interface that has one of a connection's addresses, and its own addresses: the connection's where it has it. */
export function findPort(
  shown: readonly InterfaceAddress[],
  { ipv4_address, ipv6_address }: Addresses,
): NetboxPort | null {
  const hosts = [ipv4_address, ipv6_address].map(hostOf).filter((host) => host !== null);
  const isOurs = ({ address }: InterfaceAddress): boolean => hosts.includes(hostOf(address) ?? '');
  const found = shown.find(isOurs);
  if (found === undefined) return null;
  const { address: _, interface_id, ...port } = found;
  const own = shown.filter((one) => one.interface_id === interface_id);
  const addressOf = (kind: 'ipv4' | 'ipv6'): string | null => {
    const ofKind = own.filter((one) => isOfKind(kind, one));
    return (ofKind.find(isOurs) ?? ofKind[0])?.address ?? null;
  };
  return { ...port, ipv4_address: addressOf('ipv4'), ipv6_address: addressOf('ipv6') };
}
