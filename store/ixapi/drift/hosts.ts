import ipaddr from 'ipaddr.js';

/** An address in its canonical form, without a prefix length; as it is where it cannot be read. */
export function hostOf(address: string): string {
  const host = address.split('/')[0] ?? address;
  return ipaddr.isValid(host) ? ipaddr.parse(host).toString() : host;
}

/** A MAC address by its digits alone, whatever case and signs it is written with. */
export const digitsOf = (mac: string): string => mac.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
