import { contains, isTooLarge, parseSubnet, type Family, type Subnet } from './subnets';

/** How the prefixes of one address family compare. */
export interface FamilyMatch {
  /** `overlaps`: one contains the other, as when a LAN was enlarged. `unknown`: one side says nothing. */
  readonly outcome: 'same' | 'overlaps' | 'other' | 'unknown';
  readonly reason: string;
}

/** The prefixes of an exchange of ours, parsed. What is none is left out, and what is too large for a LAN. */
export function parsePrefixes(prefixes: readonly string[]): readonly Subnet[] {
  return prefixes.flatMap((text) => {
    const subnet = parseSubnet(text);
    return subnet === undefined || isTooLarge(subnet) ? [] : [subnet];
  });
}

/** Compares the subnet that a service shows for a family with our prefixes. */
export function matchFamily(version: Family, shown: string | null, prefixes: readonly Subnet[]): FamilyMatch {
  const known = prefixes.filter((prefix) => prefix.version === version);
  const theirs = shown === null ? undefined : parseSubnet(shown);
  if (shown === null) return unknown(`the service shows no IPv${version} subnet`);
  if (theirs?.version !== version) return unknown(`'${shown}' of the service is no IPv${version} subnet`);
  if (isTooLarge(theirs)) return unknown(`${theirs.cidr} of the service is too large for a LAN`);
  if (known.length === 0) return unknown(`the service has ${theirs.cidr}, no IPv${version} prefix is known here`);
  return compare(theirs, known);
}

const unknown = (reason: string): FamilyMatch => ({ outcome: 'unknown', reason });

function compare(theirs: Subnet, known: readonly Subnet[]): FamilyMatch {
  const { cidr } = theirs;
  if (known.some((ours) => ours.cidr === cidr)) return { outcome: 'same', reason: `both have ${cidr}` };
  const inner = known.find((ours) => contains(theirs, ours));
  if (inner) return { outcome: 'overlaps', reason: `${cidr} of the service contains ${inner.cidr} of our exchange` };
  const outer = known.find((ours) => contains(ours, theirs));
  if (outer) return { outcome: 'overlaps', reason: `${cidr} of the service is within ${outer.cidr} of our exchange` };
  return { outcome: 'other', reason: `the service has ${cidr}, our exchange ${listed(known)}` };
}

/** A few of them, and how many more there are. */
function listed(known: readonly Subnet[]): string {
  const named = known.slice(0, 3).map(({ cidr }) => cidr);
  return `${named.join(', ')}${known.length > 3 ? ` and ${known.length - 3} more` : ''}`;
}
