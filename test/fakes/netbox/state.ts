import type { Rng } from '../peeringdb/rng';
import type { ChangeLog } from './change-log';
import type { Database } from './database';
import { newRequest, ROLLED_BACK, SILENT, type DeviceChange, type Editor } from './editor';
import { appendDevices } from './generate';
import type { Device, DeviceFields, Related, Role, Tag } from './objects';
import type { ChangeRequest } from './payload';
import { createInterfaceState, type InterfaceState } from './state-interfaces';
import { createRelatedState, type RelatedState } from './state-related';
import type { Clock } from './time';

/** What a NetBox user, or somebody with a database shell, can do to the fake. */
export interface FakeNetboxState extends RelatedState, InterfaceState {
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
    ...createRelatedState(database, editor, ask),
    ...createInterfaceState(database),
  };
  return state;
}
