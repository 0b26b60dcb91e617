import { STATES } from '../peering/lists';
import type { ListColumn, ListSource } from '../query/columns';
import { ROUTER_STATES } from './routers';

/** Lists of routers and platforms, and of what is remembered of NetBox's devices. */

const TIMES: readonly ListColumn[] = [
  { name: 'created', kind: 'timestamp' },
  { name: 'last_updated', kind: 'timestamp' },
];

const ADDRESSES: readonly ListColumn[] = [
  { name: 'primary_ip4', kind: 'inet4' },
  { name: 'primary_ip6', kind: 'inet6' },
];

export const PLATFORMS: ListSource = {
  table: 'devices_platform',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'slug', kind: 'text' },
    { name: 'description', kind: 'text' },
    ...TIMES,
  ],
  search: ['name', 'slug', 'description'],
  brief: ['id', 'name', 'slug'],
};

export const ROUTERS: ListSource = {
  table: 'devices_router',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'hostname', kind: 'text' },
    { name: 'platform', kind: 'integer' },
    { name: 'status', kind: 'text', choices: STATES },
    { name: 'description', kind: 'text' },
    { name: 'netbox_device_id', kind: 'integer' },
    { name: 'state', kind: 'text', choices: ROUTER_STATES },
    { name: 'netbox_platform', kind: 'text' },
    { name: 'delete_after', kind: 'timestamp' },
    ...ADDRESSES,
    { name: 'site', kind: 'text' },
    { name: 'tags', kind: 'json' },
    { name: 'custom_fields', kind: 'opaque' },
    { name: 'local_context_data', kind: 'opaque' },
    { name: 'comments', kind: 'text' },
    ...TIMES,
  ],
  search: ['name', 'hostname', 'description', 'primary_ip4', 'primary_ip6', 'site', 'comments'],
  brief: ['id', 'name', 'hostname', 'state'],
  hidden: { field: 'state', value: 'deleted' },
};

/** What became of one router, newest first. */
export const auditOf = (router: number): ListSource => ({
  table: `(SELECT * FROM devices_router_audit WHERE router = ${Math.trunc(router)}) AS audit`,
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'time', kind: 'timestamp' },
    { name: 'action', kind: 'text' },
    { name: 'changes', kind: 'opaque' },
    { name: 'layer', kind: 'text' },
    { name: 'request_id', kind: 'text' },
    { name: 'username', kind: 'text' },
    { name: 'confirmed', kind: 'boolean' },
    { name: 'netbox_device_id', kind: 'integer' },
  ],
  search: ['action', 'layer', 'request_id', 'username'],
  brief: ['id', 'time', 'action', 'username'],
  ordering: '-id',
});

/** Routers that are there already and look like devices of NetBox's. */
export const ADOPTIONS: ListSource = {
  table: 'devices_adoption',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'netbox_device_id', kind: 'integer' },
    { name: 'router', kind: 'integer' },
    { name: 'reason', kind: 'text' },
    { name: 'state', kind: 'text', choices: { proposed: 'Proposed', rejected: 'Rejected' } },
    { name: 'created', kind: 'timestamp' },
  ],
  search: ['reason'],
  brief: ['id', 'netbox_device_id', 'router'],
};

/** Devices that get no router, since theirs was deleted here. */
export const EXCLUSIONS: ListSource = {
  table: 'devices_exclusion',
  columns: [
    { name: 'netbox_device_id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'created', kind: 'timestamp' },
    { name: 'created_by', kind: 'text' },
  ],
  search: ['name', 'created_by'],
  brief: ['netbox_device_id', 'name'],
};

/** Devices in scope as they were last read, with their routers. */
export const NETBOX_DEVICES: ListSource = {
  table: `(SELECT d.*, r.id AS router FROM netbox_device d LEFT JOIN devices_router r ON r.netbox_device_id = d.id
    WHERE d.in_scope) AS devices`,
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'display', kind: 'text' },
    { name: 'name', kind: 'text' },
    ...ADDRESSES,
    { name: 'router', kind: 'integer' },
    { name: 'read_at', kind: 'timestamp' },
  ],
  search: ['display', 'name', 'primary_ip4', 'primary_ip6'],
  brief: ['id', 'display', 'router'],
  ordering: 'display',
};
