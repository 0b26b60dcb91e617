import type { Book } from '../book';
import type { Row } from '../model';
import { ownedBy } from './ports';
import { offeringOf } from './services';

/**
 * What only newer versions have: a port that is reserved, offerings of connections, and a configuration on a routing
 * function, which has no connection and no VLAN (types of terraform-provider-ixapi for 2.7.1). Fields of the routing
 * function are unverified.
 */
export function addRouted(book: Book, exchange: Row): void {
  for (const { id } of book.rows('metro-area-networks')) {
    const more = { resource_type: 'connection', cross_connect_initiator: 'exchange', maximum_port_quantity: null };
    book.put('product-offerings', { id: `PO-CONNECTION-${id}`, ...offeringOf('connection', id, more) });
  }
  const connection = book.rows('connections')[0];
  if (connection !== undefined)
    book.add('port-reservations', 'PR', {
      state: 'requested',
      status: [],
      connection: connection.id,
      port: null,
      external_ref: null,
      purchase_order: null,
      contract_ref: null,
      subscriber_side_demarc: null,
      connecting_party: null,
      cross_connect_id: null,
      exchange_side_demarc: null,
    });
  const owned = ownedBy(book, book.account);
  const { asns } = book.get('accounts', book.account);
  const routing = book.add('routing-functions', 'RF', { ...owned, name: 'router', state: 'production', status: [] });
  const config = book.add('network-service-configs', 'NSC', {
    type: 'exchange_lan',
    ...owned,
    state: 'production',
    status: [],
    network_service: exchange.id,
    product_offering: exchange.product_offering,
    connection: null,
    routing_function: routing.id,
    vlan_config: null,
    l3_config: { local_asn: (asns as number[])[0], bgp_password: null },
    capacity: 1000,
    asns,
    listed: false,
    macs: [],
    ips: [],
    network_feature_configs: [],
  });
  book.cases.set('routing-function', config.id);
}
