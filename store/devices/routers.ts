import type { Knex } from 'knex';
import type { RouterStatus } from '../../config/netbox';

/** What is between a router and NetBox; docs/netbox.md says what each means for an operator. */
export const ROUTER_STATES = {
  local: 'Local',
  linked: 'Linked',
  in_sync: 'In sync',
  platform_unknown: 'Platform unknown',
  platform_missing: 'Platform missing',
  out_of_scope: 'Out of scope',
  not_visible: 'Not visible',
  deleted: 'Deleted',
  deleted_in_netbox: 'Deleted in NetBox',
} as const;

export type RouterState = keyof typeof ROUTER_STATES;

/** What a router has in common with a device of NetBox's. */
export interface RouterFields {
  readonly name: string;
  readonly hostname: string;
  /** The id of one of our platforms. */
  readonly platform: number | null;
  readonly status: RouterStatus;
  readonly local_context_data: unknown;
  /** Addresses without their prefix lengths. */
  readonly primary_ip4: string | null;
  readonly primary_ip6: string | null;
  /** Slugs. */
  readonly site: string | null;
  readonly tags: readonly string[];
  readonly custom_fields: Readonly<Record<string, unknown>>;
}

/** A router as it is compared with its device. Times are ISO 8601. */
export interface Router extends RouterFields {
  readonly id: number;
  readonly netbox_device_id: number | null;
  readonly state: RouterState;
  readonly netbox_platform: string | null;
  readonly status_before: RouterStatus | null;
  readonly delete_after: string | null;
}

const COLUMNS = `r.id, r.name, r.hostname, r.platform, r.status, r.local_context_data, host(r.primary_ip4) AS primary_ip4,
  host(r.primary_ip6) AS primary_ip6, r.site, r.tags, r.custom_fields, r.netbox_device_id, r.state, r.netbox_platform,
  r.status_before, r.delete_after`;

/** The routers of these devices. */
export async function routersOfDevices(knex: Knex, deviceIds: readonly number[]): Promise<Router[]> {
  const { rows } = await knex.raw<{ rows: Router[] }>(
    `SELECT ${COLUMNS} FROM devices_router r WHERE r.netbox_device_id = ANY (?)`,
    [[...deviceIds]],
  );
  return rows;
}

/** The router of a device, which nobody else can change until the transaction ends. */
export async function lockRouterOf(trx: Knex.Transaction, deviceId: number): Promise<Router | undefined> {
  const { rows } = await trx.raw<{ rows: Router[] }>(
    `SELECT ${COLUMNS} FROM devices_router r WHERE r.netbox_device_id = ? FOR UPDATE`,
    [deviceId],
  );
  return rows[0];
}

/** A router with what only people say of it. */
export interface WholeRouter extends Router {
  readonly description: string;
  readonly comments: string;
}

/** A router, which nobody else can change until the transaction ends. */
export async function lockRouter(trx: Knex.Transaction, id: number): Promise<WholeRouter | undefined> {
  const { rows } = await trx.raw<{ rows: WholeRouter[] }>(
    `SELECT ${COLUMNS}, r.description, r.comments FROM devices_router r WHERE r.id = ? FOR UPDATE`,
    [id],
  );
  return rows[0];
}

/** The ids of our platforms, by slug. */
export async function platformIds(knex: Knex): Promise<ReadonlyMap<string, number>> {
  const rows = await knex<{ id: number; slug: string }>('devices_platform').select('id', 'slug');
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}
