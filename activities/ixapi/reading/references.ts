import type { ListName, RawRow } from '../../../store/ixapi/reading/raw';

/** Which rows name which others: what is named has to be there, whatever happened between two pages. */

/** The lists as they were read so far. */
export type ReadLists = ReadonlyMap<ListName, { readonly rows: ReadonlyMap<string, RawRow> }>;

/** A field of a list that names rows of another one, by an id or a list of ids. */
interface Reference {
  readonly from: ListName;
  readonly field: string;
  readonly to: ListName;
}

/** The lists that are read whole, in an order in which what a row found late names is looked for after it. */
export const IN_ORDER: readonly ListName[] = [
  'network-service-configs',
  'network-feature-configs',
  'network-features',
  'network-services',
  'connections',
  'ports',
  'ips',
  'macs',
];

/** What names what. */
const REFERENCES: readonly Reference[] = [
  { from: 'network-feature-configs', field: 'network_service_config', to: 'network-service-configs' },
  { from: 'network-service-configs', field: 'network_feature_configs', to: 'network-feature-configs' },
  { from: 'network-feature-configs', field: 'network_feature', to: 'network-features' },
  { from: 'network-service-configs', field: 'network_service', to: 'network-services' },
  { from: 'network-service-configs', field: 'connection', to: 'connections' },
  { from: 'connections', field: 'ports', to: 'ports' },
  { from: 'network-service-configs', field: 'ips', to: 'ips' },
  { from: 'network-service-configs', field: 'macs', to: 'macs' },
  // Of the lists that hold the whole exchange, only these rows are read.
  { from: 'network-services', field: 'product_offering', to: 'product-offerings' },
  { from: 'network-services', field: 'metro_area_network', to: 'metro-area-networks' },
  { from: 'ports', field: 'device', to: 'devices' },
  { from: 'ports', field: 'pop', to: 'pops' },
  { from: 'pops', field: 'facility', to: 'facilities' },
];

/** Longer ones are not kept, and do not fit into an address. */
const LONGEST_ID = 255;

/** Numbers are read as texts, as they are where rows are. */
const idsIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value])
    .map((id: unknown) => (Number.isSafeInteger(id) ? String(id) : id))
    .filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= LONGEST_ID);

/** The ids of a list that others name. */
export function named(lists: ReadLists, list: ListName): Set<string> {
  const ids = new Set<string>();
  for (const { from, field, to } of REFERENCES) {
    if (to !== list) continue;
    for (const row of lists.get(from)?.rows.values() ?? []) for (const id of idsIn(row[field])) ids.add(id);
  }
  return ids;
}
