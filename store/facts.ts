import type { Knex } from 'knex';
import { toJsonb } from './json';

/** The fact of this name; `draw` makes it if it is not known yet. Of several processes that draw at once all get the same one. */
export async function keptFact<T>(knex: Knex, name: string, draw: () => T): Promise<T> {
  const known = await knex<{ name: string; value: T }>('core_fact').where({ name }).first('value');
  if (known) return known.value;
  await knex('core_fact')
    .insert({ name, value: toJsonb(draw()) })
    .onConflict('name')
    .ignore();
  const kept = await knex<{ name: string; value: T }>('core_fact').where({ name }).first('value');
  if (!kept) throw new Error(`the fact ${name} was not kept`);
  return kept.value;
}
