import type { Database } from './database';
import type { Listed } from './lists';
import type { Related } from './objects';
import { idFilters } from './params';
import type { RelatedShows } from './show';
import type { Behaviour } from './versions';

type Table = 'roles' | 'platforms' | 'sites' | 'tags';

/** The addresses of what devices refer to. */
export const RELATED_PATHS: Readonly<Record<string, Table>> = {
  '/api/dcim/device-roles/': 'roles',
  '/api/dcim/platforms/': 'platforms',
  '/api/dcim/sites/': 'sites',
  '/api/extras/tags/': 'tags',
};

/** The model of a table, as NetBox names it when there is no such object. */
export const MODELS: Readonly<Record<Table, string>> = {
  roles: 'DeviceRole',
  platforms: 'Platform',
  sites: 'Site',
  tags: 'Tag',
};

/** Lists of what devices refer to: filtered by id, slug and name, in the short form with the parent of a role. */
export function createRelatedList(
  database: Database,
  shows: RelatedShows,
  behaviour: Behaviour,
  table: Table,
): Listed<Related> {
  const show = { roles: shows.role, platforms: shows.platform, sites: shows.site, tags: shows.tag }[table];
  const whole = (row: Related, base: string): object => {
    const parent = table === 'roles' && behaviour.roleTree ? { parent: parentOf(database, row.id, base, show) } : {};
    return { ...show(row.id, base), ...parent };
  };
  return {
    select: (params, cursor) => {
      const filters = [
        ...idFilters<Related>(params, 'id', ({ id }) => id),
        ...(params.has('slug') ? [({ slug }: Related) => params.getAll('slug').includes(slug)] : []),
        ...(params.has('name') ? [({ name }: Related) => params.getAll('name').includes(name)] : []),
      ];
      const rows = [...database[table].values()].filter((row) => filters.every((holds) => holds(row)));
      const byId = cursor || params.get('ordering') === 'id';
      return rows.sort((left, right) => (byId ? left.id - right.id : left.name < right.name ? -1 : 1));
    },
    writer: (base, params) => {
      const names = behaviour.fieldsParameter ? params.get('fields')?.split(',') : undefined;
      return (row) => {
        const entries = Object.entries(whole(row, base));
        return JSON.stringify(Object.fromEntries(entries.filter(([name]) => names?.includes(name) ?? true)));
      };
    },
  };
}

function parentOf(database: Database, id: number, base: string, show: RelatedShows['role']): object | null {
  const parent = database.roles.get(id)?.parent ?? null;
  return parent === null ? null : show(parent, base);
}
