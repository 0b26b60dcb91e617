import type { Micros } from './time';

/** What devices refer to by its id. */
export interface Related {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
}

export interface Role extends Related {
  readonly parent: number | null;
}

export interface Tag extends Related {
  readonly color: string;
}

export interface DeviceType extends Related {
  readonly manufacturer: Related;
}

export interface IpAddress {
  readonly id: number;
  /** With its prefix length. */
  readonly address: string;
  /** The interface that it is on; those of generated devices are on none. */
  readonly interface?: number;
  /** `active` unless it says otherwise. */
  readonly status?: string;
}

/** A row of the device table. Rows are replaced and never changed, so that what was made of one can be kept. */
export interface Device {
  readonly id: number;
  readonly name: string | null;
  readonly device_type: number;
  readonly role: number;
  readonly platform: number | null;
  readonly site: number;
  readonly status: string;
  readonly serial: string;
  readonly asset_tag: string | null;
  readonly description: string;
  readonly comments: string;
  readonly primary_ip4: number | null;
  readonly primary_ip6: number | null;
  readonly local_context_data: Readonly<Record<string, unknown>> | null;
  readonly tags: readonly number[];
  /** Keys that were never set are absent. */
  readonly custom_fields: Readonly<Record<string, unknown>>;
  readonly interface_count: number;
  readonly created: Micros;
  readonly last_updated: Micros;
}

/** A reference as NetBox takes it, by id or by attributes; a text is a slug, a name, or of an address the address. */
export type Ref = number | string | { readonly id?: number; readonly slug?: string; readonly name?: string };

/** What can be set on a device. */
export interface DeviceFields {
  readonly name?: string | null;
  readonly device_type?: Ref;
  readonly role?: Ref;
  /** The name of `role` until 3.5. */
  readonly device_role?: Ref;
  readonly platform?: Ref | null;
  readonly site?: Ref;
  readonly status?: string;
  readonly serial?: string;
  readonly asset_tag?: string | null;
  readonly description?: string;
  readonly comments?: string;
  /** An address that is not there yet is made, on an interface of its own. */
  readonly primary_ip4?: Ref | null;
  readonly primary_ip6?: Ref | null;
  readonly local_context_data?: Readonly<Record<string, unknown>> | null;
  readonly tags?: readonly Ref[];
  /** Only the given keys change. */
  readonly custom_fields?: Readonly<Record<string, unknown>>;
}

export const STATUSES = ['offline', 'active', 'planned', 'staged', 'failed', 'inventory', 'decommissioning'] as const;

/** The custom fields that the installation has, with their defaults. */
export const CUSTOM_FIELDS: Readonly<Record<string, unknown>> = {
  local_asn: null,
  owner_team: null,
  peering_enabled: false,
};
