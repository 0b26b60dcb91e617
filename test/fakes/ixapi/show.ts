import type { Book } from './book';
import type { Collection, IxapiVersion, Row } from './model';
import { isInVersion } from './visibility';

/** Fields that versions after 2.1.0 have added (types of terraform-provider-ixapi for 2.4.2 and 2.7.1). */
const ADDED: Partial<Record<Collection, readonly string[]>> = {
  accounts: ['asns'],
  facilities: ['latitude', 'longitude'],
  ports: ['operational_state'],
  connections: [
    'pop',
    'metro_area',
    'metro_area_network',
    'product_offering',
    'port_quantity',
    'port_reservations',
    'subscriber_side_demarcs',
    'capacity_allocated',
    'capacity_allocation_limit',
  ],
  'network-services': ['display_name'],
  'network-service-configs': ['current_billing_start_date'],
};

/** An object as this version has it. */
export function show(book: Book, version: IxapiVersion, collection: Collection, row: Row, redacted: boolean): object {
  const { [LINK[collection] ?? '']: _, ...fields }: Record<string, unknown> = { ...row };
  if (version === '2.1.0') for (const name of ADDED[collection] ?? []) Reflect.deleteProperty(fields, name);
  if (version === '2.1.0' && Array.isArray(row.flags))
    fields.flags = (row.flags as Row[]).map(({ mandatory: __, ...flag }) => flag);
  if (collection === 'network-services') renameService(fields, version);
  if (collection === 'network-services' && Array.isArray(row.network_features))
    fields.network_features = (row.network_features as string[]).filter((id) => {
      const feature = book.db['network-features'].get(id);
      return feature === undefined || isInVersion(version, 'network-features', feature);
    });
  return redacted ? redact(collection, fields) : fields;
}

/** Links that are not sent. */
const LINK: Partial<Record<Collection, string>> = { ips: 'network_feature' };

/** What 2.1.0 calls the name of a circuit is its display name in 2.7.1, where a LAN of members may have subnets. */
function renameService(fields: Record<string, unknown>, version: IxapiVersion): void {
  if (fields.metro_area_network !== undefined) return;
  for (const name of version === '2.7.1' ? ['name'] : ['subnet_v4', 'subnet_v6']) Reflect.deleteProperty(fields, name);
}

/**
 * Strangers see little of an account and of a public service (IX-API 2.1.0, `discoverable` and `public`). How required
 * fields are redacted is unverified.
 */
function redact(collection: Collection, fields: Record<string, unknown>): object {
  const { id, name, type, state, product_offering, consuming_account, managing_account, display_name } = fields;
  if (collection === 'accounts')
    return { id, name, state, metro_area_network_presence: fields.metro_area_network_presence };
  return {
    ...{ id, type, state, product_offering, consuming_account, managing_account },
    ...(name === undefined ? { display_name } : { name }),
    billing_account: '',
    network_features: [],
    member_joining_rules: [],
  };
}
