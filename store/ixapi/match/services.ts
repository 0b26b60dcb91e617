import { EXCHANGE_LAN, type NetworkService } from '../documents';
import type { LinkedExchange } from '../exchange';
import { matchFamily, parsePrefixes, type FamilyMatch } from './family';
import type { Subnet } from './subnets';

export type { FamilyMatch } from './family';

/** Whether a network service is the LAN of an exchange of ours, by what, and why or why not. */
export interface ServiceMatch {
  readonly network_service: string;
  readonly matched: boolean;
  readonly by: 'peeringdb_ixid' | 'subnets' | null;
  readonly reason: string;
  readonly ipv4: FamilyMatch;
  readonly ipv6: FamilyMatch;
}

/**
 * Which of the services are the LAN of an exchange; one entry for each, in their order.
 *
 * PeeringDB's id decides where both sides name one: equal ids match whatever the subnets are (a difference is said),
 * different ones never do, even if the subnets are the same. One of the ids is wrong then, and people have to say which:
 * what is imported into a wrong exchange is harder to find than what is not offered. Without both ids it is the subnets:
 * one family that is the same or overlaps, and none that is another. Of several services with the exchange's id (one
 * for each of its LANs) those whose subnets tell that they are this LAN are taken, if there are such.
 */
export function matchServices(
  exchange: Pick<LinkedExchange, 'peeringdb_ixid' | 'prefixes'>,
  services: readonly NetworkService[],
): ServiceMatch[] {
  const prefixes = parsePrefixes(exchange.prefixes);
  const matches = services.map((service) => matchOne(service, exchange.peeringdb_ixid, prefixes));
  const candidates = matches.filter(({ matched }) => matched);
  const closest = Math.max(...candidates.map(closeness));
  const rival = candidates.find((match) => closeness(match) === closest)?.network_service ?? '';
  return matches.map((match) => (match.matched && closeness(match) < closest ? leftTo(rival, match) : match));
}

function matchOne(service: NetworkService, ixid: number | null, prefixes: readonly Subnet[]): ServiceMatch {
  if (service.type !== EXCHANGE_LAN) return without(service);
  const ipv4 = matchFamily(4, service.subnet_v4, prefixes);
  const ipv6 = matchFamily(6, service.subnet_v6, prefixes);
  const theirs = service.peeringdb_ixid;
  const base = { network_service: service.id, ipv4, ipv6 };
  if (ixid === null || theirs === null) return bySubnets(base, whyNoId(ixid, theirs));
  const words = spoken(base);
  if (ixid === theirs)
    return { ...base, matched: true, by: 'peeringdb_ixid', reason: `both name ${ix(ixid)}${doubt(base)}` };
  const near = isNear(base) ? `. One of the ids is wrong: the subnets are those of our exchange (${words})` : '';
  return { ...base, matched: false, by: null, reason: `the service is ${ix(theirs)}, our exchange is ${ixid}${near}` };
}

type Families = Pick<ServiceMatch, 'network_service' | 'ipv4' | 'ipv6'>;

const ix = (id: number): string => `PeeringDB's exchange ${id}`;

const spoken = ({ ipv4, ipv6 }: Families): string => `IPv4: ${ipv4.reason}; IPv6: ${ipv6.reason}`;

const isClose = ({ outcome }: FamilyMatch): boolean => outcome === 'same' || outcome === 'overlaps';

const isOther = ({ outcome }: FamilyMatch): boolean => outcome === 'other';

const differs = ({ ipv4, ipv6 }: Families): boolean => isOther(ipv4) || isOther(ipv6);

/** Whether the subnets alone tell that it is this LAN. */
const isNear = (families: Families): boolean =>
  (isClose(families.ipv4) || isClose(families.ipv6)) && !differs(families);

/** How much the subnets speak for a LAN: 2 if they tell it, 1 if one family does against the other. */
function closeness(families: Families): number {
  if (isNear(families)) return 2;
  return isClose(families.ipv4) || isClose(families.ipv6) ? 1 : 0;
}

const doubt = (families: Families): string => (differs(families) ? `; doubtful: ${spoken(families)}` : '');

function whyNoId(ours: number | null, theirs: number | null): string {
  if (ours !== null) return 'the service names no exchange of PeeringDB';
  return theirs === null ? 'neither names an exchange of PeeringDB' : 'our exchange names none of PeeringDB';
}

function bySubnets(families: Families, why: string): ServiceMatch {
  const matched = isNear(families);
  const words = matched ? 'the subnets match' : 'the subnets do not tell that it is this LAN';
  return { ...families, matched, by: matched ? 'subnets' : null, reason: `${why}; ${words}: ${spoken(families)}` };
}

function without({ id, type }: NetworkService): ServiceMatch {
  const reason = `a service of type ${type} has no peering LAN`;
  const none: FamilyMatch = { outcome: 'unknown', reason };
  return { network_service: id, matched: false, by: null, reason, ipv4: none, ipv6: none };
}

function leftTo(rival: string, match: ServiceMatch): ServiceMatch {
  const reason = `both name one exchange of PeeringDB, but by its subnets the LAN is rather ${rival}: ${spoken(match)}`;
  return { ...match, matched: false, by: null, reason };
}
