import ipaddr from 'ipaddr.js';

/** The n-th address of a subnet, from 0. */
export function hostOf(cidr: string, n: number): string {
  const [network, prefixLength] = ipaddr.parseCIDR(cidr);
  const bytes = network.toByteArray();
  const bits = bytes.length * 8 - prefixLength;
  if (bits < 32 && n >= 2 ** bits - 1) throw new Error(`${cidr} has no address ${n}: give a larger subnet`);
  let rest = n;
  for (let at = bytes.length - 1; rest > 0; at -= 1) {
    const sum = bytes[at]! + rest;
    bytes[at] = sum % 256;
    rest = Math.floor(sum / 256);
  }
  return ipaddr.fromByteArray(bytes).toString();
}

export const prefixLengthOf = (cidr: string): number => ipaddr.parseCIDR(cidr)[1];

/** A locally administered unicast address: the n-th of those of a seed. */
export function macOf(seed: number, n: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
  const digits = `02${hex(seed, 2)}${hex(n, 8)}`;
  return digits.match(/../g)!.join(':');
}
