/** The lists that are read from an IX-API, as they come: by the names of their paths. */

/** Read whole: what is ours, and what the exchange offers. */
export const WHOLE_LISTS = [
  'network-services',
  'network-features',
  'network-service-configs',
  'network-feature-configs',
  'connections',
  'ports',
  'ips',
  'macs',
] as const;

/** Read by the ids that the others name, since they hold the whole exchange. */
export const NAMED_LISTS = ['product-offerings', 'metro-area-networks', 'devices', 'pops', 'facilities'] as const;

export type ListName = (typeof WHOLE_LISTS)[number] | (typeof NAMED_LISTS)[number];

/** The rows of each list; whatever upstream sent, but each an object with an `id`. */
export type RawLists = { readonly [L in ListName]: readonly RawRow[] };

export interface RawRow {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** What was wrong with a row. It is left out, or read without the field; what was known of it before stays. */
export interface RowProblem {
  readonly list: ListName;
  readonly id: string;
  readonly reason: string;
}
