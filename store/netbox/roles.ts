import type { Knex } from 'knex';
import type { RoleTree } from './device';

/** A device role of NetBox's. */
export interface NetboxRole {
  readonly id: number;
  readonly slug: string;
  /** The slug of the role above it. */
  readonly parent: string | null;
}

/** NetBox's device roles as they were last read. */
export async function rememberedRoles(knex: Knex): Promise<RoleTree> {
  const rows = await knex<NetboxRole>('netbox_role').select('slug', 'parent');
  return new Map(rows.map(({ slug, parent }) => [slug, parent]));
}

/** The slugs of NetBox's device roles by their ids, as they were last read. */
export async function rememberedRoleSlugs(knex: Knex): Promise<ReadonlyMap<number, string>> {
  const rows = await knex<NetboxRole>('netbox_role').select('id', 'slug');
  return new Map(rows.map(({ id, slug }) => [id, slug]));
}

/** Remembers NetBox's device roles, all of them. */
export async function rememberRoles(knex: Knex, roles: readonly NetboxRole[]): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtext('netbox roles'))");
    await trx('netbox_role')
      .whereNotIn(
        'slug',
        roles.map(({ slug }) => slug),
      )
      .delete();
    if (roles.length > 0)
      await trx('netbox_role')
        .insert([...roles])
        .onConflict('slug')
        .merge();
  });
}
