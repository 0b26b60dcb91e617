import { hostOf, macOf, prefixLengthOf } from '../addresses';
import type { Book } from '../book';
import type { Row } from '../model';
import type { MacKind } from './cases';

/** From when and until when an address is valid; the dates never change, so that data does not depend on the day. */
export const VALIDITY = {
  valid: { valid_not_before: '2024-01-01T00:00:00Z', valid_not_after: null },
  expired: { valid_not_before: '2020-01-01T00:00:00Z', valid_not_after: '2023-12-31T23:59:59Z' },
  future: { valid_not_before: '2040-01-01T00:00:00Z', valid_not_after: null },
} as const;

export type Validity = keyof typeof VALIDITY;

/** The first addresses of a LAN are for the exchange. */
const RESERVED = 9;

/** The number of the next host of a LAN that gets addresses. */
export const nextHost = (book: Book, service: string): number => RESERVED + book.next(`host of ${service}`);

/** Gives a configuration its addresses, both families with the same number where it has both. */
export function allocateIps(book: Book, config: Row, families: readonly (4 | 6)[], validity: Validity): string[] {
  const service = book.get('network-services', config.network_service as string);
  const n = nextHost(book, service.id);
  return families.map((version) => {
    const subnet = (version === 4 ? service.subnet_v4 : service.subnet_v6) as string;
    const ip = book.add('ips', 'IP', {
      ...ownerOf(config),
      version,
      address: hostOf(subnet, n),
      prefix_length: prefixLengthOf(subnet),
      fqdn: null,
      ...VALIDITY[validity],
    });
    return ip.id;
  });
}

/** Registers a MAC address for whoever has the configuration. */
export function addMac(book: Book, config: Row, kind: MacKind, seed: number): string {
  const address = macOf(seed, book.next('mac address'));
  const mac = book.add('macs', 'MAC', {
    ...ownerOf(config),
    address: kind === 'upper-case' ? `0A${address.slice(2).toUpperCase()}` : address,
    ...VALIDITY[kind === 'upper-case' ? 'valid' : kind],
  });
  return mac.id;
}

/** Configures route servers: one session for each address and feature. */
export function addFeatureConfigs(book: Book, config: Row, features: readonly Row[]): string[] {
  const ips = (config.ips as string[]).map((id) => book.get('ips', id));
  return features.flatMap((feature) =>
    ips.map((ip) => {
      const isIpv4 = ip.version === 4;
      const added = book.add('network-feature-configs', 'NFC', {
        type: feature.type,
        ...ownerOf(config),
        billing_account: config.billing_account,
        contract_ref: null,
        role_assignments: config.role_assignments,
        state: config.state,
        status: [],
        network_feature: feature.id,
        network_service_config: config.id,
        asn: (config.asns as number[])[0],
        // The schema leaves open whether this is the id or the address; the id, as everywhere else: unverified.
        ip: ip.id,
        as_set_v4: isIpv4 ? `AS${(config.asns as number[])[0]}:AS-EXAMPLE` : null,
        as_set_v6: isIpv4 ? null : `AS${(config.asns as number[])[0]}:AS-EXAMPLE`,
        max_prefix_v4: isIpv4 ? 100 : null,
        max_prefix_v6: isIpv4 ? null : 50,
        session_mode: feature.session_mode,
        bgp_session_type: 'passive',
        insert_ixp_asn: false,
      });
      return added.id;
    }),
  );
}

const ownerOf = ({ managing_account, consuming_account }: Row): Readonly<Record<string, unknown>> => ({
  managing_account,
  consuming_account,
  external_ref: null,
});
