import { compare, say, type Comparison, type DriftSource, type Finding, type Saying } from './finding';
import { hostOf } from './hosts';
import { isInProduction, type Subject } from './subjects';
import { fieldsOf, isInSubnet, validIps } from '../fields';

/** The valid addresses of one family in the LAN, canonical. */
function hostsOf({ config, service, now }: Subject, version: 4 | 6): readonly string[] {
  const subnet = (version === 4 ? service?.subnet_v4 : service?.subnet_v6) ?? null;
  const ips = validIps(config, version, now).filter(({ address }) => isInSubnet(address, subnet) !== false);
  return ips.map(({ address }) => hostOf(address));
}

/** What PeeringDB says of an address: also that it has none, of what is in production and is to be listed. */
function listedAddress(subject: Subject, version: 4 | 6): Saying | undefined {
  const { netixlan, isPeeringdbKnown, config } = subject;
  const address = version === 4 ? netixlan?.ipaddr4 : netixlan?.ipaddr6;
  if (address !== null && address !== undefined) return say(address);
  const isExpected = isPeeringdbKnown && isInProduction(config) && config.listed !== false;
  return isExpected && hostsOf(subject, version).length > 0 ? { value: null, text: 'not' } : undefined;
}

/** Addresses of one family. Of several that the exchange gave, each is as good. */
export function addressFindings(subject: Subject, version: 4 | 6): Finding[] {
  const kind = version === 4 ? 'ipv4_address' : 'ipv6_address';
  const { config, service, local, port, now } = subject;
  const given = hostsOf(subject, version);
  const ours = local?.[kind] ?? null;
  const isGiven = (address: string | undefined): boolean => address !== undefined && given.includes(hostOf(address));
  const shown = isGiven(ours ?? undefined)
    ? ours
    : (fieldsOf(config, { service, connection: undefined, now })[kind] ?? given[0]);
  const sayings: Comparison['sayings'] = {
    ixapi: given.length === 0 ? undefined : say(shown),
    local: say(ours),
    peeringdb: listedAddress(subject, version),
    netbox: say(port?.[kind]),
  };
  const textOf = (source: DriftSource): string | undefined => {
    const value = sayings[source]?.value;
    return typeof value === 'string' ? hostOf(value) : undefined;
  };
  return compare({
    ...{ kind, sayings, what: `the IPv${version} address`, cases: ['address-ours', 'address-elsewhere'] },
    agrees: (source, believed) =>
      believed === 'ixapi' ? isGiven(textOf(source)) : textOf(source) === textOf(believed),
  });
}
