import type { Device } from './objects';
import { toPythonJson } from './python-json';
import type { DeviceShows } from './show-device';
import { toOffset, type Micros } from './time';
import type { Behaviour } from './versions';

/** The request, of a person or a program, that a change is part of. */
export interface ChangeRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly user: string;
}

export type EventName = 'created' | 'updated' | 'deleted';

/** A change of a device that NetBox tells of. */
export interface DeviceEvent {
  readonly event: EventName;
  readonly before: Device | null;
  readonly after: Device | null;
}

/** The body of a webhook before it is rendered. */
export type Payload = Readonly<Record<string, unknown>> & {
  readonly event: EventName;
  readonly data: Readonly<Record<string, unknown>> & { readonly id: number };
};

/** Makes the writer of webhook bodies for a version. */
export function createPayloads(
  shows: DeviceShows,
  behaviour: Behaviour,
): (event: DeviceEvent, request: ChangeRequest, at: Micros) => Payload {
  const { typeKey, user, request: tellsRequest, spacedTimestamp } = behaviour.webhook;
  return ({ event, before, after }, request, at) => ({
    event,
    timestamp: toOffset(at, spacedTimestamp),
    [typeKey]: typeKey === 'model' ? 'device' : 'dcim.device',
    ...(user ? { username: request.user, request_id: request.id } : {}),
    data: shows.object((after ?? before)!, '', shows.names(false)) as Payload['data'],
    ...(tellsRequest ? { request } : {}),
    snapshots: {
      prechange: before === null ? null : shows.snapshot(before),
      postchange: after === null ? null : shows.snapshot(after),
    },
  });
}

/**
 * Renders the body: as it is, or by the template with which an operator brings back the small payload of NetBox before
 * 3.6, with `device_role`. Its `tojson` sorts the keys of what it writes.
 */
export function renderBody(payload: Payload, template: 'classic' | undefined): string {
  if (template === undefined) return toPythonJson(payload);
  const { event, timestamp, data, request } = payload;
  const { id, user } = (request ?? {}) as Partial<ChangeRequest>;
  return toPythonJson({
    event,
    timestamp,
    request_id: payload['request_id'] ?? id,
    username: payload['username'] ?? user,
    data: {
      id: data.id,
      display: data['display'],
      name: data['name'],
      device_role: sorted(data['role'] ?? data['device_role']),
      platform: sorted(data['platform']),
      status: data['status'],
      local_context_data: sorted(data['local_context_data']),
    },
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
