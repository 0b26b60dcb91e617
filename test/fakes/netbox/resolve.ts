import type { Database } from './database';
import { CUSTOM_FIELDS, STATUSES, type Device, type DeviceFields, type Ref, type Related } from './objects';

/** What NetBox answers with 400: messages by field, or a list of them. */
export class InvalidError extends Error {
  constructor(readonly body: Readonly<Record<string, readonly string[]>>) {
    super(JSON.stringify(body));
  }
}

const NEW_DEVICE = {
  name: null,
  platform: null,
  status: 'active',
  serial: '',
  asset_tag: null,
  description: '',
  comments: '',
  primary_ip4: null,
  primary_ip6: null,
  local_context_data: null,
  tags: [],
  interface_count: 0,
} as const;

const PLAIN = ['name', 'status', 'serial', 'asset_tag', 'description', 'comments', 'local_context_data'] as const;

/** The row of a new device; throws `InvalidError` when something required is missing or wrong. */
export function newDevice(database: Database, id: number, fields: DeviceFields, at: number): Device {
  const role = fields.role ?? fields.device_role;
  for (const [name, value] of Object.entries({ device_type: fields.device_type, role, site: fields.site }))
    if (value === undefined) throw new InvalidError({ [name]: ['This field is required.'] });
  const required = { device_type: 0, role: 0, site: 0, custom_fields: fields.custom_fields ?? { ...CUSTOM_FIELDS } };
  return { ...changedDevice(database, { ...NEW_DEVICE, ...required, id, created: at, last_updated: at }, fields, at) };
}

/** The row that a device has after a change; throws `InvalidError` when a value is wrong. */
export function changedDevice(database: Database, device: Device, fields: DeviceFields, at: number): Device {
  const { device_role, role = device_role, platform, site, device_type, tags, custom_fields } = fields;
  const plain = pickPlain(fields);
  checkPlain(plain);
  return {
    ...device,
    ...plain,
    ...(role === undefined ? {} : { role: find(database.roles, 'role', role) }),
    ...(site === undefined ? {} : { site: find(database.sites, 'site', site) }),
    ...(device_type === undefined ? {} : { device_type: find(database.deviceTypes, 'device_type', device_type) }),
    ...(platform === undefined ? {} : { platform: findOrNull(database.platforms, 'platform', platform) }),
    ...(tags === undefined ? {} : { tags: tags.map((tag) => find(database.tags, 'tags', tag)) }),
    ...addressOf(database, device, 'primary_ip4', fields.primary_ip4),
    ...addressOf(database, device, 'primary_ip6', fields.primary_ip6),
    ...(custom_fields === undefined ? {} : { custom_fields: { ...device.custom_fields, ...custom_fields } }),
    last_updated: at,
  };
}

/** What NetBox does not know in a body, it ignores. */
function pickPlain(fields: DeviceFields): Pick<DeviceFields, (typeof PLAIN)[number]> {
  return Object.fromEntries(PLAIN.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function checkPlain({ status, name, local_context_data }: DeviceFields): void {
  if (status !== undefined && !STATUSES.some((known) => known === status))
    throw new InvalidError({ status: [`${status} is not a valid choice.`] });
  if (typeof name === 'string' && name.length > 64)
    throw new InvalidError({ name: ['Ensure this field has no more than 64 characters.'] });
  // The text of NetBox for this one is not known.
  if (local_context_data !== undefined && local_context_data !== null && typeof local_context_data !== 'object')
    throw new InvalidError({ local_context_data: ['JSON data must be in object form.'] });
}

function find(table: ReadonlyMap<number, Related>, field: string, ref: Ref): number {
  if (typeof ref === 'number') {
    if (table.has(ref)) return ref;
    throw new InvalidError({ [field]: [`Related object not found using the provided numeric ID: ${ref}`] });
  }
  const wanted = typeof ref === 'string' ? { slug: ref } : ref;
  for (const row of table.values())
    if (typeof ref === 'string' ? row.slug === ref || row.name === ref : isLike(row, wanted)) return row.id;
  const attributes = toPythonLike(wanted);
  throw new InvalidError({ [field]: [`Related object not found using the provided attributes: ${attributes}`] });
}

function findOrNull(table: ReadonlyMap<number, Related>, field: string, ref: Ref | null): number | null {
  return ref === null ? null : find(table, field, ref);
}

function isLike(row: Related, wanted: object): boolean {
  return Object.entries(wanted).every(([key, value]) => row[key as keyof Related] === value);
}

function addressOf(
  database: Database,
  device: Device,
  field: 'primary_ip4' | 'primary_ip6',
  ref: Ref | null | undefined,
): Partial<Device> {
  if (ref === undefined) return {};
  if (ref === null) return { [field]: null };
  if (typeof ref === 'string') return makeAddress(database, device, field, ref);
  const id = typeof ref === 'number' ? ref : (ref.id ?? 0);
  if (database.addresses.has(id)) return { [field]: id };
  throw new InvalidError({ [field]: [`Related object not found using the provided numeric ID: ${id}`] });
}

function makeAddress(database: Database, device: Device, field: string, address: string): Partial<Device> {
  for (const known of database.addresses.values()) if (known.address === address) return { [field]: known.id };
  const id = database.nextAddressId++;
  database.addresses.set(id, { id, address });
  return { [field]: id, interface_count: device.interface_count + 1 };
}

function toPythonLike(attributes: object): string {
  return JSON.stringify(attributes).replaceAll('"', "'").replaceAll(':', ': ');
}
