import ipaddr from 'ipaddr.js';

/** An address family. */
export type Family = 4 | 6;

/** A subnet, parsed: `cidr` is its canonical form, without host bits. */
export interface Subnet {
  readonly version: Family;
  readonly network: ipaddr.IPv4 | ipaddr.IPv6;
  readonly length: number;
  readonly cidr: string;
}

/** The largest subnets that are taken for a LAN; what is larger (0.0.0.0/0) would contain everybody's. */
const SHORTEST: Readonly<Record<Family, number>> = { 4: 12, 6: 28 };

/** Reads CIDR; undefined: it is none. Addresses with a zone, or of IPv4 in fewer than four parts, are none either. */
export function parseSubnet(text: string): Subnet | undefined {
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(text))
    return subnet(4, ipaddr.IPv4.networkAddressFromCIDR(text), ipaddr.IPv4.parseCIDR(text)[1]);
  if (text.includes('%') || !ipaddr.IPv6.isValidCIDR(text)) return undefined;
  return subnet(6, ipaddr.IPv6.networkAddressFromCIDR(text), ipaddr.IPv6.parseCIDR(text)[1]);
}

const subnet = (version: Family, network: Subnet['network'], length: number): Subnet => ({
  ...{ version, network, length },
  cidr: `${network.toString()}/${length}`,
});

/** Whether a subnet is too large to be a LAN. */
export const isTooLarge = ({ version, length }: Subnet): boolean => length < SHORTEST[version];

/** Whether a subnet contains another one, or is the same. */
export const contains = (outer: Subnet, inner: Subnet): boolean =>
  outer.version === inner.version && outer.length <= inner.length && inner.network.match(outer.network, outer.length);
