import type { Database } from './database';
import { INTERFACE_MODES, INTERFACE_TYPES, type Interface } from './interface-objects';
import type { IpAddress } from './objects';
import type { DeviceShows } from './show-device';
import type { Behaviour } from './versions';

/** Writes interfaces and addresses as the REST API does, with the fields that the fake has. */
export interface InterfaceShows {
  readonly interface: (row: Interface, base: string) => object;
  readonly address: (row: IpAddress, base: string) => object;
}

interface Parts {
  readonly database: Database;
  readonly devices: DeviceShows;
  readonly behaviour: Behaviour;
}

/** Makes the writers for a version. */
export function createInterfaceShows(parts: Parts): InterfaceShows {
  return {
    interface: (row, base) => interfaceOf(parts, row, base),
    address: (row, base) => addressOf(parts, row, base),
  };
}

function interfaceOf(parts: Parts, row: Interface, base: string): object {
  const { behaviour } = parts;
  const { id, name, type, enabled, speed, mode, untagged_vlan, tagged_vlans } = row;
  return {
    id,
    url: `${base}/api/dcim/interfaces/${id}/`,
    ...(behaviour.displayUrl ? { display_url: `${base}/dcim/interfaces/${id}/` } : {}),
    display: name,
    device: deviceOf(parts, row, base),
    name,
    label: '',
    type: { value: type, label: INTERFACE_TYPES[type] ?? type },
    enabled,
    parent: nestedOf(parts, row.parent, base),
    lag: nestedOf(parts, row.lag, base),
    mac_address: row.mac_address,
    ...(behaviour.macObjects ? macObjectsOf(parts, row, base) : {}),
    speed,
    mode: mode === null ? null : { value: mode, label: INTERFACE_MODES[mode] ?? mode },
    untagged_vlan: untagged_vlan === null ? null : vlanOf(parts, untagged_vlan, base),
    tagged_vlans: tagged_vlans.map((vid) => vlanOf(parts, vid, base)),
  };
}

function addressOf(parts: Parts, { id, address, status = 'active', ...row }: IpAddress, base: string): object {
  const ipv6 = address.includes(':');
  const on = row.interface === undefined ? undefined : parts.database.interfaces.get(row.interface);
  return {
    id,
    url: `${base}/api/ipam/ip-addresses/${id}/`,
    ...(parts.behaviour.displayUrl ? { display_url: `${base}/ipam/ip-addresses/${id}/` } : {}),
    display: address,
    family: { value: ipv6 ? 6 : 4, label: ipv6 ? 'IPv6' : 'IPv4' },
    address,
    status: { value: status, label: `${status.charAt(0).toUpperCase()}${status.slice(1)}` },
    assigned_object_type: on === undefined ? null : 'dcim.interface',
    assigned_object_id: on?.id ?? null,
    assigned_object: on === undefined ? null : briefOf(parts, on, base),
  };
}

function deviceOf({ database, devices }: Parts, { device }: Interface, base: string): object {
  return devices.object(database.devices.get(device)!, base, devices.briefNames);
}

/** An interface where an address shows it. */
function briefOf(parts: Parts, row: Interface, base: string): object {
  const { id, name } = row;
  const description = parts.behaviour.briefDescription ? { description: '' } : {};
  const url = `${base}/api/dcim/interfaces/${id}/`;
  return {
    ...{ id, url, display: name, device: deviceOf(parts, row, base), name },
    ...{ ...description, cable: null, _occupied: false },
  };
}

/** An interface where another one shows it: never with a description, and with `display_url` since 4.1. */
function nestedOf(parts: Parts, id: number | null, base: string): object | null {
  const row = id === null ? undefined : parts.database.interfaces.get(id);
  if (row === undefined) return null;
  return {
    id,
    url: `${base}/api/dcim/interfaces/${row.id}/`,
    ...(parts.behaviour.displayUrl ? { display_url: `${base}/dcim/interfaces/${row.id}/` } : {}),
    ...{ display: row.name, device: deviceOf(parts, row, base), name: row.name, cable: null, _occupied: false },
  };
}

function macObjectsOf({ database }: Parts, row: Interface, base: string): object {
  const show = (mac_address: string): object => {
    const id = idOf(database.macAddresses, mac_address);
    const url = `${base}/api/dcim/mac-addresses/${id}/`;
    return { id, url, display: mac_address, mac_address, description: '' };
  };
  const primary = row.mac_address === null ? [] : [row.mac_address];
  return {
    primary_mac_address: row.mac_address === null ? null : show(row.mac_address),
    mac_addresses: [...primary, ...row.other_mac_addresses].map(show),
  };
}

function vlanOf({ database, behaviour }: Parts, vid: number, base: string): object {
  const id = idOf(database.vlans, vid);
  const description = behaviour.briefDescription ? { description: '' } : {};
  const name = `VLAN${vid}`;
  return { id, url: `${base}/api/ipam/vlans/${id}/`, display: `${name} (${vid})`, vid, name, ...description };
}

/** The id of what has no table of its own; made when it is first shown. */
function idOf<K>(ids: Map<K, number>, key: K): number {
  const id = ids.get(key) ?? ids.size + 1;
  ids.set(key, id);
  return id;
}
