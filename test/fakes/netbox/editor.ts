import { randomUUID } from 'node:crypto';
import type { Action, ChangeLog } from './change-log';
import { dropDevice, putDevice, type Database } from './database';
import type { Device, DeviceFields } from './objects';
import type { ChangeRequest, DeviceEvent, EventName, Payload } from './payload';
import { changedDevice, newDevice } from './resolve';
import { displayOf, type DeviceShows } from './show-device';
import type { Clock, Micros } from './time';
import type { Behaviour } from './versions';

/** Which traces a change leaves. */
export interface Traces {
  /** Whether the database has it afterwards. */
  readonly stored: boolean;
  readonly logged: boolean;
  readonly told: boolean;
}

export const COMMITTED: Traces = { stored: true, logged: true, told: true };
/** Written past NetBox's requests: by its ORM, by SQL. */
export const SILENT: Traces = { stored: true, logged: false, told: false };
/** Rolled back, while the webhooks go out all the same (netbox#22978). */
export const ROLLED_BACK: Traces = { stored: false, logged: false, told: true };

/** Changes devices, and leaves the traces that such a change leaves in NetBox. */
export interface Editor {
  readonly create: (request: ChangeRequest, fields: readonly DeviceFields[], traces?: Traces) => Device[];
  /** Throws `InvalidError` for the first that cannot be changed; those before it are then rolled back, but told. */
  readonly update: (request: ChangeRequest, changes: readonly DeviceChange[], traces?: Traces) => Device[];
  /** Throws `ProtectedError` for the first that something depends on; those before it are then rolled back, but told. */
  readonly remove: (request: ChangeRequest, ids: readonly number[], traces?: Traces) => void;
  /** A change of something else, which leaves a row in the log and no webhook for devices. */
  readonly logOther: (request: ChangeRequest, change: OtherChange) => void;
}

export type DeviceChange = DeviceFields & { readonly id: number };

interface OtherChange {
  readonly action: Action;
  readonly type: string;
  readonly id: number;
  readonly name: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

interface Parts {
  readonly database: Database;
  readonly behaviour: Behaviour;
  readonly shows: DeviceShows;
  readonly changes: ChangeLog;
  readonly clock: Clock;
  readonly payloads: (event: DeviceEvent, request: ChangeRequest, at: Micros) => Payload;
  readonly enqueue: (payload: Payload) => void;
}

/** Something depends on the device. */
export class ProtectedError extends Error {}

const ACTIONS: Record<EventName, Action> = { created: 'create', updated: 'update', deleted: 'delete' };

/** Makes the one place where devices change. */
export function createEditor(parts: Parts): Editor {
  const { database, clock } = parts;
  const finish = (request: ChangeRequest, events: readonly DeviceEvent[], traces: Traces): void => {
    if (traces.stored) for (const event of events) store(database, event);
    if (traces.logged) for (const event of events) log(parts, request, event);
    else if (!traces.stored) parts.changes.skip(events.length);
    if (traces.told) for (const event of events) parts.enqueue(parts.payloads(event, request, clock()));
  };
  /**
   * Makes the events one by one; when one cannot be made, those before it are told as if nothing had happened. Several
   * changes of one device are one event, as NetBox has it.
   */
  const collect = <T>(
    request: ChangeRequest,
    items: readonly T[],
    make: (item: T, pending: (id: number) => Device) => DeviceEvent,
  ): DeviceEvent[] => {
    const events = new Map<number, DeviceEvent>();
    const pending = (id: number): Device => events.get(id)?.after ?? existing(database, id);
    try {
      for (const item of items) {
        const made = make(item, pending);
        const { id } = (made.after ?? made.before)!;
        events.set(id, { ...made, before: (events.get(id) ?? made).before });
      }
    } catch (error) {
      finish(request, [...events.values()], ROLLED_BACK);
      throw error;
    }
    return [...events.values()];
  };
  return {
    create: (request, fields, traces = COMMITTED) => {
      const events = collect(request, fields, (given) => {
        const after = newDevice(database, database.nextDeviceId++, given, clock());
        return { event: 'created', before: null, after };
      });
      finish(request, events, traces);
      return events.map(({ after }) => database.devices.get(after!.id) ?? after!);
    },
    update: (request, changes, traces = COMMITTED) => {
      const events = collect(request, changes, ({ id, ...fields }, pending) => {
        const before = pending(id);
        return { event: 'updated', before, after: changedDevice(database, before, fields, clock()) };
      });
      finish(request, events, traces);
      return events.map(({ after }) => database.devices.get(after!.id) ?? after!);
    },
    remove: (request, ids, traces = COMMITTED) => {
      const events = collect(request, ids, (id, pending) => {
        const before = pending(id);
        if (database.protected.has(id)) throw new ProtectedError(refusal(displayOf(database, before)));
        return { event: 'deleted', before, after: null };
      });
      finish(request, events, traces);
    },
    logOther: (request, { action, type, id, name, before, after }) => {
      parts.changes.record({
        ...whoAndWhen(request, clock()),
        action,
        changed_object_type: type,
        changed_object_id: id,
        object_repr: name,
        prechange_data: before,
        postchange_data: after,
      });
    },
  };
}

/** Makes up the request that a change is part of. */
export function newRequest(user: string, method: string, path: string): ChangeRequest {
  return { id: randomUUID(), method, path, user };
}

function store(database: Database, { before, after }: DeviceEvent): void {
  if (after === null) dropDevice(database, before!.id);
  else putDevice(database, after);
}

function log({ shows, behaviour, changes, database, clock }: Parts, request: ChangeRequest, event: DeviceEvent): void {
  const device = (event.after ?? event.before)!;
  const [prechange, postchange] = [event.before, event.after].map((row) => (row === null ? null : shows.snapshot(row)));
  const empty = event.event === 'updated' && JSON.stringify(prechange) === JSON.stringify(postchange);
  if (empty && !behaviour.logsEmptyChanges) return;
  changes.record({
    ...whoAndWhen(request, clock()),
    action: ACTIONS[event.event],
    changed_object_type: 'dcim.device',
    changed_object_id: device.id,
    object_repr: displayOf(database, device),
    prechange_data: prechange!,
    postchange_data: postchange!,
  });
}

function whoAndWhen(request: ChangeRequest, time: Micros): { time: Micros; user_name: string; request_id: string } {
  return { time, user_name: request.user, request_id: request.id };
}

function existing(database: Database, id: number): Device {
  const device = database.devices.get(id);
  if (device === undefined) throw new Error(`there is no device ${id}`);
  return device;
}

/** What depends on it is made up. */
function refusal(display: string): string {
  return `Unable to delete object. 1 dependent objects were found: ${display} virtual chassis (1)`;
}
