import type { Knex } from 'knex';
import type { LinkedExchange } from '../exchange';
import { showExchange, type ShownEndpoint, type ShownExchange, type Showing } from './exchange';
import { readWorld } from '../world';

/**
 * What an exchange has for us, whole from one moment. `find` says which exchange; it is asked in the same transaction, and
 * throws where there is none.
 */
export function readShown(
  knex: Knex,
  find: (trx: Knex.Transaction) => Promise<LinkedExchange>,
  how: Showing,
): Promise<ShownExchange> {
  return knex.transaction(
    async (trx) => {
      const exchange = await find(trx);
      const endpoint = trx<ShownEndpoint>('extras_ix_api').where({ id: exchange.ix_api });
      const ix_api = await endpoint.first('id', 'name', 'api_url', 'identity');
      if (ix_api === undefined) throw new Error(`the IX-API object ${exchange.ix_api} of an exchange has no row`);
      return showExchange(await readWorld(trx, exchange), ix_api, how);
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}
