import { putDevice, type Database } from './database';
import type { Interface, InterfaceFields } from './interface-objects';
import type { Device, IpAddress } from './objects';

/** What a NetBox user can do to interfaces and their addresses. Devices are not touched by it, but for their counts. */
export interface InterfaceState {
  readonly interfaces: ReadonlyMap<number, Interface>;
  readonly addresses: ReadonlyMap<number, IpAddress>;
  readonly createInterface: (device: number, fields: InterfaceFields & { readonly name: string }) => Interface;
  readonly updateInterface: (id: number, fields: InterfaceFields) => Interface;
  /** Its addresses go with it. */
  readonly deleteInterface: (id: number) => void;
  /** Puts an address (with its prefix length) on an interface; one that is on none yet is the same one. */
  readonly assignAddress: (interfaceId: number, address: string, status?: string) => IpAddress;
  readonly deleteAddress: (id: number) => void;
  /** Makes one virtual chassis of devices, the first of which is its master. */
  readonly joinChassis: (devices: readonly number[]) => void;
}

const NEW_INTERFACE = {
  type: 'other',
  enabled: true,
  parent: null,
  lag: null,
  mac_address: null,
  other_mac_addresses: [],
  speed: null,
  mode: null,
  untagged_vlan: null,
  tagged_vlans: [],
} as const;

/** Makes what changes interfaces and their addresses. */
export function createInterfaceState(database: Database): InterfaceState {
  const { interfaces, addresses, chassis } = database;
  const save = (row: Interface): Interface => {
    const saved = asSaved(row);
    interfaces.set(row.id, saved);
    return saved;
  };
  return {
    interfaces,
    addresses,
    createInterface: (id, fields) => {
      const device = existing(database.devices, 'device', id);
      count(database, device, 1);
      return save({ ...NEW_INTERFACE, ...fields, id: database.nextInterfaceId++, device: id });
    },
    updateInterface: (id, fields) => save({ ...existing(interfaces, 'interface', id), ...fields }),
    deleteInterface: (id) => {
      const { device } = existing(interfaces, 'interface', id);
      count(database, existing(database.devices, 'device', device), -1);
      for (const address of addresses.values()) if (address.interface === id) addresses.delete(address.id);
      interfaces.delete(id);
    },
    assignAddress: (interfaceId, address, status = 'active') => {
      existing(interfaces, 'interface', interfaceId);
      const free = [...addresses.values()].find((one) => one.address === address && one.interface === undefined);
      const row = { id: free?.id ?? database.nextAddressId++, address, interface: interfaceId, status };
      addresses.set(row.id, row);
      return row;
    },
    deleteAddress: (id) => void addresses.delete(id),
    joinChassis: (devices) => {
      for (const device of devices) chassis.set(existing(database.devices, 'device', device).id, devices[0]!);
    },
  };
}

/** What NetBox makes of a row when it is saved: without a mode there are no VLANs, and only `tagged` lists some. */
function asSaved(row: Interface): Interface {
  const { mode, untagged_vlan, tagged_vlans, mac_address, other_mac_addresses } = row;
  return {
    ...row,
    untagged_vlan: mode === null ? null : untagged_vlan,
    tagged_vlans: mode === 'tagged' ? [...tagged_vlans].sort((left, right) => left - right) : [],
    mac_address: mac_address === null ? null : spell(mac_address),
    other_mac_addresses: other_mac_addresses.map(spell),
  };
}

/** As NetBox writes MAC addresses: `02:00:00:00:00:0A`. */
function spell(mac: string): string {
  const digits = mac.replace(/[^0-9a-f]/gi, '').toUpperCase();
  if (digits.length !== 12) throw new Error(`${mac} is no MAC address`);
  return digits.replace(/..(?!$)/g, '$&:');
}

function count(database: Database, device: Device, by: number): void {
  putDevice(database, { ...device, interface_count: device.interface_count + by });
}

function existing<T>(table: ReadonlyMap<number, T>, kind: string, id: number): T {
  const row = table.get(id);
  if (row === undefined) throw new Error(`there is no ${kind} ${id}`);
  return row;
}
