import { ROUTER_FIELDS, type RouterStatus } from '../../config/netbox';
import type { Router, RouterFields } from '../devices/routers';
import { changesBetween, type Changes } from './changes';
import { fieldsOf, stateOf, type NetboxDevice, type NetboxRules } from './device';

/** What was found out about a device. */
export type Finding =
  | { readonly found: 'device'; readonly device: NetboxDevice; readonly inScope: boolean }
  /** It is gone, and there is evidence for that. */
  | { readonly found: 'deleted' }
  /** It is not shown to us, and nothing says that it was deleted. */
  | { readonly found: 'not_visible' };

/** What a router has, besides its id. */
export type RouterValues = Omit<Router, 'id' | 'netbox_device_id'>;

/** What is done to a router. What disables or deletes is what the guard counts. */
export type Action = 'created' | 'updated' | 'disabled' | 'deleted' | 'restored' | 'removed';

/** What follows from a finding: nothing, or what to write. A router that is removed has no values. */
export interface Decision {
  readonly action: Action;
  readonly values: Partial<RouterValues>;
  readonly changes: Changes;
}

/** What a decision depends on, besides the router and the finding. */
export interface Circumstances {
  readonly rules: NetboxRules;
  readonly platforms: ReadonlyMap<string, number>;
  readonly now: Date;
  /** How long a deleted router can be restored, in milliseconds. */
  readonly graceMs: number;
  /** Whether connections hang on the router: then it is never hidden or removed. */
  readonly isUsed: boolean;
}

const changesOf = (router: Partial<RouterValues> | undefined, values: Partial<RouterValues>): Changes =>
  changesBetween<RouterValues>(router, values, Object.keys(values) as (keyof RouterValues)[]);

function disables(router: Router, values: Partial<RouterValues>): boolean {
  return values.status === 'disabled' && router.status !== 'disabled';
}

function change(router: Router, values: Partial<RouterValues>, action?: Action): Decision | undefined {
  const changes = changesOf(router, values);
  if (Object.keys(changes).length === 0) return undefined;
  return { action: action ?? (disables(router, values) ? 'disabled' : 'updated'), values, changes };
}

/** What a status is kept as while its router is disabled for reasons of its device. */
const kept = ({ status, status_before }: Router): RouterStatus => status_before ?? status;

const isGone = ({ state }: Router): boolean => state === 'deleted' || state === 'deleted_in_netbox';

function create(device: NetboxDevice, { rules, platforms }: Circumstances): Decision {
  const all = fieldsOf(device, rules, platforms);
  const taken = (field: keyof RouterFields): boolean =>
    field === 'name' || field === 'hostname' || rules.owners[field] !== 'ignore';
  const nothing: RouterFields = {
    ...{ name: all.name, hostname: all.hostname, platform: null, status: 'enabled', local_context_data: null },
    ...{ primary_ip4: null, primary_ip6: null, site: null, tags: [], custom_fields: {} },
  };
  const fields = Object.fromEntries(ROUTER_FIELDS.map((field) => [field, (taken(field) ? all : nothing)[field]]));
  const values = {
    ...(fields as unknown as RouterFields),
    ...{ state: stateOf(device, all, rules), netbox_platform: device.platform },
    ...{ status_before: null, delete_after: null },
  };
  return { action: 'created', values, changes: changesOf(undefined, values) };
}

function follow(router: Router, device: NetboxDevice, { rules, platforms }: Circumstances): Decision | undefined {
  const all = fieldsOf(device, rules, platforms);
  const owned = ROUTER_FIELDS.filter((field) => (rules.owners[field] ?? 'netbox') === 'netbox');
  const status = owned.includes('status') ? all.status : kept(router);
  const values = {
    ...Object.fromEntries(owned.map((field) => [field, all[field]])),
    ...{ status, state: stateOf(device, all, rules), netbox_platform: device.platform },
    ...{ status_before: null, delete_after: null },
  };
  return change(router, values, isGone(router) ? 'restored' : undefined);
}

/** Disabled and listed; what it was is kept for when the device comes back. */
const setAside = (router: Router, state: 'out_of_scope' | 'not_visible'): Decision | undefined =>
  change(router, { state, status: 'disabled', status_before: kept(router), delete_after: null });

function del(router: Router, { now, graceMs, isUsed }: Circumstances): Decision | undefined {
  if (isUsed) {
    const values = { state: 'deleted_in_netbox', status: 'disabled', delete_after: null } as const;
    return change(router, { ...values, status_before: kept(router) }, isGone(router) ? 'updated' : 'deleted');
  }
  if (router.state === 'deleted') {
    const isOver = router.delete_after !== null && Date.parse(router.delete_after) <= now.getTime();
    return isOver ? { action: 'removed', values: {}, changes: {} } : undefined;
  }
  const delete_after = new Date(now.getTime() + graceMs).toISOString();
  const values = { state: 'deleted', status: 'disabled', delete_after, status_before: kept(router) } as const;
  return change(router, values, isGone(router) ? 'updated' : 'deleted');
}

/**
 * What becomes of a device's router: the same for every layer that found something out. Nothing, where the router is
 * what it should be; for a device without a router, only one that is in scope gets one.
 */
export function decide(
  router: Router | undefined,
  finding: Finding,
  circumstances: Circumstances,
): Decision | undefined {
  if (router === undefined) {
    return finding.found === 'device' && finding.inScope ? create(finding.device, circumstances) : undefined;
  }
  if (finding.found === 'deleted') return del(router, circumstances);
  if (finding.found === 'not_visible') return isGone(router) ? undefined : setAside(router, 'not_visible');
  if (finding.inScope) return follow(router, finding.device, circumstances);
  // Somebody linked it to a device that never was in scope.
  return router.state === 'linked' ? undefined : setAside(router, 'out_of_scope');
}
