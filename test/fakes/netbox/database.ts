import type { Interface } from './interface-objects';
import type { Device, DeviceType, IpAddress, Related, Role, Tag } from './objects';

/** What the fake has in its tables. */
export interface Database {
  readonly devices: Map<number, Device>;
  readonly roles: Map<number, Role>;
  readonly platforms: Map<number, Related>;
  readonly sites: Map<number, Related>;
  readonly tags: Map<number, Tag>;
  readonly deviceTypes: Map<number, DeviceType>;
  readonly addresses: Map<number, IpAddress>;
  readonly interfaces: Map<number, Interface>;
  /** The ids of VLANs by their number in a tag, and those of MAC addresses. */
  readonly vlans: Map<number, number>;
  readonly macAddresses: Map<string, number>;
  /** The master of the virtual chassis that a device is in. */
  readonly chassis: Map<number, number>;
  /** Devices that something else depends on, so that they cannot be deleted. */
  readonly protected: Set<number>;
  /** Grows with every change of a table, so that what was computed from them can be kept until then. */
  revision: number;
  /** Grows when something that devices show of other objects changes. */
  relatedRevision: number;
  nextDeviceId: number;
  nextAddressId: number;
  nextInterfaceId: number;
}

/** Makes a database without any rows. */
export function createDatabase(): Database {
  return {
    devices: new Map(),
    roles: new Map(),
    platforms: new Map(),
    sites: new Map(),
    tags: new Map(),
    deviceTypes: new Map(),
    addresses: new Map(),
    interfaces: new Map(),
    vlans: new Map(),
    macAddresses: new Map(),
    chassis: new Map(),
    protected: new Set(),
    revision: 0,
    relatedRevision: 0,
    nextDeviceId: 1,
    nextAddressId: 1,
    nextInterfaceId: 1,
  };
}

/** Stores a device's row; ids only grow, so the table stays in their order. Its JSON is read back in jsonb's order. */
export function putDevice(database: Database, device: Device): void {
  const { custom_fields, local_context_data } = device;
  const json = { custom_fields: toJsonb(custom_fields), local_context_data: toJsonb(local_context_data) };
  database.devices.set(device.id, { ...device, ...json });
  database.revision += 1;
}

/** Removes a device's row, with its interfaces and their addresses. */
export function dropDevice(database: Database, id: number): void {
  const { devices, interfaces, addresses, chassis } = database;
  devices.delete(id);
  chassis.delete(id);
  for (const row of interfaces.values()) if (row.device === id) interfaces.delete(row.id);
  for (const row of addresses.values())
    if (row.interface !== undefined && !interfaces.has(row.interface)) addresses.delete(row.id);
  database.revision += 1;
}

/** Notes that something that devices show has changed. */
export function touchRelated(database: Database): void {
  database.revision += 1;
  database.relatedRevision += 1;
}

/** A role and all below it. */
export function descendants(database: Database, id: number): number[] {
  const children = [...database.roles.values()].filter(({ parent }) => parent === id);
  return [id, ...children.flatMap((child) => descendants(database, child.id))];
}

/** How many roles are above this one. */
export function depthOf(database: Database, id: number): number {
  const parent = database.roles.get(id)?.parent ?? null;
  return parent === null ? 0 : 1 + depthOf(database, parent);
}

/** PostgreSQL sorts the keys of a jsonb object by length and then by bytes. */
function toJsonb<T>(value: T): T {
  if (Array.isArray(value)) return value.map((member: unknown) => toJsonb(member)) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, toJsonb(member as unknown)]);
  const length = (key: string): number => Buffer.byteLength(key);
  entries.sort(([left], [right]) => length(left) - length(right) || (left < right ? -1 : 1));
  return Object.fromEntries(entries) as T;
}
