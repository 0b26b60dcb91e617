import type { Knex } from 'knex';
import type { Collection } from './documents';
import type { ListName } from './raw';

const COLLECTION_OF: Readonly<Partial<Record<ListName, Collection>>> = {
  'network-services': 'network_services',
  'network-features': 'network_features',
  'network-service-configs': 'network_service_configs',
  'network-feature-configs': 'network_feature_configs',
  connections: 'connections',
};

/** The collection that the rows of a list become documents of, where they do. */
export const collectionOf = (list: ListName): Collection | undefined => COLLECTION_OF[list];

/** The ids of a list that an IX-API object showed when it was last read. */
export async function knownIds(knex: Knex, ix_api: number, list: ListName): Promise<string[]> {
  const collection = collectionOf(list);
  if (collection === undefined) return [];
  return knex<{ ix_api: number; collection: string; id: string }>('ixapi_object')
    .where({ ix_api, collection })
    .pluck('id');
}
