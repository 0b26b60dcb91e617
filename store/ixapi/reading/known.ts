import type { Knex } from 'knex';
import { COLLECTIONS, type Collection } from '../documents';
import type { ListName } from './raw';

/** What the rows of a list become documents of, where they do. */
const COLLECTION_OF: Readonly<Partial<Record<ListName, Collection>>> = {
  'network-services': 'network_services',
  'network-features': 'network_features',
  'network-service-configs': 'network_service_configs',
  'network-feature-configs': 'network_feature_configs',
  connections: 'connections',
};

/** The ids, by lists, of what an IX-API object showed when it was last read. */
export async function knownIds(knex: Knex, ix_api: number): Promise<ReadonlyMap<ListName, readonly string[]>> {
  const { rows } = await knex.raw<{ rows: { collection: Collection; ids: string[] }[] }>(
    'SELECT collection, array_agg(id) AS ids FROM ixapi_object WHERE ix_api = ? GROUP BY collection',
    [ix_api],
  );
  const of = new Map(rows.map(({ collection, ids }) => [collection, ids]));
  const lists = Object.entries(COLLECTION_OF) as [ListName, Collection][];
  return new Map(lists.map(([list, collection]) => [list, of.get(collection) ?? []]));
}

/** How many documents of each collection an object has. */
export async function countShown(knex: Knex, ix_api: number): Promise<Record<Collection, number>> {
  const counted = await knex('ixapi_object')
    .where({ ix_api })
    .groupBy('collection')
    .select<{ collection: Collection; count: number }[]>('collection', knex.raw('CAST(count(*) AS integer) AS count'));
  const of = (collection: Collection): number => counted.find((one) => one.collection === collection)?.count ?? 0;
  return Object.fromEntries(COLLECTIONS.map((collection) => [collection, of(collection)])) as Record<
    Collection,
    number
  >;
}
