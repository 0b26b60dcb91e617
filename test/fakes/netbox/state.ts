import type { Rng } from '../peeringdb/rng';
import type { ChangeLog } from './change-log';
import { touchRelated, type Database } from './database';
import { newRequest, ROLLED_BACK, SILENT, type DeviceChange, type Editor } from './editor';
import { appendDevices } from './generate';
import type { Device, DeviceFields, Related, Role, Tag } from './objects';
import type { ChangeRequest } from './payload';
import type { Clock } from './time';

/** What a NetBox user, or somebody with a database shell, can do to the fake. */
export interface FakeNetboxState {
  readonly devices: ReadonlyMap<number, Device>;
  readonly roles: ReadonlyMap<number, Role>;
  readonly platforms: ReadonlyMap<number, Related>;
  readonly sites: ReadonlyMap<number, Related>;
  readonly tags: ReadonlyMap<number, Tag>;
  readonly changes: ChangeLog;
  /** Under whose name changes are made. */
  user: string;
  readonly createDevice: (fields: DeviceFields) => Device;
  /** Without fields it is a save that changes nothing, of which NetBox tells as well. */
  readonly updateDevice: (id: number, fields: DeviceFields) => Device;
  readonly deleteDevice: (id: number) => void;
  /** Many in one request: a webhook each, and one `request_id`. */
  readonly bulkCreate: (fields: readonly DeviceFields[]) => Device[];
  readonly bulkUpdate: (changes: readonly DeviceChange[]) => Device[];
  readonly bulkDelete: (ids: readonly number[]) => void;
  /** Written by the ORM or by SQL: no webhook, nothing in the change log. */
  readonly updateSilently: (id: number, fields: DeviceFields) => Device;
  readonly deleteSilently: (id: number) => void;
  /** Adds made-up devices; their ids. */
  readonly insertSilently: (count: number) => number[];
  /** The webhook goes out, and nothing has happened. */
  readonly rolledBackUpdate: (id: number, fields: DeviceFields) => void;
  readonly rolledBackDelete: (ids: readonly number[]) => void;
  /** Something depends on the device from now on: to delete it is refused with 409. */
  readonly protect: (id: number) => void;
  readonly createRole: (name: string, parent?: number | null) => Role;
  /** No device event, though every device of the role shows the new name. */
  readonly renameRole: (id: number, name: string, slug?: string) => void;
  readonly moveRole: (id: number, parent: number | null) => void;
  readonly createPlatform: (name: string) => Related;
  readonly renamePlatform: (id: number, name: string, slug?: string) => void;
  /** Each of its devices loses it, of which NetBox tells as an update of the device. */
  readonly deletePlatform: (id: number) => void;
  readonly createTag: (name: string) => Tag;
}

interface Parts {
  readonly database: Database;
  readonly changes: ChangeLog;
  readonly editor: Editor;
  readonly clock: Clock;
  readonly rng: Rng;
}

const DEVICES = '/api/dcim/devices/';

/** Makes what changes the fake as a NetBox user would. */
export function createState(parts: Parts): FakeNetboxState {
  const { database, editor, rng, clock, changes } = parts;
  const ask = (method: string, path: string): ChangeRequest => newRequest(state.user, method, path);
  const one = (id: number): string => `${DEVICES}${id}/`;
  const state: FakeNetboxState = {
    devices: database.devices,
    roles: database.roles,
    platforms: database.platforms,
    sites: database.sites,
    tags: database.tags,
    changes,
    user: 'admin',
    createDevice: (fields) => editor.create(ask('POST', DEVICES), [fields])[0]!,
    updateDevice: (id, fields) => editor.update(ask('PATCH', one(id)), [{ ...fields, id }])[0]!,
    deleteDevice: (id) => editor.remove(ask('DELETE', one(id)), [id]),
    bulkCreate: (fields) => editor.create(ask('POST', DEVICES), fields),
    bulkUpdate: (updates) => editor.update(ask('PATCH', DEVICES), updates),
    bulkDelete: (ids) => editor.remove(ask('DELETE', DEVICES), ids),
    updateSilently: (id, fields) => editor.update(ask('', ''), [{ ...fields, id }], SILENT)[0]!,
    deleteSilently: (id) => editor.remove(ask('', ''), [id], SILENT),
    insertSilently: (count) => appendDevices(database, rng, count, clock),
    rolledBackUpdate: (id, fields) => void editor.update(ask('PATCH', DEVICES), [{ ...fields, id }], ROLLED_BACK),
    rolledBackDelete: (ids) => editor.remove(ask('DELETE', DEVICES), ids, ROLLED_BACK),
    protect: (id) => void database.protected.add(id),
    ...related(parts, ask),
  };
  return state;
}

type RelatedCalls = Pick<
  FakeNetboxState,
  'createRole' | 'renameRole' | 'moveRole' | 'createPlatform' | 'renamePlatform' | 'deletePlatform' | 'createTag'
>;

function related({ database, editor }: Parts, ask: (method: string, path: string) => ChangeRequest): RelatedCalls {
  const save = <T extends Related>(table: Map<number, T>, type: string, path: string, row: T): T => {
    const before = table.get(row.id);
    table.set(row.id, row);
    touchRelated(database);
    const request = before === undefined ? ask('POST', path) : ask('PATCH', `${path}${row.id}/`);
    const action = before === undefined ? 'create' : 'update';
    editor.logOther(request, { action, type, id: row.id, name: row.name, before: flat(before), after: flat(row) });
    return row;
  };
  const role = (row: Role): Role => save(database.roles, 'dcim.devicerole', '/api/dcim/device-roles/', row);
  const platform = (row: Related): Related => save(database.platforms, 'dcim.platform', '/api/dcim/platforms/', row);
  return {
    createRole: (name, parent = null) => role({ ...named(database.roles, name), parent }),
    renameRole: (id, name, slug) =>
      void role({ ...database.roles.get(id)!, name, ...(slug === undefined ? {} : { slug }) }),
    moveRole: (id, parent) => void role({ ...database.roles.get(id)!, parent }),
    createPlatform: (name) => platform(named(database.platforms, name)),
    renamePlatform: (id, name, slug) =>
      void platform({ ...database.platforms.get(id)!, name, ...(slug === undefined ? {} : { slug }) }),
    deletePlatform: (id) => {
      const row = database.platforms.get(id)!;
      const request = ask('DELETE', `/api/dcim/platforms/${id}/`);
      const users = [...database.devices.values()].filter(({ platform: used }) => used === id);
      editor.update(
        request,
        users.map((device) => ({ id: device.id, platform: null })),
      );
      database.platforms.delete(id);
      touchRelated(database);
      editor.logOther(request, {
        action: 'delete',
        type: 'dcim.platform',
        id,
        name: row.name,
        before: flat(row),
        after: null,
      });
    },
    createTag: (name) =>
      save(database.tags, 'extras.tag', '/api/extras/tags/', { ...named(database.tags, name), color: '9e9e9e' }),
  };
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
