import { detail, html, json, type Answer } from './answers';
import type { Database } from './database';
import { createDeviceList } from './device-list';
import { newRequest, type Editor } from './editor';
import type { ActiveFaults } from './faults';
import { createInterfaceLists, type InterfaceList } from './interface-lists';
import { listAnswer, type Listed } from './lists';
import { BadPageError } from './page';
import type { ChangeRequest } from './payload';
import { createRelatedList, MODELS, RELATED_PATHS } from './related-lists';
import { InvalidError } from './resolve';
import { selectChanges, showChange } from './select-changes';
import { createDeviceSelection } from './select-devices';
import type { RelatedShows } from './show';
import type { DeviceShows } from './show-device';
import { createInterfaceShows } from './show-interface';
import type { FakeNetboxState } from './state';
import type { Behaviour } from './versions';
import { writeAnswer } from './write';

interface Parts {
  readonly database: Database;
  readonly behaviour: Behaviour;
  readonly related: RelatedShows;
  readonly shows: DeviceShows;
  readonly editor: Editor;
  readonly state: FakeNetboxState;
}

/** A request whose caller may ask it. */
export interface Question {
  readonly request: ChangeRequest;
  readonly url: URL;
  readonly body: unknown;
  readonly faults: ActiveFaults;
  readonly maxPageSize: number;
}

const DEVICES = '/api/dcim/devices/';

/** Makes what answers each address of the API. */
export function createRoutes(parts: Parts): (question: Question) => Answer {
  const { behaviour, state } = parts;
  const select = createDeviceSelection(parts.database, behaviour);
  const { interfaces, addresses } = interfaceLists(parts);
  const route = (question: Question): Answer => {
    const { pathname, origin } = question.url;
    const [, path = pathname, id] = /^(.*\/)(\d+)\/$/.exec(pathname) ?? [];
    if (pathname === '/api/') return json(200, rootOf(origin));
    if (pathname === '/api/status/') return json(200, statusOf(behaviour));
    if (pathname === '/api/authentication-check/' && behaviour.authenticationCheck)
      return json(200, userOf(state, origin));
    const number = id === undefined ? undefined : Number(id);
    if (path === DEVICES) return deviceAnswer(parts, question, select, number);
    if (question.request.method !== 'GET') return notAllowed(question);
    if (path === behaviour.changesPath) return changesAnswer(parts, question, number);
    if (path === '/api/dcim/interfaces/') return listedAnswer(interfaces, parts, question, number);
    if (path === '/api/ipam/ip-addresses/') return listedAnswer(addresses, parts, question, number);
    const table = RELATED_PATHS[path];
    // What NetBox shows in its place was not looked up; that the status is 404 was.
    if (table === undefined) return html(404, 'Page Not Found');
    const list = createRelatedList(parts.database, parts.related, behaviour, table);
    return oneOrMany(list, parts, question, parts.database[table].get(number ?? 0), number, MODELS[table]);
  };
  return (question) => {
    try {
      return route(question);
    } catch (error) {
      if (error instanceof InvalidError) return json(400, error.body);
      if (error instanceof BadPageError) return json(400, [error.message]);
      throw error;
    }
  };
}

function deviceAnswer(
  { database, shows, behaviour, editor }: Parts,
  question: Question,
  select: ReturnType<typeof createDeviceSelection>,
  id: number | undefined,
): Answer {
  const { request, body, url, faults } = question;
  const list = createDeviceList(database, shows, behaviour, select, faults);
  const device = id === undefined ? undefined : list.find(id);
  if (request.method === 'GET') {
    if (faults.shiftPages !== undefined) shift(editor, list, question);
    return oneOrMany(list, { behaviour }, question, device, id, 'Device');
  }
  if (id !== undefined && device === undefined) return missing('Device');
  const allowed = id === undefined ? ['POST', 'PATCH', 'DELETE'] : ['PATCH', 'DELETE'];
  if (!allowed.includes(request.method)) return notAllowed(question);
  const show = (row: NonNullable<typeof device>): object => shows.object(row, url.origin, shows.names(true));
  return writeAnswer({ database, editor, request, body, show }, id);
}

/** Moves the pages to come: by what is deleted from the pages before, or by what is created there. */
function shift(
  editor: Editor,
  { select }: Pick<Listed<{ id: number }>, 'select'>,
  { faults, url, request }: Question,
): void {
  const { create = 0, delete: remove = create === 0 ? 1 : 0 } = faults.shiftPages!;
  const first = select(url.searchParams, false).slice(0, remove);
  editor.remove(
    newRequest(request.user, 'DELETE', DEVICES),
    first.map(({ id }) => id),
  );
  // Names that come first in the order of names; by id, new devices are last.
  const made = Array.from({ length: create }, (_, index) => ({ name: `0-shift-${request.id.slice(0, 8)}-${index}` }));
  editor.create(
    newRequest(request.user, 'POST', DEVICES),
    made.map((fields) => ({ ...fields, role: 1, site: 1, device_type: 1 })),
  );
}

function changesAnswer({ behaviour, state }: Parts, question: Question, id: number | undefined): Answer {
  if (question.faults.hideChangeLog !== undefined)
    return detail(403, 'You do not have permission to perform this action.');
  const { rows } = state.changes;
  const list: Listed<(typeof rows)[number]> = {
    select: (params, cursor) => selectChanges(rows, params, cursor),
    writer: (base) => (row) => JSON.stringify(showChange(row, base, behaviour, state)),
  };
  return oneOrMany(
    list,
    { behaviour },
    question,
    rows.find((row) => row.id === id),
    id,
    'ObjectChange',
  );
}

function interfaceLists({ database, shows, behaviour }: Parts): ReturnType<typeof createInterfaceLists> {
  return createInterfaceLists(database, createInterfaceShows({ database, devices: shows, behaviour }), behaviour);
}

function listedAnswer<T extends { readonly id: number }>(
  { list, rows, model }: InterfaceList<T>,
  parts: Parts,
  question: Question,
  id: number | undefined,
): Answer {
  return oneOrMany(list, parts, question, rows.get(id ?? 0), id, model);
}

function oneOrMany<T extends { readonly id: number }>(
  list: Listed<T>,
  { behaviour }: Pick<Parts, 'behaviour'>,
  { url, faults, maxPageSize }: Question,
  row: T | undefined,
  id: number | undefined,
  model: string,
): Answer {
  if (id === undefined) return listAnswer(list, { url, faults, maxPageSize, cursor: behaviour.cursor });
  if (row === undefined) return missing(model);
  return { status: 200, type: 'application/json', body: list.writer(url.origin, url.searchParams)(row), rows: 1 };
}

function missing(model: string): Answer {
  return detail(404, `No ${model} matches the given query.`);
}

function notAllowed({ request }: Question): Answer {
  return detail(405, `Method "${request.method}" not allowed.`);
}

function rootOf(origin: string): object {
  const apps = [
    'circuits',
    'core',
    'dcim',
    'extras',
    'ipam',
    'plugins',
    'status',
    'tenancy',
    'users',
    'virtualization',
  ];
  return Object.fromEntries(apps.map((app) => [app, `${origin}/api/${app}/`]));
}

function statusOf({ release }: Behaviour): object {
  return { 'netbox-version': release, plugins: {}, 'rq-workers-running': 1 };
}

function userOf({ user }: FakeNetboxState, origin: string): object {
  return { id: 1, url: `${origin}/api/users/users/1/`, display: user, username: user, is_active: true };
}
