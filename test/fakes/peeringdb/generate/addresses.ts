/** The addresses of one exchange LAN. */
export interface Lan {
  readonly prefix4: string;
  readonly prefix6: string | null;
  readonly first4: number;
  /** The first three groups, `2001:7f8:<n>`. */
  readonly stem6: string;
}

const FIRST_ADDRESS = 185 * 2 ** 24;

/**
 * Gives every exchange an IPv4 prefix with room to grow and, while `with6` says so, an IPv6 one. Sizes must not grow
 * from one to the next, so that every prefix starts where its length allows.
 */
export function layOutLans(sizes: readonly number[], with6: (rank: number) => boolean): Lan[] {
  let next = FIRST_ADDRESS;
  return sizes.map((size, rank) => {
    const bits = Math.max(8, Math.ceil(Math.log2(size * 1.3 + 10)));
    const first4 = Math.ceil(next / 2 ** bits) * 2 ** bits;
    next = first4 + 2 ** bits;
    const stem6 = `2001:7f8:${(rank + 1).toString(16)}`;
    return {
      prefix4: `${ipv4(first4)}/${32 - bits}`,
      prefix6: with6(rank) ? `${stem6}::/64` : null,
      first4,
      stem6,
    };
  });
}

export function ipv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** The host's address in the usual manner of exchanges: the AS number, then the port's number, in canonical form. */
export function ipv6(stem: string, asn: number, port: number): string {
  const high = Math.floor(asn / 65_536);
  const low = asn % 65_536;
  const groups = high === 0 ? [low, port] : [high, low, port];
  return `${stem}::${groups.map((group) => group.toString(16)).join(':')}`;
}
