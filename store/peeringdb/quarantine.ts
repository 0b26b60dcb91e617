import type { Knex } from 'knex';
import type { ObjectTag } from './objects';

/** The types of which rows wait in quarantine. */
export async function quarantinedTags(knex: Knex): Promise<ObjectTag[]> {
  return knex('peeringdb_quarantine').distinct().pluck<ObjectTag[]>('tag');
}

/** The rows of one type that wait, as PeeringDB sent them, a page at a time. */
export async function* readQuarantine(knex: Knex, tag: ObjectTag): AsyncGenerator<unknown[]> {
  const page = 1000;
  for (let after = 0; ;) {
    const rows = await knex<{ id: number; tag: string; data: unknown }>('peeringdb_quarantine')
      .where({ tag })
      .where('id', '>', after)
      .orderBy('id')
      .limit(page)
      .select('id', 'data');
    const last = rows[rows.length - 1];
    if (last === undefined) return;
    yield rows.map((row) => row.data);
    after = last.id;
  }
}
