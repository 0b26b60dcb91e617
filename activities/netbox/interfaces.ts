import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { NetboxClient } from './client';
import { readRows } from './rows';

/** An address on an interface of a device, and what NetBox says of the interface. */
export interface InterfaceAddress {
  /** CIDR. */
  readonly address: string;
  readonly interface: string;
  /** Its id in NetBox: names are those of a device, and a virtual chassis has several. */
  readonly interface_id: number;
  /** Null: NetBox does not show us the interface. */
  readonly enabled: boolean | null;
  /** As 02:01:00:00:00:0a. */
  readonly mac_address: string | null;
  /** Mbit/s. */
  readonly speed: number | null;
  readonly vlan: number | null;
}

/** The fields that are asked for; NetBox before 4.0 answers with all. */
const INTERFACE_FIELDS =
  'fields=id,name,enabled,parent,lag,mac_address,primary_mac_address,mac_addresses,speed,untagged_vlan,tagged_vlans';
const ADDRESS_FIELDS = 'fields=id,address,assigned_object_type,assigned_object_id,assigned_object';

const refSchema = z.looseObject({ id: z.int() });
const vlanSchema = z.looseObject({ vid: z.int() });
const macSchema = z.looseObject({ mac_address: z.string() });

const interfaceSchema = z.looseObject({
  id: z.int(),
  name: z.string(),
  enabled: z.boolean(),
  parent: refSchema.nullish(),
  lag: refSchema.nullish(),
  mac_address: z.string().nullish(),
  // MAC addresses are objects since 4.2; `mac_address` is that of the primary one then.
  primary_mac_address: macSchema.nullish(),
  mac_addresses: z.array(macSchema).nullish(),
  speed: z.number().nullish(),
  untagged_vlan: vlanSchema.nullish(),
  tagged_vlans: z.array(vlanSchema).nullish(),
});

const addressSchema = z.looseObject({
  id: z.int(),
  address: z.string().refine((text) => ipaddr.isValidCIDR(text)),
  assigned_object_type: z.string().nullish(),
  assigned_object_id: z.int(),
  assigned_object: z.looseObject({ name: z.string().nullish(), device: refSchema.nullish() }).nullish(),
});

type Interface = z.output<typeof interfaceSchema>;
type Address = z.output<typeof addressSchema>;
type Interfaces = ReadonlyMap<number, Interface>;

/** NetBox writes them in capitals; what is none is not told. */
function macOf({ mac_address, primary_mac_address, mac_addresses }: Interface): string | null {
  // Of several none is known to be in use when none is the primary one.
  const only = mac_addresses?.length === 1 ? mac_addresses[0]?.mac_address : undefined;
  const digits = (mac_address ?? primary_mac_address?.mac_address ?? only ?? '').toLowerCase().replace(/[^\da-f]/g, '');
  return digits.length === 12 ? digits.replace(/..(?!$)/g, '$&:') : null;
}

/** NetBox counts in Kbit/s. */
const speedOf = ({ speed }: Interface): number | null => (typeof speed === 'number' ? speed / 1000 : null);

/** The VLAN whose frames an interface takes: of a sub-interface also the one that it takes tagged. */
function vlanOf({ untagged_vlan, tagged_vlans, parent }: Interface): number | null {
  const tagged = parent && tagged_vlans?.length === 1 ? tagged_vlans[0]?.vid : undefined;
  return untagged_vlan?.vid ?? tagged ?? null;
}

/** An interface and what it stands on: its parent, or the bundle that it is a member of, and so on. */
function lineage(interfaces: Interfaces, id: number): Interface[] {
  const found: Interface[] = [];
  for (let one = interfaces.get(id); one !== undefined && !found.includes(one);) {
    found.push(one);
    const below = one.parent ?? one.lag;
    one = below ? interfaces.get(below.id) : undefined;
  }
  return found;
}

/** What the first of these says. */
const firstOf = <T>(line: readonly Interface[], read: (one: Interface) => T | null): T | null =>
  line.map(read).find((said) => said !== null) ?? null;

function portOf(interfaces: Interfaces, { address, assigned_object_id, assigned_object }: Address): InterfaceAddress {
  const line = lineage(interfaces, assigned_object_id);
  const [own] = line;
  return {
    address,
    interface: own?.name ?? assigned_object?.name ?? '',
    interface_id: assigned_object_id,
    enabled: own?.enabled ?? null,
    mac_address: firstOf(line, macOf),
    speed: firstOf(line, speedOf),
    vlan: own === undefined ? null : vlanOf(own),
  };
}

/**
 * The addresses on a device's interfaces; none for a device that NetBox does not show. The addresses of the master of a
 * virtual chassis are also those on its members, whose interfaces NetBox lists by their own device only (since 3.6).
 */
export async function readPorts(
  client: NetboxClient,
  deviceId: number,
  signal: AbortSignal,
): Promise<readonly InterfaceAddress[]> {
  const onDevice = { path: 'ipam/ip-addresses/', query: `${ADDRESS_FIELDS}&device_id=${deviceId}`, row: addressSchema };
  const addresses = (await readRows(client, onDevice, signal)).filter(
    ({ assigned_object_type }) => assigned_object_type === 'dcim.interface',
  );
  if (addresses.length === 0) return [];
  const others = addresses.flatMap(({ assigned_object }) => assigned_object?.device?.id ?? []);
  const devices = [...new Set([deviceId, ...others])].map((id) => `&device_id=${id}`).join('');
  const ofDevices = { path: 'dcim/interfaces/', query: `${INTERFACE_FIELDS}${devices}`, row: interfaceSchema };
  const interfaces = new Map((await readRows(client, ofDevices, signal)).map((one) => [one.id, one]));
  return addresses.map((address) => portOf(interfaces, address));
}
