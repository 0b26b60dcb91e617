import type { Knex } from 'knex';
import { forgetFollowed } from '../import/follow';

/** The IX-API object that an exchange is linked to; it stays that one until the transaction ends. */
export async function endpointOf(trx: Knex.Transaction, exchange: number): Promise<number | null | undefined> {
  const row = await trx<{ id: number; ixapi_endpoint: number | null }>('peering_internet_exchange')
    .where({ id: exchange })
    .forNoKeyUpdate()
    .first('ixapi_endpoint');
  return row?.ixapi_endpoint;
}

/** Forgets what an exchange's connections are at the IX-API object that it was linked to, and what was waited for there. */
export async function forgetIxapiLinks(trx: Knex.Transaction, exchange: number, now: Date): Promise<void> {
  await trx('net_connection')
    .where({ internet_exchange_point: exchange })
    .where((linked) => void linked.whereNotNull('ixapi_network_service_config').orWhereNotNull('ixapi_connection'))
    .update({ ixapi_network_service_config: null, ixapi_connection: null, last_updated: now.toISOString() });
  await forgetFollowed(trx, exchange);
}

/**
 * Forgets what an object showed when it gets another address, and with another address or key what is being read of it:
 * pages that came to two keys would make one list.
 */
export async function forgetShown(
  trx: Knex.Transaction,
  ix_api: number,
  { api_url, api_key }: { readonly api_url: string; readonly api_key: string },
): Promise<void> {
  const object = trx('extras_ix_api').where({ id: ix_api }).select('id');
  const moved = object.clone().whereNot({ api_url });
  const changed = object.clone().whereRaw('(api_url, api_key) <> (?, ?)', [api_url, api_key]);
  // Readings first, as whoever publishes one takes them.
  await trx('ixapi_reading').whereIn('ix_api', changed).delete();
  for (const table of ['ixapi_state', 'ixapi_object']) await trx(table).whereIn('ix_api', moved.clone()).delete();
}
