import type { Book } from '../book';
import { GENERATED_AT, statusOf, type Row } from '../model';
import { assignmentsOf } from './accounts';

/** How a connection is to be. */
export interface ConnectionPlan {
  readonly account: string;
  readonly metro_area_network: string;
  readonly untagged: boolean;
  readonly ports: number;
  readonly speed: number;
}

const READY = [statusOf(6, 'ready', 'in operation', GENERATED_AT)];

/** What everything has that an account owns and pays for. */
export const ownedBy = (book: Book, account: string): Readonly<Record<string, unknown>> => ({
  managing_account: book.get('accounts', account).managing_account ?? account,
  consuming_account: account,
  billing_account: account,
  external_ref: null,
  contract_ref: null,
  role_assignments: assignmentsOf(book, account, ['noc', 'implementation']),
});

/** Adds a connection and its ports, all on one device. */
export function addConnection(book: Book, plan: ConnectionPlan): Row {
  const id = `CON-${book.next('CON')}`;
  const places = book.get('metro-area-networks', plan.metro_area_network).pops as string[];
  const pop = places[book.next('place') % places.length]!;
  const ports = Array.from({ length: plan.ports }, () => addPort(book, plan, id, pop));
  return book.put('connections', {
    id,
    ...ownedBy(book, plan.account),
    name: `lag-${id.toLowerCase()}`,
    state: 'production',
    status: READY,
    mode: plan.ports > 1 ? 'lag_lacp' : 'standalone',
    lacp_timeout: plan.ports > 1 ? 'slow' : null,
    speed: plan.speed * plan.ports,
    ports,
    vlan_types: plan.untagged ? ['port'] : ['dot1q', 'qinq'],
    outer_vlan_ethertypes: ['0x8100', '0x88a8'],
    pop,
    metro_area_network: plan.metro_area_network,
    metro_area: book.get('metro-area-networks', plan.metro_area_network).metro_area,
    product_offering: `PO-CONNECTION-${plan.metro_area_network}`,
    port_quantity: plan.ports,
    port_reservations: [],
    subscriber_side_demarcs: [],
    capacity_allocated: plan.speed * plan.ports,
    capacity_allocation_limit: null,
  });
}

function addPort(book: Book, plan: ConnectionPlan, connection: string, pop: string): string {
  const device = (book.get('pops', pop).devices as string[])[0]!;
  const port = book.add('ports', 'PRT', {
    ...ownedBy(book, plan.account),
    name: `Eth${book.next(`port of ${device}`)}`,
    state: 'production',
    status: READY,
    media_type: plan.speed >= 100_000 ? '100GBASE-LR4' : '10GBASE-LR',
    speed: plan.speed,
    device,
    pop,
    connection,
    operational_state: 'up',
  });
  return port.id;
}
