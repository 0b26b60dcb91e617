import { descendants, touchRelated, type Database } from './database';
import type { Editor } from './editor';
import type { Related, Role, Tag } from './objects';
import type { ChangeRequest } from './payload';

/** What a NetBox user can do to what devices refer to. */
export interface RelatedState {
  readonly createRole: (name: string, parent?: number | null) => Role;
  /** No device event, though every device of the role shows the new name. */
  readonly renameRole: (id: number, name: string, slug?: string) => void;
  readonly moveRole: (id: number, parent: number | null) => void;
  readonly createPlatform: (name: string) => Related;
  /** No device event either. */
  readonly renamePlatform: (id: number, name: string, slug?: string) => void;
  /** Each of its devices loses it, of which NetBox tells as an update of the device. */
  readonly deletePlatform: (id: number) => void;
  readonly createTag: (name: string) => Tag;
}

/** Makes what changes roles, platforms and tags. */
export function createRelatedState(
  database: Database,
  editor: Editor,
  ask: (method: string, path: string) => ChangeRequest,
): RelatedState {
  const { roles, platforms, tags, devices } = database;
  const save = <T extends Related>(table: Map<number, T>, type: string, path: string, row: T): T => {
    const before = table.get(row.id);
    table.set(row.id, row);
    touchRelated(database);
    const request = before === undefined ? ask('POST', path) : ask('PATCH', `${path}${row.id}/`);
    const action = before === undefined ? 'create' : 'update';
    editor.logOther(request, { action, type, id: row.id, name: row.name, before: flat(before), after: flat(row) });
    return row;
  };
  const saveRole = (row: Role): Role => save(roles, 'dcim.devicerole', '/api/dcim/device-roles/', row);
  const savePlatform = (row: Related): Related => save(platforms, 'dcim.platform', '/api/dcim/platforms/', row);
  return {
    createRole: (name, parent = null) => saveRole({ ...named(roles, name), parent }),
    renameRole: (id, name, slug) => {
      const row = existing(roles, id);
      saveRole({ ...row, name, slug: slug ?? row.slug });
    },
    moveRole: (id, parent) => {
      if (parent !== null && descendants(database, id).includes(parent))
        throw new Error(`role ${id} cannot be below role ${parent}, which is below it`);
      saveRole({ ...existing(roles, id), parent });
    },
    createPlatform: (name) => savePlatform(named(platforms, name)),
    renamePlatform: (id, name, slug) => {
      const row = existing(platforms, id);
      savePlatform({ ...row, name, slug: slug ?? row.slug });
    },
    deletePlatform: (id) => {
      const { name, ...row } = existing(platforms, id);
      const request = ask('DELETE', `/api/dcim/platforms/${id}/`);
      const users = [...devices.values()].filter(({ platform }) => platform === id);
      editor.update(
        request,
        users.map((device) => ({ id: device.id, platform: null })),
      );
      platforms.delete(id);
      touchRelated(database);
      const before = flat({ ...row, name });
      editor.logOther(request, { action: 'delete', type: 'dcim.platform', id, name, before, after: null });
    },
    createTag: (name) => save(tags, 'extras.tag', '/api/extras/tags/', { ...named(tags, name), color: '9e9e9e' }),
  };
}

function existing<T extends Related>(table: ReadonlyMap<number, T>, id: number): T {
  const row = table.get(id);
  if (row === undefined) throw new Error(`there is nothing with id ${id}, only ${[...table.keys()].join(', ')}`);
  return row;
}

function named(table: ReadonlyMap<number, Related>, name: string): Related {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { id: Math.max(0, ...table.keys()) + 1, name, slug };
}

/** The flat form of what is no device; only what the fake knows of it. */
function flat(row: Related | undefined): Record<string, unknown> | null {
  if (row === undefined) return null;
  const { id: _, ...rest } = row;
  return rest;
}
