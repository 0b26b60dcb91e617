import type { Knex } from 'knex';
import type { RoleTree } from './device';

/** NetBox's device roles as they were last read. */
export async function rememberedRoles(knex: Knex): Promise<RoleTree> {
  const rows = await knex<{ slug: string; parent: string | null }>('netbox_role').select('slug', 'parent');
  return new Map(rows.map(({ slug, parent }) => [slug, parent]));
}

/** Remembers NetBox's device roles, all of them. */
export async function rememberRoles(knex: Knex, tree: RoleTree): Promise<void> {
  const rows = [...tree].map(([slug, parent]) => ({ slug, parent }));
  await knex.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtext('netbox roles'))");
    await trx('netbox_role')
      .whereNotIn('slug', [...tree.keys()])
      .delete();
    if (rows.length > 0) await trx('netbox_role').insert(rows).onConflict('slug').merge();
  });
}
