import { digitsOf } from './hosts';
import { compare, say, type Comparison, type DriftSource, type Finding } from './finding';
import { totalOf, type Subject } from './subjects';
import { fieldsOf, validMacs } from '../fields';

/** Speeds, ASNs and MAC addresses. */

const bits = (speed: number): string => (speed % 1000 === 0 ? `${speed / 1000} Gbit/s` : `${speed} Mbit/s`);

/** Speeds in Mbit/s. NetBox has that of the interface, which may be more than a config was bought with. */
export function speedFindings(subject: Subject): Finding[] {
  const { config, connection, service, local, netixlan, port, now } = subject;
  const total = totalOf(connection);
  const { speed } = fieldsOf(config, { service, connection: connection && { ...connection, speed: total }, now });
  const sayings: Comparison['sayings'] = {
    ixapi: say(speed, bits),
    local: say(local?.speed, bits),
    // 0 is PeeringDB's word for a speed that nobody gave.
    peeringdb: netixlan?.speed === 0 ? undefined : say(netixlan?.speed, bits),
    netbox: say(port?.speed, bits),
  };
  return compare({
    ...{ kind: 'speed', what: 'the speed', sayings, cases: ['speed', 'speed'] },
    agrees: (source, believed) =>
      sayings[source]?.value === sayings[believed]?.value || (source === 'netbox' && sayings.netbox?.value === total),
  });
}

/** The ASNs that the exchange has for a config, ours, and that of the port in PeeringDB. */
export function asnFindings({ config, local_asn, netixlan }: Subject): Finding[] {
  const sayings: Comparison['sayings'] = {
    ixapi: config.asns.length === 0 ? undefined : say(config.asns, (asns) => asns.join(' or ')),
    local: say(local_asn),
    peeringdb: say(netixlan?.asn),
  };
  return compare({
    ...{ kind: 'asn', what: 'the ASN', sayings, cases: ['asn', 'asn'] },
    agrees: (source, believed) =>
      believed === 'ixapi'
        ? config.asns.includes(sayings[source]?.value as number)
        : sayings[source]?.value === sayings[believed]?.value,
  });
}

/** MAC addresses: one of those that are valid at the exchange is as good as another. */
export function macFindings({ config, local, port, now }: Subject): Finding[] {
  const given = validMacs(config, now);
  const values: Readonly<Partial<Record<DriftSource, string | null | undefined>>> = {
    ...{ local: local?.mac_address, netbox: port?.mac_address },
  };
  const digits = (source: DriftSource): string => digitsOf(values[source] ?? '');
  return compare({
    ...{ kind: 'mac_address', what: 'the MAC address', cases: ['mac-ours', 'mac-elsewhere'] },
    sayings: {
      ixapi: given.length === 0 ? undefined : say(given, (macs) => macs.join(' or ')),
      local: say(values.local),
      netbox: say(values.netbox),
    },
    agrees: (source, believed) =>
      believed === 'ixapi' ? given.map(digitsOf).includes(digits(source)) : digits(source) === digits(believed),
  });
}
