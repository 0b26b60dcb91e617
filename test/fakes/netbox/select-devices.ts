import { descendants, type Database } from './database';
import { STATUSES, type Device, type Related } from './objects';
import { choices, idFilters, refuse, timeFilters, type Filter } from './params';
import type { Behaviour } from './versions';

/** The devices that filters let through, in an order. */
export type SelectDevices = (params: URLSearchParams, cursor: boolean) => readonly Device[];

const PAGING = new Set(['limit', 'offset', 'start', 'fields', 'omit', 'exclude', 'brief', 'format']);

/** Real filters that the fake does not have: to ignore them would hide a mistake. */
const NOT_SIMULATED =
  /^(name__(?!ic$)\w+|cf_.*|(role|platform|site|tag|status)__\w+|(region|tenant|location|rack|cluster|manufacturer|device_type|model)(_id)?|has_primary_ip|(platform|site)_id|serial|asset_tag)$/;

/** Selections that are kept at once. */
const KEPT = 20;

const collator = new Intl.Collator('en', { numeric: true });

/** Makes the selection; it keeps what it found until a table changes. */
export function createDeviceSelection(database: Database, behaviour: Behaviour): SelectDevices {
  const kept = new Map<string, readonly Device[]>();
  let revision = -1;
  return (params, cursor) => {
    if (revision !== database.revision || kept.size >= KEPT) kept.clear();
    revision = database.revision;
    const ordering = cursor ? 'id' : (params.get('ordering') ?? 'name');
    const own = [...params].filter(([name]) => !PAGING.has(name) && name !== 'ordering');
    const key = `${ordering} ${new URLSearchParams(own).toString()}`;
    const found = kept.get(key) ?? order(filter(database, behaviour, params), ordering);
    kept.set(key, found);
    return found;
  };
}

/** The order of NetBox's device table: by name as people count, devices without a name last. */
export function byName(left: Device, right: Device): number {
  if (left.name === null || right.name === null)
    return Number(left.name === null) - Number(right.name === null) || left.id - right.id;
  return collator.compare(left.name, right.name) || left.id - right.id;
}

function filter(database: Database, behaviour: Behaviour, params: URLSearchParams): Device[] {
  const filters = [
    ...idFilters<Device>(params, 'id', ({ id }) => id),
    ...timeFilters<Device>(params, 'last_updated', (device) => device.last_updated),
    ...timeFilters<Device>(params, 'created', (device) => device.created),
    ...nameFilters(params),
    ...relatedFilters(database, behaviour, params),
  ];
  const unknown = [...params.keys()].find((name) => NOT_SIMULATED.test(name));
  if (unknown !== undefined) refuse(unknown, 'This filter is not simulated by this fake.');
  const devices = [...database.devices.values()];
  return filters.length === 0 ? devices : devices.filter((device) => filters.every((holds) => holds(device)));
}

function nameFilters(params: URLSearchParams): Filter<Device>[] {
  const names = new Set(params.getAll('name'));
  const parts = params.getAll('name__ic').map((part) => part.toLowerCase());
  const searched = params.get('q')?.trim().toLowerCase() ?? '';
  const has = (text: string | null, part: string): boolean => text?.toLowerCase().includes(part) === true;
  return [
    ...(names.size > 0 ? [({ name }: Device) => name !== null && names.has(name)] : []),
    ...(parts.length > 0 ? [({ name }: Device) => parts.some((part) => has(name, part))] : []),
    ...(searched === ''
      ? []
      : [(row: Device) => [row.name, row.serial, row.asset_tag, row.comments].some((text) => has(text, searched))]),
  ];
}

function relatedFilters(database: Database, behaviour: Behaviour, params: URLSearchParams): Filter<Device>[] {
  const { roles, platforms, sites, tags } = database;
  const bySlug = (table: ReadonlyMap<number, Related>, name: string): number[] => {
    const slugs = new Map([...table.values()].map(({ slug, id }) => [slug, id]));
    return choices(params, name, (slug) => slugs.has(slug)).map((slug) => slugs.get(slug)!);
  };
  const wanted = [...bySlug(roles, 'role'), ...choices(params, 'role_id', (id) => roles.has(Number(id))).map(Number)];
  const role = new Set(behaviour.roleTree ? wanted.flatMap((id) => descendants(database, id)) : wanted);
  const [platform, site] = [new Set(bySlug(platforms, 'platform')), new Set(bySlug(sites, 'site'))];
  const tag = bySlug(tags, 'tag');
  const status = new Set(choices(params, 'status', (value) => STATUSES.some((known) => known === value)));
  return [
    ...(role.size > 0 ? [(device: Device) => role.has(device.role)] : []),
    ...(platform.size > 0 ? [(device: Device) => device.platform !== null && platform.has(device.platform)] : []),
    ...(site.size > 0 ? [(device: Device) => site.has(device.site)] : []),
    ...(status.size > 0 ? [(device: Device) => status.has(device.status)] : []),
    ...tag.map((id) => (device: Device) => device.tags.includes(id)),
  ];
}

const ORDERS: Record<string, (left: Device, right: Device) => number> = {
  id: (left, right) => left.id - right.id,
  name: byName,
  created: (left, right) => left.created - right.created || left.id - right.id,
  last_updated: (left, right) => left.last_updated - right.last_updated || left.id - right.id,
};

/** An order that the fake does not know is NetBox's own. */
function order(devices: Device[], ordering: string): readonly Device[] {
  const descending = ordering.startsWith('-');
  const compare = ORDERS[ordering.replace(/^-/, '')] ?? byName;
  if (compare === ORDERS['id'] && !descending) return devices;
  return devices.sort(descending ? (left, right) => compare(right, left) : compare);
}
