import type { Database } from './database';
import { CUSTOM_FIELDS, type Device } from './objects';
import type { RelatedShows } from './show';
import { toIso, toIsoMillis } from './time';
import type { Behaviour } from './versions';

/** Writes a device as the REST API and webhooks do. */
export interface DeviceShows {
  /** The names of all fields, in order; the configuration context only when it is asked for. */
  readonly names: (configContext: boolean) => readonly string[];
  readonly briefNames: readonly string[];
  readonly object: (device: Device, base: string, names: readonly string[]) => object;
  /** Makes the writer of the same as JSON, which is kept until the device or what it shows of others changes. */
  readonly writer: (base: string, names: readonly string[]) => (device: Device) => string;
  /** The flat form of snapshots and of the change log. */
  readonly snapshot: (device: Device) => Record<string, unknown>;
}

type Field = (device: Device, base: string) => unknown;

const NULL: Field = () => null;
const ZERO: Field = () => 0;

const COUNTERS =
  'console_port console_server_port power_port power_outlet interface front_port rear_port device_bay module_bay inventory_item'
    .split(' ')
    .map((name) => `${name}_count`);

/** Makes the writers of devices for a version. */
export function createDeviceShows(database: Database, related: RelatedShows, behaviour: Behaviour): DeviceShows {
  const fields = new Map(deviceFields(database, related, behaviour));
  const all = [...fields.keys()];
  const withoutContext = all.filter((name) => name !== 'config_context' || behaviour.alwaysConfigContext);
  const object: DeviceShows['object'] = (device, base, names) => {
    const shown: Record<string, unknown> = {};
    for (const name of names) shown[name] = fields.get(name)!(device, base);
    return shown;
  };
  const texts = new WeakMap<Device, { key: string; text: string }>();
  return {
    names: (configContext) => (configContext ? all : withoutContext),
    briefNames: ['id', 'url', 'display', 'name', ...(behaviour.briefDescription ? ['description'] : [])],
    object,
    writer: (base, names) => {
      const key = `${base} ${database.relatedRevision} ${names.join()}`;
      return (device) => {
        const kept = texts.get(device);
        if (kept?.key === key) return kept.text;
        const text = JSON.stringify(object(device, base, names));
        texts.set(device, { key, text });
        return text;
      };
    },
    snapshot: (device) => snapshot(database, behaviour, device),
  };
}

/** What people call a device: its name, or its type and id, with the asset tag. */
export function displayOf(database: Database, { id, name, asset_tag, device_type }: Device): string {
  const type = database.deviceTypes.get(device_type)!;
  if (name === null) return `${type.manufacturer.name} ${type.name} (${asset_tag ?? id})`;
  return asset_tag === null ? name : `${name} (${asset_tag})`;
}

function deviceFields(database: Database, related: RelatedShows, behaviour: Behaviour): [string, Field][] {
  const of = (names: string, when = true): [string, Field][] =>
    (when ? names.split(' ') : []).map((name) => [name, NULL]);
  const { counters } = behaviour;
  const given = knownFields(database, related);
  const order: [string, Field][] = [
    ...of('id url'),
    ...of('display_url', behaviour.displayUrl),
    ...of('display name device_type'),
    ...behaviour.roleKeys.map((name): [string, Field] => [name, NULL]),
    ...of('tenant platform serial asset_tag site location rack position face'),
    ...of('latitude longitude', counters),
    ...of('parent_device status airflow'),
    ...of('cooling_method', behaviour.cooling),
    ...of('primary_ip primary_ip4 primary_ip6'),
    ...of('oob_ip', counters),
    ...of('cluster virtual_chassis vc_position vc_priority description'),
    ...of('owner', behaviour.owner),
    ...of('comments config_template'),
    ...of('config_context', behaviour.alwaysConfigContext),
    ...of('local_context_data tags custom_fields'),
    ...of('config_context', !behaviour.alwaysConfigContext),
    ...of('created last_updated'),
    ...(counters ? counterFields(behaviour) : []),
  ];
  return order.map(([name, field]) => [name, given[name] ?? field]);
}

function counterFields({ cooling }: Behaviour): [string, Field][] {
  const names = COUNTERS.flatMap((name) =>
    cooling && name === 'power_outlet_count' ? [name, 'cooling_intake_count', 'cooling_outflow_count'] : [name],
  );
  return names.map((name) => [name, name === 'interface_count' ? (device) => device.interface_count : ZERO]);
}

function knownFields(database: Database, related: RelatedShows): Record<string, Field> {
  const address = (id: number | null, base: string): object | null => (id === null ? null : related.address(id, base));
  return {
    id: ({ id }) => id,
    url: ({ id }, base) => `${base}/api/dcim/devices/${id}/`,
    display_url: ({ id }, base) => `${base}/dcim/devices/${id}/`,
    display: (device) => displayOf(database, device),
    name: ({ name }) => name,
    device_type: ({ device_type }, base) => related.deviceType(device_type, base),
    role: ({ role }, base) => related.role(role, base),
    device_role: ({ role }, base) => related.role(role, base),
    platform: ({ platform }, base) => (platform === null ? null : related.platform(platform, base)),
    serial: ({ serial }) => serial,
    asset_tag: ({ asset_tag }) => asset_tag,
    site: ({ site }, base) => related.site(site, base),
    status: ({ status }) => ({ value: status, label: `${status.charAt(0).toUpperCase()}${status.slice(1)}` }),
    // NetBox prefers IPv6 unless told otherwise.
    primary_ip: ({ primary_ip4, primary_ip6 }, base) => address(primary_ip6 ?? primary_ip4, base),
    primary_ip4: ({ primary_ip4 }, base) => address(primary_ip4, base),
    primary_ip6: ({ primary_ip6 }, base) => address(primary_ip6, base),
    description: ({ description }) => description,
    comments: ({ comments }) => comments,
    local_context_data: ({ local_context_data }) => local_context_data,
    tags: ({ tags }, base) => tags.map((tag) => related.tag(tag, base)),
    custom_fields: ({ custom_fields }) => ({ ...NEVER_SET, ...custom_fields }),
    // The fake has no configuration contexts but the device's own.
    config_context: ({ local_context_data }) => local_context_data ?? {},
    created: ({ created }) => toIso(created),
    last_updated: ({ last_updated }) => toIso(last_updated),
  };
}

const NEVER_SET = Object.fromEntries(Object.keys(CUSTOM_FIELDS).map((name) => [name, null]));

function snapshot(database: Database, behaviour: Behaviour, device: Device): Record<string, unknown> {
  const { counters, owner } = behaviour;
  const role = behaviour.roleKeys[0]!;
  return {
    created: toIsoMillis(device.created),
    ...(owner ? { owner: null } : {}),
    description: device.description,
    comments: device.comments,
    local_context_data: device.local_context_data,
    config_template: null,
    device_type: device.device_type,
    [role]: device.role,
    tenant: null,
    platform: device.platform,
    name: device.name,
    serial: device.serial,
    asset_tag: device.asset_tag,
    site: device.site,
    location: null,
    rack: null,
    position: null,
    face: '',
    status: device.status,
    airflow: null,
    primary_ip4: device.primary_ip4,
    primary_ip6: device.primary_ip6,
    ...(counters ? { oob_ip: null } : {}),
    cluster: null,
    virtual_chassis: null,
    vc_position: null,
    vc_priority: null,
    ...(counters ? { latitude: null, longitude: null } : {}),
    ...(counters ? Object.fromEntries(COUNTERS.map((name) => [name, 0])) : {}),
    ...(counters ? { interface_count: device.interface_count } : {}),
    custom_fields: device.custom_fields,
    tags: device.tags.map((id) => database.tags.get(id)!.name).sort(),
  };
}
