import type { Knex } from 'knex';
import { OBJECTS, type ObjectTag } from './objects';
import { isCacheEmpty } from './snapshot';

/**
 * Whether the cache lacks a row that an own record refers to. An empty cache knows nothing and refuses nothing: own records
 * outlive a clearing.
 */
export async function isUnknownInCache(knex: Knex, tag: ObjectTag, id: number): Promise<boolean> {
  if (await isCacheEmpty(knex)) return false;
  return (await knex(OBJECTS[tag].table).where({ id }).first('id')) === undefined;
}
