/** What the settings say of routers that follow NetBox's devices. */

/** What a router may be (Peering Manager: `DeviceStatus`). */
export const ROUTER_STATUSES = ['enabled', 'maintenance', 'disabled'] as const;

export type RouterStatus = (typeof ROUTER_STATUSES)[number];

/** The fields of a router that NetBox knows as well. */
export const ROUTER_FIELDS = [
  'name',
  'hostname',
  'platform',
  'status',
  'local_context_data',
  'primary_ip4',
  'primary_ip6',
  'site',
  'tags',
  'custom_fields',
] as const;

export type RouterField = (typeof ROUTER_FIELDS)[number];

/**
 * Whose a field is: NetBox's value is taken (`netbox`), only when the router is made (`local`), or never (`ignore`; a
 * router's name and hostname begin with NetBox's all the same).
 */
export const OWNERS = ['netbox', 'local', 'ignore'] as const;

export type Owner = (typeof OWNERS)[number];

export const isRouterField = (name: string): name is RouterField => ROUTER_FIELDS.some((field) => field === name);
