import type { ChangeRow } from './change-log';
import type { FakeNetboxState } from './state';
import { choices, idFilters, instant, refuse, type Filter } from './params';
import { toIso } from './time';
import type { Behaviour } from './versions';

const LABELS = { create: 'Created', update: 'Updated', delete: 'Deleted' } as const;
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** The rows of the change log that filters let through; newest first unless told otherwise. */
export function selectChanges(rows: readonly ChangeRow[], params: URLSearchParams, cursor: boolean): ChangeRow[] {
  const filters = changeFilters(params);
  const found = rows.filter((row) => filters.every((holds) => holds(row)));
  const ordering = cursor ? 'id' : (params.get('ordering') ?? '-time');
  if (ordering === 'id') return found;
  if (ordering === '-id') return found.reverse();
  const sign = ordering === 'time' ? 1 : -1;
  return found.sort((left, right) => sign * (left.time - right.time));
}

/** Writes a row of the change log as the REST API does. */
export function showChange(row: ChangeRow, base: string, behaviour: Behaviour, state: FakeNetboxState): object {
  const { id, action, changed_object_type, changed_object_id } = row;
  const exists = changed_object_type === 'dcim.device' && state.devices.has(changed_object_id);
  const url = `${base}/api/dcim/devices/${changed_object_id}/`;
  return {
    id,
    url: `${base}${behaviour.changesPath}${id}/`,
    ...(behaviour.displayUrl ? { display_url: `${base}/core/changelog/${id}/` } : {}),
    display: `${changed_object_type} ${row.object_repr} ${LABELS[action].toLowerCase()} by ${row.user_name}`,
    time: toIso(row.time),
    user: { id: 1, url: `${base}/api/users/users/1/`, display: row.user_name, username: row.user_name },
    user_name: row.user_name,
    request_id: row.request_id,
    action: { value: action, label: LABELS[action] },
    changed_object_type,
    changed_object_id,
    // Of what is no device the fake shows nothing here.
    changed_object: exists ? { id: changed_object_id, url, display: row.object_repr } : null,
    ...(behaviour.displayUrl ? { object_repr: row.object_repr } : {}),
    ...(behaviour.changeMessage ? { message: '' } : {}),
    prechange_data: clean(row.prechange_data, behaviour),
    postchange_data: clean(row.postchange_data, behaviour),
  };
}

function clean(data: ChangeRow['prechange_data'], behaviour: Behaviour): object | null {
  if (!behaviour.cleanChanges) return data;
  const { created: _, ...rest } = data ?? {};
  return rest;
}

function changeFilters(params: URLSearchParams): Filter<ChangeRow>[] {
  const types = params.getAll('changed_object_type');
  const requests = params
    .getAll('request_id')
    .map((id) => (UUID.test(id) ? id : refuse('request_id', 'Enter a valid UUID.')));
  const actions = choices(params, 'action', (action) => action in LABELS);
  const users = params.getAll('user_name');
  const after = params.get('time_after');
  const before = params.get('time_before');
  return [
    ...idFilters<ChangeRow>(params, 'id', ({ id }) => id),
    ...idFilters<ChangeRow>(params, 'changed_object_id', (row) => row.changed_object_id),
    ...(types.length > 0 ? [(row: ChangeRow) => types.includes(row.changed_object_type)] : []),
    ...(requests.length > 0 ? [(row: ChangeRow) => requests.includes(row.request_id)] : []),
    ...(actions.length > 0 ? [(row: ChangeRow) => actions.includes(row.action)] : []),
    ...(users.length > 0 ? [(row: ChangeRow) => users.includes(row.user_name)] : []),
    ...(after === null ? [] : [timed('time_after', after, (time, bound) => time >= bound)]),
    ...(before === null ? [] : [timed('time_before', before, (time, bound) => time <= bound)]),
  ];
}

function timed(name: string, value: string, holds: (time: number, bound: number) => boolean): Filter<ChangeRow> {
  const bound = instant(name, value);
  return ({ time }) => holds(time, bound);
}
