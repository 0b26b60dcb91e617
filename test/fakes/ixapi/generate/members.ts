import type { Rng } from '../../peeringdb/rng';
import type { Book } from '../book';
import { GENERATED_AT, statusOf, type Row } from '../model';
import { addFeatureConfigs, addMac, allocateIps } from './allocate';
import type { MemberCase } from './cases';
import { addConnection, ownedBy } from './ports';

/** What there is to choose from while members are made. */
export interface MemberContext {
  readonly book: Book;
  readonly seed: number;
  readonly exchanges: readonly Row[];
}

/** Adds a configuration of an exchange LAN with all that belongs to it. */
export function addMember({ book, seed, exchanges }: MemberContext, plan: MemberCase): Row {
  const { account = book.account, state = 'production', families = [4, 6], macs = ['valid'], ips = 'valid' } = plan;
  const service = exchanges[(plan.exchange ?? 0) % exchanges.length]!;
  const n = book.next('member');
  const config = book.add('network-service-configs', 'NSC', {
    type: 'exchange_lan',
    ...ownedBy(book, account),
    external_ref: `REF-${n}`,
    state,
    status: [statusOf(...(plan.status ?? ([6, state, `the configuration is in ${state}`] as const)))],
    network_service: service.id,
    product_offering: service.product_offering,
    connection: connectionOf(book, service, plan),
    vlan_config: vlanConfigOf(plan.vlan ?? 'dot1q', n),
    capacity: plan.capacity ?? null,
    asns: book.get('accounts', account).asns,
    listed: true,
    macs: [],
    ips: [],
    network_feature_configs: [],
    current_billing_start_date: GENERATED_AT.slice(0, 10),
    ...(plan.decommissionAt === undefined
      ? {}
      : { decommission_at: plan.decommissionAt, charged_until: plan.decommissionAt }),
  });
  const addressed = book.patch('network-service-configs', config.id, {
    macs: macs.map((kind) => addMac(book, config, kind, seed)),
    ips: ips === 'deferred' ? [] : allocateIps(book, config, families, ips),
  });
  const network_feature_configs = addFeatureConfigs(book, addressed, wantedFeatures(book, service, plan));
  book.cases.set(plan.name, config.id);
  return book.patch('network-service-configs', config.id, { network_feature_configs });
}

/** One of the many that are as most are, on any of the LANs; each has a MAC address in use and one of before. */
export function plainCase(n: number, rng: Rng, exchanges: number): MemberCase {
  const ports = rng.chance(0.2) ? 2 : 1;
  return {
    name: `plain-${n}`,
    state: rng.chance(0.95) ? 'production' : 'production_change_pending',
    vlan: rng.pick(['dot1q', 'dot1q', 'dot1q', 'qinq', 'port']),
    macs: ['valid', 'expired'],
    ports,
    speed: rng.chance(0.3) ? 100_000 : 10_000,
    exchange: rng.int(exchanges),
    ...(rng.chance(0.1) ? { capacity: 5000 } : {}),
  };
}

function connectionOf(book: Book, service: Row, plan: MemberCase): string {
  const shared = plan.connectionOf === undefined ? undefined : book.cases.get(plan.connectionOf);
  if (shared !== undefined) return book.get('network-service-configs', shared).connection as string;
  const connection = addConnection(book, {
    account: plan.account ?? book.account,
    metro_area_network: service.metro_area_network as string,
    untagged: plan.vlan === 'port',
    ports: plan.ports ?? 1,
    speed: plan.speed ?? 10_000,
  });
  return connection.id;
}

/** VLAN configurations have a type that tells which fields they have (IX-API 2.1.0, schema VlanConfig). */
export function vlanConfigOf(vlan_type: 'dot1q' | 'qinq' | 'port', n: number): Readonly<Record<string, unknown>> {
  const vlan = 100 + (n % 3900);
  if (vlan_type === 'dot1q') return { vlan_type, vlan, vlan_ethertype: '0x8100' };
  if (vlan_type === 'qinq') return { vlan_type, outer_vlan: vlan, inner_vlan: 7, outer_vlan_ethertype: '0x88a8' };
  return { vlan_type };
}

function wantedFeatures(book: Book, service: Row, { routeServers }: MemberCase): Row[] {
  if (routeServers === 'none') return [];
  return (service.network_features as string[])
    .map((id) => book.get('network-features', id))
    .filter(({ type, required }) => type === 'route_server' && (required === true || routeServers === 'all'));
}
