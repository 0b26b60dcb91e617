import type { RecordTable } from '../records';

/** The tables of routers and platforms, and what their constraints mean. */

export const PLATFORM: RecordTable = {
  table: 'devices_platform',
  unique: {
    devices_platform_name: 'there is a platform with this name already',
    devices_platform_slug: 'there is a platform with this slug already',
  },
  references: {},
  keptBy: { devices_router_platform: 'routers use it: give these another platform first' },
};

export const ROUTER: RecordTable = {
  table: 'devices_router',
  unique: { devices_router_netbox_device: 'another router is linked to this netbox_device_id' },
  references: { devices_router_platform: { field: 'platform', to: 'platform' } },
  keptBy: { net_connection_router: 'it has connections: give these another router first' },
  documents: ['local_context_data', 'tags', 'custom_fields'],
};
