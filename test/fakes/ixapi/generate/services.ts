import { hostOf, prefixLengthOf } from '../addresses';
import type { Book } from '../book';
import { GENERATED_AT, statusOf, type Row } from '../model';
import { EXCHANGE_ACCOUNT } from './accounts';
import { nextHost } from './allocate';

/** A peering LAN. */
export interface ExchangeOptions {
  readonly name?: string;
  /** Null where the exchange has not filled it in. */
  readonly peeringdb_ixid?: number | null;
  readonly subnet_v4?: string;
  readonly subnet_v6?: string;
  readonly metro_area_network?: string;
  /** How many hosts have addresses already, after the exchange's own; none by default. */
  readonly taken?: number;
}

/** Without others: a LAN that names its PeeringDB exchange, and one that can only be told by its subnets. */
export const DEFAULT_EXCHANGES: readonly ExchangeOptions[] = [
  { name: 'Example IX Frankfurt', peeringdb_ixid: 1 },
  { name: 'Example IX Amsterdam', metro_area_network: 'MAN-2' },
];

/** The fields that every offering has. */
export const offeringOf = (type: string, network: string, more: object): Readonly<Record<string, unknown>> => ({
  type,
  name: `${type}-${network}`.toLowerCase(),
  display_name: `${type} in ${network}`,
  provider_vlans: 'single',
  resource_type: 'network_service_config',
  handover_metro_area_network: network,
  handover_metro_area: network.replace('MAN', 'MA'),
  service_metro_area_network: network,
  service_metro_area: network.replace('MAN', 'MA'),
  service_provider: 'Example Exchange',
  bandwidth_min: null,
  bandwidth_max: null,
  physical_port_speed: null,
  downgrade_allowed: true,
  upgrade_allowed: true,
  ...more,
});

/** Adds a LAN with its offering, two route servers and, for versions that know it, blackholing. */
export function addExchange(book: Book, options: ExchangeOptions): Row {
  const n = book.next('exchange');
  const network = options.metro_area_network ?? 'MAN-1';
  const id = `NS-${book.next('NS')}`;
  const subnet_v4 = options.subnet_v4 ?? `198.18.${(n - 1) * 16}.0/20`;
  const subnet_v6 = options.subnet_v6 ?? `2001:db8:${n}::/64`;
  const offering = book.add('product-offerings', 'PO', {
    ...offeringOf('exchange_lan', network, { exchange_lan_network_service: id }),
  });
  const features = [1, 2].map((k) => addRouteServer(book, { service: id, k, subnet_v4, subnet_v6 }));
  const blackholing = book.add('network-features', 'NF', {
    type: 'blackholing',
    name: 'blackholing',
    required: false,
    nfc_required_contact_roles: [],
    flags: [],
    network_service: id,
  });
  for (let taken = 0; taken < (options.taken ?? 0); taken += 1) nextHost(book, id);
  return book.put('network-services', {
    id,
    type: 'exchange_lan',
    name: options.name ?? `Example IX ${n}`,
    state: 'production',
    status: [statusOf(6, 'ready', 'the service is available', GENERATED_AT)],
    managing_account: EXCHANGE_ACCOUNT,
    consuming_account: EXCHANGE_ACCOUNT,
    external_ref: null,
    metro_area_network: network,
    peeringdb_ixid: options.peeringdb_ixid ?? null,
    ixfdb_ixid: null,
    network_features: [...features, blackholing.id],
    subnet_v4,
    subnet_v6,
    product_offering: offering.id,
    nsc_required_contact_roles: ['ROL-1'],
  });
}

interface RouteServerPlan {
  readonly service: string;
  readonly k: number;
  readonly subnet_v4: string;
  readonly subnet_v6: string;
}

/** The first is required: without a configuration of it nothing reaches production. */
function addRouteServer(book: Book, { service, k, subnet_v4, subnet_v6 }: RouteServerPlan): string {
  const [ip_v4, ip_v6] = [hostOf(subnet_v4, k), hostOf(subnet_v6, k)];
  const fqdn = `rs${k}.${service.toLowerCase()}.example.net`;
  const feature = book.add('network-features', 'NF', {
    type: 'route_server',
    name: `rs${k}.${service.toLowerCase()}`,
    required: k === 1,
    nfc_required_contact_roles: ['ROL-2'],
    flags: [{ name: 'RPKI', description: 'drops what RPKI says is invalid', mandatory: true }],
    network_service: service,
    asn: 64_496,
    fqdn,
    looking_glass_url: `https://lg.example.net/${service}`,
    address_families: ['af_inet', 'af_inet6'],
    session_mode: 'public',
    available_bgp_session_types: ['active', 'passive'],
    ip_v4,
    ip_v6,
  });
  const owned = { managing_account: EXCHANGE_ACCOUNT, consuming_account: EXCHANGE_ACCOUNT, external_ref: null };
  const valid = { fqdn, valid_not_before: null, valid_not_after: null };
  const link = { network_feature: feature.id };
  book.add('ips', 'IP', {
    ...owned,
    ...valid,
    ...link,
    version: 4,
    address: ip_v4,
    prefix_length: prefixLengthOf(subnet_v4),
  });
  book.add('ips', 'IP', {
    ...owned,
    ...valid,
    ...link,
    version: 6,
    address: ip_v6,
    prefix_length: prefixLengthOf(subnet_v6),
  });
  return feature.id;
}
