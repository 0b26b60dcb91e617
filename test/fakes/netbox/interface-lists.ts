import ipaddr from 'ipaddr.js';
import type { Database } from './database';
import type { Interface } from './interface-objects';
import type { Listed } from './lists';
import type { IpAddress } from './objects';
import { choices, idFilters, readInt, refuse, type Filter } from './params';
import { byName } from './select-devices';
import type { InterfaceShows } from './show-interface';
import type { Behaviour } from './versions';

/** A list, what stands in it under an id, and the model as NetBox names it when there is no such object. */
export interface InterfaceList<T extends { readonly id: number }> {
  readonly list: Listed<T>;
  readonly rows: ReadonlyMap<number, T>;
  readonly model: string;
}

/** The lists of interfaces and addresses. */
export interface InterfaceLists {
  readonly interfaces: InterfaceList<Interface>;
  readonly addresses: InterfaceList<IpAddress>;
}

/** Real filters that the fake does not have: to ignore them would hide a mistake. */
const NO_INTERFACE_FILTER =
  /^(q|name|label|device|kind|type|enabled|speed|mode|mac_address|wwn|mtu|mgmt_only|description|cabled|occupied|tag|(parent|bridge|lag|cable|vdc|vlan|vrf|site|role|location|rack|region)(_id)?|virtual_chassis\w*)(__\w+)?$/;
const NO_ADDRESS_FILTER =
  /^(q|family|parent|address|mask_length|device|interface(_id)?|vrf(_id)?|fhrpgroup_id|assigned\w*|status|role|dns_name|description|virtual_machine(_id)?|tag|tenant(_id)?)(__\w+)?$/;

const collator = new Intl.Collator('en', { numeric: true });

/** Makes the lists for a version. */
export function createInterfaceLists(database: Database, shows: InterfaceShows, behaviour: Behaviour): InterfaceLists {
  const listed = <T extends { readonly id: number }>(
    rows: ReadonlyMap<number, T>,
    filtersFor: (params: URLSearchParams) => Filter<T>[],
    order: (left: T, right: T) => number,
    show: (row: T, base: string) => object,
  ): Listed<T> => ({
    select: (params, cursor) => {
      const filters = [...idFilters<T>(params, 'id', ({ id }) => id), ...filtersFor(params)];
      const byId = cursor || params.get('ordering') === 'id';
      const found = [...rows.values()].filter((row) => filters.every((holds) => holds(row)));
      return found.sort((left, right) => (byId ? 0 : order(left, right)) || left.id - right.id);
    },
    writer: (base, params) => {
      const names = behaviour.fieldsParameter ? params.get('fields')?.split(',') : undefined;
      return (row) =>
        JSON.stringify(
          Object.fromEntries(Object.entries(show(row, base)).filter(([name]) => names?.includes(name) ?? true)),
        );
    },
  });
  const { interfaces, addresses, devices } = database;
  const byDevice = (left: Interface, right: Interface): number =>
    byName(devices.get(left.device)!, devices.get(right.device)!) || collator.compare(left.name, right.name);
  return {
    interfaces: {
      list: listed(interfaces, (params) => interfaceFilters(database, params), byDevice, shows.interface),
      rows: interfaces,
      model: 'Interface',
    },
    addresses: {
      list: listed(addresses, (params) => addressFilters(database, params), byHost, shows.address),
      rows: addresses,
      model: 'IPAddress',
    },
  };
}

/** The interfaces of devices themselves; one that is not there is refused. */
function interfaceFilters(database: Database, params: URLSearchParams): Filter<Interface>[] {
  refuseOthers(params, NO_INTERFACE_FILTER);
  const { devices } = database;
  const owners = choices(params, 'device_id', (id) => devices.has(Number(id))).map(Number);
  return owners.length > 0 ? [({ device }) => owners.includes(device)] : [];
}

/**
 * The addresses on devices' interfaces, for the master of a virtual chassis on those of all its members; a device that is
 * not there has none.
 */
function addressFilters(database: Database, params: URLSearchParams): Filter<IpAddress>[] {
  refuseOthers(params, NO_ADDRESS_FILTER);
  const owners = params
    .getAll('device_id')
    .map((value) => readInt(value) ?? refuse('device_id', 'Enter a whole number.'));
  if (owners.length === 0) return [];
  const { chassis } = database;
  const members = [...chassis].filter(([, master]) => owners.includes(master)).map(([member]) => member);
  const devices = new Set([...owners, ...members]);
  const isOn = (id: number | undefined): boolean => devices.has(database.interfaces.get(id ?? 0)?.device ?? 0);
  return [(row) => isOn(row.interface)];
}

function refuseOthers(params: URLSearchParams, others: RegExp): void {
  const unknown = [...params.keys()].find((name) => others.test(name));
  if (unknown !== undefined) refuse(unknown, 'This filter is not simulated by this fake.');
}

/** The order of addresses in NetBox: IPv4 before IPv6, then by the host, whatever the prefix length. */
function byHost(left: IpAddress, right: IpAddress): number {
  const [one, other] = [bytesOf(left), bytesOf(right)];
  return one.length - other.length || one.compare(other);
}

const bytesOf = ({ address }: IpAddress): Buffer =>
  Buffer.from(ipaddr.parse(address.split('/')[0] ?? '').toByteArray());
