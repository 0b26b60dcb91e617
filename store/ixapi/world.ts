import type { Knex } from 'knex';
import { COLLECTIONS, type Collection, type Documents, type Shown } from './documents';
import { connectionsAt, type LinkedExchange, type LocalConnection } from './exchange';
import { matchServices, type ServiceMatch } from './match/services';
import type { RowProblem } from './reading/raw';

/** What an object showed when it was last read. Times are ISO 8601. */
export interface IxapiState {
  readonly reading: number;
  readonly fetched_at: string;
  readonly health: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly problems: readonly RowProblem[];
}

/** An exchange as its IX-API showed it, and our connections there. */
export interface World {
  readonly exchange: LinkedExchange;
  /** Undefined: it was never read to the end. */
  readonly state: IxapiState | undefined;
  readonly shown: Shown;
  readonly matches: readonly ServiceMatch[];
  readonly local: readonly LocalConnection[];
}

/** What an object showed when it was last read; undefined: it never was. */
export async function stateOf(knex: Knex, ix_api: number): Promise<IxapiState | undefined> {
  return knex<IxapiState & { ix_api: number }>('ixapi_state').where({ ix_api }).first();
}

async function shownBy(knex: Knex, ix_api: number): Promise<Shown> {
  const { rows } = await knex.raw<{ rows: { collection: Collection; document: Documents[Collection] }[] }>(
    'SELECT collection, document FROM ixapi_object WHERE ix_api = ? ORDER BY collection, id',
    [ix_api],
  );
  const shown = Object.fromEntries(COLLECTIONS.map((collection) => [collection, []])) as unknown as {
    [C in Collection]: Documents[Collection][];
  };
  for (const { collection, document } of rows) shown[collection].push(document);
  return shown as unknown as Shown;
}

/** All that is known of an exchange. Run it in one transaction (repeatable read) where it has to fit together. */
export async function readWorld(knex: Knex, exchange: LinkedExchange): Promise<World> {
  const { ix_api } = exchange;
  const shown = await shownBy(knex, ix_api);
  return {
    exchange,
    state: await stateOf(knex, ix_api),
    shown,
    matches: matchServices(exchange, shown.network_services),
    local: await connectionsAt(knex, exchange.id),
  };
}
