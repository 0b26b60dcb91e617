import type { Knex } from 'knex';
import { toJsonb } from '../../json';

/** Configs that are to be imported as soon as they have addresses. */

/** A config that is followed. */
export interface Followed {
  readonly network_service_config: string;
  /** What it waits for, in words. */
  readonly reason: string;
  /** When it was first found waiting, ISO 8601. */
  readonly since: string;
}

interface Row extends Followed {
  readonly internet_exchange: number;
}

/** Follows configs of an exchange; of those that are followed already the reason is renewed. */
export async function follow(
  trx: Knex,
  exchange: number,
  configs: readonly Omit<Followed, 'since'>[],
  now: Date,
): Promise<void> {
  await trx.raw(
    `INSERT INTO ixapi_follow (internet_exchange, network_service_config, reason, since)
    SELECT :exchange, network_service_config, reason, :now
    FROM jsonb_to_recordset(:configs) AS waiting (network_service_config text, reason text)
    ON CONFLICT (internet_exchange, network_service_config) DO UPDATE SET reason = EXCLUDED.reason
      WHERE ixapi_follow.reason <> EXCLUDED.reason`,
    { exchange, now: now.toISOString(), configs: toJsonb(configs) },
  );
}

/** The configs of an exchange that are followed, by their ids. */
export async function followed(knex: Knex, exchange: number): Promise<Followed[]> {
  return knex<Row>('ixapi_follow')
    .where({ internet_exchange: exchange })
    .orderBy('network_service_config')
    .select('network_service_config', 'reason', 'since');
}

/** Follows configs of an exchange no more: all, or all but some, or some. How many there were. */
export async function forgetFollowed(
  knex: Knex,
  exchange: number,
  { only, except = [] }: { readonly only?: readonly string[]; readonly except?: readonly string[] } = {},
): Promise<number> {
  const rows = knex<Row>('ixapi_follow').where({ internet_exchange: exchange });
  const meant = only ? rows.whereIn('network_service_config', [...only]) : rows;
  return meant.whereNotIn('network_service_config', [...except]).delete();
}
