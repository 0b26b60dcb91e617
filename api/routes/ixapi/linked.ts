import type { Knex } from 'knex';
import { findLinkedExchange, type LinkedExchange } from '../../../store/ixapi/exchange';
import { notFound, Problem } from '../../problem';

/** An exchange that is linked to IX-API. Throws a 404 where there is none, and a 409 while it is not linked. */
export async function requireLinked(knex: Knex, id: number): Promise<LinkedExchange> {
  const linked = await findLinkedExchange(knex, id);
  if (linked !== undefined) return linked;
  if ((await knex('peering_internet_exchange').where({ id }).first('id')) === undefined)
    throw notFound('internet exchange', id);
  throw new Problem('conflict', 'the internet exchange is not linked to IX-API: set its ixapi_endpoint');
}
