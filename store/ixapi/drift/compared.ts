import type { Knex } from 'knex';
import { VERSION } from '../../../config/version';
import type { LinkedExchange } from '../exchange';

/** Whether anything of what is compared is another than when it was last compared. */

const COMPARED = `
  SELECT s.digest, s.fetched_at, p.snapshot, CASE WHEN p.snapshot IS NOT NULL THEN p.published END AS published,
    (SELECT md5(string_agg(CAST(c AS text), ',' ORDER BY c.id)) FROM net_connection c
      WHERE c.internet_exchange_point = :id) AS connections,
    (SELECT md5(string_agg(concat_ws(',', r.id, r.name, r.status, r.state), ';' ORDER BY r.id)) FROM devices_router r
      WHERE r.id IN (SELECT router FROM net_connection WHERE internet_exchange_point = :id)) AS routers,
    (SELECT md5(string_agg(CAST(n AS text), ',' ORDER BY n.connection)) FROM ixapi_netbox_port n
      JOIN net_connection c ON c.id = n.connection WHERE c.internet_exchange_point = :id) AS ports
  FROM ixapi_state s CROSS JOIN peeringdb_state p WHERE s.ix_api = :ix_api`;

interface Sources {
  readonly digest: string | null;
  readonly fetched_at: string;
  readonly snapshot: number | null;
  readonly published: string | null;
  readonly connections: string | null;
  readonly routers: string | null;
  readonly ports: string | null;
}

/** What is compared, and how old it is. */
export interface Compared {
  readonly ixapi_at: string;
  readonly peeringdb_at: string | null;
  /** The same digest is the same comparison; null: it is not known. */
  readonly compared: string | null;
}

/**
 * What a comparison of an exchange would compare now; undefined: it was never read. Some of it depends on the time (what
 * is valid until when, how near an end is), which counts by the hour.
 */
export async function comparedOf(
  trx: Knex,
  exchange: LinkedExchange,
  { events, now }: { readonly events: boolean; readonly now: Date },
): Promise<Compared | undefined> {
  const { rows } = await trx.raw<{ rows: Sources[] }>(COMPARED, { id: exchange.id, ix_api: exchange.ix_api });
  const [sources] = rows;
  if (sources === undefined) return undefined;
  const { fetched_at, published, ...digests } = sources;
  const hour = now.toISOString().slice(0, 13);
  const compared = digests.digest === null ? null : JSON.stringify([VERSION, exchange, digests, events, hour]);
  return { ixapi_at: fetched_at, peeringdb_at: published, compared };
}

/** Says that an exchange was compared, and that what differs is what differed; undefined: it may be something else. */
export async function renewComparison(
  trx: Knex,
  exchange: number,
  { compared, ...times }: Compared,
  now: Date,
): Promise<number | undefined> {
  if (compared === null) return undefined;
  const renewed = await trx('ixapi_comparison')
    .where({ internet_exchange: exchange, compared })
    .update({ ...times, compared_at: now.toISOString() });
  if (renewed === 0) return undefined;
  const [row] = await trx('ixapi_drift').where({ internet_exchange: exchange }).count<{ count: number }[]>('*');
  return row?.count ?? 0;
}
