import type { NetworkServiceConfig } from '../documents';
import type { LocalConnection } from '../exchange';
import type { Finding } from './finding';
import { isEnded } from './subjects';
import type { World } from '../world';

/** A connection of ours whose config is none of ours any more. */
export interface Orphan {
  readonly config: string;
  readonly connection: LocalConnection;
  readonly finding: Finding;
}

function whyGone(config: NetworkServiceConfig | undefined, identity: string): string | undefined {
  if (config === undefined) return 'the exchange does not show it any more';
  if (isEnded(config)) return `it is ${config.state} at the exchange`;
  return config.consuming_account === identity ? undefined : 'another account has it at the exchange';
}

/** Connections that are linked with configs that are gone. A row that could not be read is none that is gone. */
export function orphansOf({ exchange, state, shown, local }: World): Orphan[] {
  const configs = new Map(shown.network_service_configs.map((config) => [config.id, config]));
  const problems = state?.problems ?? [];
  const unread = problems.filter(({ list }) => list === 'network-service-configs').map(({ id }) => id);
  return local.flatMap((connection) => {
    const id = connection.ixapi_network_service_config;
    if (id === null || (unread.includes(id) && !configs.has(id))) return [];
    const config = configs.get(id);
    const why = whyGone(config, exchange.identity);
    if (why === undefined) return [];
    const message = `our connection ${connection.id} is linked with config ${id}, but ${why}`;
    const ixapi = config === undefined ? null : { state: config.state };
    const said = { connection: connection.id, status: connection.status, network_service_config: id };
    return [{ config: id, connection, finding: { kind: 'gone', case: 'gone', message, ixapi, local: said } }];
  });
}
