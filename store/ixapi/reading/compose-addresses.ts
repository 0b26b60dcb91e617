import type { Ip, Mac } from '../documents';
import { given, leftOut, readText, tellWrong, type Loose } from './loose';
import { readMac, readTime, readWhole, toAddress } from './loose-values';

/** Addresses by their ids: those that can be read. */
export interface Addresses {
  readonly ips: ReadonlyMap<string, Ip>;
  readonly macs: ReadonlyMap<string, Mac>;
}

/** IP and MAC addresses, for the configs that name them. */
export const composeAddresses = (ips: readonly Loose[], macs: readonly Loose[]): Addresses => ({
  ips: byId(ips.map(composeIp)),
  macs: byId(macs.map(composeMac)),
});

/** What could be read, by its id. */
const byId = <T extends { readonly id: string }>(all: readonly (T | null)[]): ReadonlyMap<string, T> =>
  new Map(all.flatMap((one) => (one === null ? [] : [[one.id, one] as const])));

/** The address tells its version; another one that is claimed is told. */
function composeIp(row: Loose): Ip | null {
  const value = given(row, 'address');
  const found = toAddress(value);
  if (found === undefined && value !== null) tellWrong(row, 'address', value, 'an address of a LAN, without a length');
  if (found === undefined) return leftOut(row, { address: null });
  const prefix_length = readWhole(row, 'prefix_length', 0, found.version === 4 ? 32 : 128);
  if (prefix_length === null) return leftOut(row, { prefix_length });
  const version = readWhole(row, 'version', 0);
  if (version !== null && version !== found.version) tellWrong(row, 'version', version, `that of ${found.address}`);
  return {
    id: row.id,
    version: found.version,
    address: found.address,
    prefix_length,
    fqdn: readText(row, 'fqdn'),
    valid_not_before: readTime(row, 'valid_not_before'),
    valid_not_after: readTime(row, 'valid_not_after'),
  };
}

function composeMac(row: Loose): Mac | null {
  const address = readMac(row, 'address');
  if (address === null) return leftOut(row, { address });
  return {
    id: row.id,
    address,
    valid_not_before: readTime(row, 'valid_not_before'),
    valid_not_after: readTime(row, 'valid_not_after'),
  };
}
