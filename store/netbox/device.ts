import type { Owner, RouterField, RouterStatus } from '../../config/netbox';
import type { RouterFields, RouterState } from '../devices/routers';

/** A device as NetBox answered it, with what concerns us. */
export interface NetboxDevice {
  readonly id: number;
  /** Null for a device without a name (legal in NetBox). */
  readonly name: string | null;
  readonly display: string;
  /** Slugs. */
  readonly role: string | null;
  readonly platform: string | null;
  readonly site: string | null;
  readonly tags: readonly string[];
  /** NetBox's value, such as `active`. */
  readonly status: string;
  readonly local_context_data: unknown;
  /** Without their prefix lengths. */
  readonly primary_ip4: string | null;
  readonly primary_ip6: string | null;
  readonly custom_fields: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly last_updated: string | null;
}

/** What the operator wants routers to be, given devices. */
export interface NetboxRules {
  /** Slugs of roles; none: every role. */
  readonly roles: readonly string[];
  /** Slugs of tags, of which one is enough; none: every device. */
  readonly tags: readonly string[];
  /** By the status of a device; statuses that are not named disable the router. */
  readonly statuses: Readonly<Record<string, RouterStatus>>;
  /** Whose a field is, where it is not NetBox's. */
  readonly owners: Readonly<Partial<Record<RouterField, Owner>>>;
  /** Names of the custom fields that routers get. */
  readonly customFields: readonly string[];
}

/** The parents of roles, by slug. NetBox's roles are trees since 4.3. */
export type RoleTree = ReadonlyMap<string, string | null>;

/** Whether a role is one of these, or descends from one. A tree that runs in a circle ends where it began. */
export function descendsFrom(role: string | null, roles: readonly string[], tree: RoleTree): boolean {
  const seen = new Set<string>();
  for (let next = role; next !== null && !seen.has(next); next = tree.get(next) ?? null) {
    if (roles.includes(next)) return true;
    seen.add(next);
  }
  return false;
}

/** Whether a device is a router of ours: the one predicate, decided from NetBox's answer. */
export function isInScope({ role, tags }: NetboxDevice, rules: NetboxRules, tree: RoleTree): boolean {
  const hasRole = rules.roles.length === 0 || descendsFrom(role, rules.roles, tree);
  return hasRole && (rules.tags.length === 0 || tags.some((tag) => rules.tags.includes(tag)));
}

/** The custom fields that routers get, of those that the device has. */
const chosen = (fields: NetboxDevice['custom_fields'], names: readonly string[]): RouterFields['custom_fields'] =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]));

/** What a device says of its router, whoever the fields belong to. */
export function fieldsOf(
  device: NetboxDevice,
  rules: NetboxRules,
  platforms: ReadonlyMap<string, number>,
): RouterFields {
  const name = device.name ?? device.display;
  return {
    name,
    hostname: name,
    platform: device.platform === null ? null : (platforms.get(device.platform) ?? null),
    status: new Map(Object.entries(rules.statuses)).get(device.status) ?? 'disabled',
    local_context_data: device.local_context_data,
    primary_ip4: device.primary_ip4,
    primary_ip6: device.primary_ip6,
    site: device.site,
    tags: device.tags,
    custom_fields: chosen(device.custom_fields, rules.customFields),
  };
}

/** The state of a router whose device is in scope. */
export function stateOf({ platform }: NetboxDevice, fields: RouterFields, { owners }: NetboxRules): RouterState {
  if ((owners.platform ?? 'netbox') !== 'netbox') return 'in_sync';
  if (platform === null) return 'platform_missing';
  return fields.platform === null ? 'platform_unknown' : 'in_sync';
}
