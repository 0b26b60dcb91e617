import type { Knex } from 'knex';

/** How far routers follow NetBox. */
export interface NetboxStatus {
  /** When the change log was last followed to its end (ISO 8601); null: never. */
  readonly followed_at: string | null;
  /** Changes whose webhook did not come, ever. */
  readonly missed_webhooks: number;
  /** Changes that the guard holds back until a person confirms them. */
  readonly held: number;
  /** Hints that are kept because Temporal could not take them yet. */
  readonly kept_hints: number;
  /** When the last listing of all devices that was read to its end began (ISO 8601); null: there was none. */
  readonly last_listing: string | null;
  readonly routers: readonly { readonly state: string; readonly count: number }[];
}

const STATUS = `
  SELECT followed_at, missed AS missed_webhooks,
    (SELECT count(*) FROM netbox_hold WHERE confirmed_at IS NULL) AS held,
    (SELECT count(*) FROM netbox_hint) AS kept_hints,
    (SELECT max(created) FROM netbox_plan WHERE device_ids IS NULL AND checksum IS NOT NULL) AS last_listing,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('state', state, 'count', count)), '[]')
      FROM (SELECT state, count(*) AS count FROM devices_router GROUP BY state ORDER BY state) counted) AS routers
  FROM netbox_follow`;

/** How far routers follow NetBox, from what is remembered; NetBox is not asked. */
export async function netboxStatus(knex: Knex): Promise<NetboxStatus> {
  const { rows } = await knex.raw<{ rows: NetboxStatus[] }>(STATUS);
  const [status] = rows;
  if (!status) throw new Error('there is no row that says how far the change log was followed');
  return status;
}
