import type { LinkedExchange } from './exchange';
import type { NetworkService } from './documents';

/** How the prefixes of one address family compare. */
export interface FamilyMatch {
  readonly outcome: 'same' | 'overlaps' | 'other' | 'unknown';
  readonly reason: string;
}

/** Whether a network service is the LAN of an exchange of ours, and by what. */
export interface ServiceMatch {
  readonly network_service: string;
  readonly matched: boolean;
  readonly by: 'peeringdb_ixid' | 'subnets' | null;
  readonly reason: string;
  readonly ipv4: FamilyMatch;
  readonly ipv6: FamilyMatch;
}

const NOT_COMPARED: FamilyMatch = { outcome: 'unknown', reason: 'not compared' };

/** Which of the services are the LAN of an exchange; one entry for each, in their order. */
export function matchServices(
  { peeringdb_ixid }: Pick<LinkedExchange, 'peeringdb_ixid' | 'prefixes'>,
  services: readonly NetworkService[],
): ServiceMatch[] {
  return services.map((service) => {
    const matched = peeringdb_ixid !== null && service.peeringdb_ixid === peeringdb_ixid;
    const reason = matched ? `both are PeeringDB's exchange ${peeringdb_ixid}` : 'it names another exchange';
    const by = matched ? ('peeringdb_ixid' as const) : null;
    return { network_service: service.id, matched, by, reason, ipv4: NOT_COMPARED, ipv6: NOT_COMPARED };
  });
}
