import { empty, json, type Answer } from './answers';
import type { Database } from './database';
import { ProtectedError, type DeviceChange, type Editor } from './editor';
import type { Device, DeviceFields } from './objects';
import type { ChangeRequest } from './payload';
import { InvalidError } from './resolve';
import { byName } from './select-devices';

interface Writing {
  readonly database: Database;
  readonly editor: Editor;
  readonly request: ChangeRequest;
  readonly body: unknown;
  /** Writes a device for the answer. */
  readonly show: (device: Device) => object;
}

/** Creates, changes or deletes one device or many, as the API does. */
export function writeAnswer(writing: Writing, id: number | undefined): Answer {
  const { request } = writing;
  try {
    return { ...answer(writing, id), requestId: request.id };
  } catch (error) {
    if (error instanceof InvalidError) return { ...json(400, error.body), requestId: request.id };
    if (error instanceof ProtectedError) return { ...json(409, { detail: error.message }), requestId: request.id };
    throw error;
  }
}

function answer({ database, editor, request, body, show }: Writing, id: number | undefined): Answer {
  switch (request.method) {
    case 'POST': {
      const many = Array.isArray(body);
      const made = editor.create(request, (many ? body : [body]) as DeviceFields[]).map(show);
      return json(201, many ? made : made[0]);
    }
    case 'PATCH': {
      const changes = id === undefined ? inOrder(database, body) : [{ ...(body as DeviceFields), id }];
      const changed = editor.update(request, changes).map(show);
      return json(200, id === undefined ? changed : changed[0]);
    }
    default:
      editor.remove(request, id === undefined ? inOrder(database, body).map((row) => row.id) : [id]);
      return empty(204);
  }
}

/** Many are worked on in the order of the table; what is not there is left out. */
function inOrder(database: Database, body: unknown): DeviceChange[] {
  if (!Array.isArray(body)) {
    throw new InvalidError({ non_field_errors: ['Expected a list of items but got type "dict".'] });
  }
  const { devices } = database;
  const known = (body as DeviceChange[]).filter(({ id }) => devices.has(id));
  return known.sort((left, right) => byName(devices.get(left.id)!, devices.get(right.id)!));
}
