import type { DeviceFields } from '../../fakes/netbox/objects';

/** The devices of the simulated NetBox: at each of five sites four that are routers of ours, a switch and a server. */

const SITES = { par: 'paris-pa3', lon: 'london-ld5', ams: 'amsterdam-am7', fra: 'frankfurt-fr5', sto: 'stockholm-sk1' };

/** By name, the role, the device type and the platform. */
const KINDS = [
  ['core1', 'core-router', 'MX204', 'juniper-junos'],
  ['edge1', 'edge-router', 'DCS-7280SR3', 'arista-eos'],
  ['edge2', 'edge-router', 'MX204', 'juniper-junos'],
  ['fw1', 'firewall', 'MX204', 'juniper-junos'],
  ['sw1', 'switch', 'DCS-7280SR3', 'arista-eos'],
  ['srv1', 'server', 'DCS-7280SR3', null],
] as const;

/** The roles that make a device a router of ours: those of NETBOX_DEVICE_ROLES, and what is below them. */
export const OUR_ROLES: readonly string[] = ['router', 'core-router', 'edge-router', 'firewall'];

/** Devices whose platform is not what it should be: one that we do not know, and none. */
export const UNKNOWN_PLATFORM = 'edge2.sto';
export const NO_PLATFORM = 'fw1.ams';
const ODD: Readonly<Record<string, string | null>> = { [UNKNOWN_PLATFORM]: 'nokia-sr-os', [NO_PLATFORM]: null };

/** All of them, in the order of their ids from 1 on. */
export const DEVICES: readonly (DeviceFields & { readonly role: string })[] = Object.entries(SITES).flatMap(
  ([city, site], row) =>
    KINDS.map(([kind, role, device_type, usual], column) => {
      const name = `${kind}.${city}`;
      const number = row * KINDS.length + column + 1;
      const addresses = { primary_ip4: `192.0.2.${number}/32`, primary_ip6: `2001:db8::${number.toString(16)}/128` };
      return { name, role, device_type, site, platform: name in ODD ? ODD[name]! : usual, ...addresses };
    }),
);
