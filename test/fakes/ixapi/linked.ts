import type { Book } from './book';
import type { Row } from './model';

/** What is linked with an object, for filters that reach across lists. */
export interface Linked {
  /** Whether the address is used by the peering LAN, the configuration, the feature or its configuration. */
  readonly ipOf: (ip: Row, link: 'network_service' | IpLink, id: string) => boolean;
  readonly macOf: (mac: Row, config: string) => boolean;
  /** Whether a device in there has such a port. */
  readonly hasCapability: (row: Row, test: (capability: Row) => boolean) => boolean;
  readonly connectionIn: (connection: Row, place: 'pop' | 'facility' | 'metro_area_network', id: string) => boolean;
  readonly facilityIn: (facility: Row, network: string) => boolean;
  readonly deviceIn: (device: Row, network: string) => boolean;
  readonly serviceAt: (service: Row, pop: string) => boolean;
  readonly roleOf: (role: Row, contact: string) => boolean;
}

type IpLink = 'network_service_config' | 'network_feature' | 'network_feature_config';

export function createLinked(book: Book): Linked {
  const configs = (): Row[] => book.rows('network-service-configs');
  const lists = (row: Row, field: string, id: string): boolean => ((row[field] ?? []) as string[]).includes(id);
  const devicesOf = (row: Row): Row[] =>
    book
      .rows('devices')
      .filter(
        ({ id, pop, facility }) =>
          row.id === id || row.id === pop || row.id === facility || lists(row, 'pops', pop as string),
      );
  const popOf = (connection: Row): Row | undefined => book.db.pops.get(String(connection.pop));
  return {
    ipOf: (ip, link, id) => {
      if (link === 'network_service_config')
        return configs().some((config) => config.id === id && lists(config, 'ips', ip.id));
      const configsOfFeature = book.rows('network-feature-configs').filter((row) => row.ip === ip.id);
      if (link === 'network_feature_config') return configsOfFeature.some((row) => row.id === id);
      const own = ip.network_feature as string | undefined;
      if (link === 'network_feature') return own === id || configsOfFeature.some((row) => row.network_feature === id);
      if (own !== undefined) return book.get('network-features', own).network_service === id;
      return configs().some((config) => config.network_service === id && lists(config, 'ips', ip.id));
    },
    macOf: (mac, config) => configs().some((row) => row.id === config && lists(row, 'macs', mac.id)),
    hasCapability: (row, test) =>
      devicesOf(row).some(({ capabilities }) => ((capabilities ?? []) as Row[]).some((capability) => test(capability))),
    connectionIn: (connection, place, id) => {
      const pop = popOf(connection);
      return pop !== undefined && (place === 'pop' ? pop.id : pop[place]) === id;
    },
    facilityIn: (facility, network) =>
      book.rows('pops').some((pop) => pop.facility === facility.id && pop.metro_area_network === network),
    deviceIn: (device, network) => book.db.pops.get(String(device.pop))?.metro_area_network === network,
    serviceAt: (service, pop) => {
      const network: unknown =
        service.metro_area_network ??
        book.db['product-offerings'].get(String(service.product_offering))?.service_metro_area_network;
      return book.db.pops.get(pop)?.metro_area_network === network;
    },
    roleOf: (role, contact) =>
      book.rows('role-assignments').some((row) => row.role === role.id && row.contact === contact),
  };
}
