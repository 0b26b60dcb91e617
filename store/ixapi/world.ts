import type { Knex } from 'knex';
import type { Collection, Documents, Shown } from './documents';
import { connectionsAt, type LinkedExchange, type LocalConnection } from './exchange';
import { matchServices, type ServiceMatch } from './match';
import type { RowProblem } from './raw';

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

async function documentsOf<C extends Collection>(knex: Knex, ix_api: number, collection: C): Promise<Documents[C][]> {
  const { rows } = await knex.raw<{ rows: { document: Documents[C] }[] }>(
    'SELECT document FROM ixapi_object WHERE ix_api = ? AND collection = ? ORDER BY id',
    [ix_api, collection],
  );
  return rows.map(({ document }) => document);
}

/** All that is known of an exchange. Run it in one transaction (repeatable read) where it has to fit together. */
export async function readWorld(knex: Knex, exchange: LinkedExchange): Promise<World> {
  const { ix_api } = exchange;
  const shown: Shown = {
    network_services: await documentsOf(knex, ix_api, 'network_services'),
    network_features: await documentsOf(knex, ix_api, 'network_features'),
    network_service_configs: await documentsOf(knex, ix_api, 'network_service_configs'),
    network_feature_configs: await documentsOf(knex, ix_api, 'network_feature_configs'),
    connections: await documentsOf(knex, ix_api, 'connections'),
  };
  return {
    exchange,
    state: await stateOf(knex, ix_api),
    shown,
    matches: matchServices(exchange, shown.network_services),
    local: await connectionsAt(knex, exchange.id),
  };
}
