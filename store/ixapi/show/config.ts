import {
  validityOf,
  type Connection,
  type Ip,
  type Mac,
  type NetworkService,
  type NetworkServiceConfig,
} from '../documents';
import type { FoundLocal } from '../find-local';
import { valuesOf, type ImportValues } from '../import/values';
import type { PlannedConfig } from '../import/plan';

/** Both values of a field of a connection. */
export interface Difference {
  readonly ixapi: unknown;
  readonly local: unknown;
}

/** The connection of ours that a config is, and in which of the fields that an import writes it differs. */
export interface ShownLocal {
  readonly id: number;
  readonly by: FoundLocal['by'];
  readonly differs: Readonly<Record<string, Difference>>;
}

/** What an import would do with a config. */
export type Importable = Pick<PlannedConfig, 'action' | 'reason' | 'waiting'>;

type Dated<T> = T & { readonly validity: ReturnType<typeof validityOf> };

/** A config of ours as it is answered. */
export interface ShownConfig extends Omit<NetworkServiceConfig, 'ips' | 'macs'> {
  readonly ips: readonly Dated<Ip>[];
  readonly macs: readonly Dated<Mac>[];
  readonly local_connection: ShownLocal | null;
  readonly importable: Importable | null;
  /** Ids of features that its service requires and that it does not use. */
  readonly missing_features: readonly string[];
}

/** What a config is shown with. */
export interface ConfigSurroundings {
  readonly service: NetworkService | undefined;
  readonly connection: Connection | undefined;
  readonly local: FoundLocal | undefined;
  readonly importable: Importable | undefined;
  readonly missing_features: readonly string[];
  readonly now: Date;
}

const FIELDS = [
  ...['ipv4_address', 'ipv6_address', 'vlan', 'inner_vlan', 'mac_address', 'speed', 'mode'],
] as readonly (keyof ImportValues)[];

function localConnection(config: NetworkServiceConfig, surroundings: ConfigSurroundings): ShownLocal | null {
  const { local, service, connection, now } = surroundings;
  if (local === undefined) return null;
  const ours = local.connection;
  const values = valuesOf(config, { service, connection, mac_address: ours.mac_address, now });
  const differs: Record<string, Difference> = {};
  for (const field of FIELDS)
    if (values[field] !== undefined && values[field] !== ours[field])
      differs[field] = { ixapi: values[field], local: ours[field] };
  return { id: ours.id, by: local.by, differs };
}

/** A config of ours with how long its addresses are good, what is ours of it, and what could be done with it. */
export function showConfig(config: NetworkServiceConfig, surroundings: ConfigSurroundings): ShownConfig {
  const { importable = null, missing_features, now } = surroundings;
  return {
    ...config,
    ips: config.ips.map((ip) => ({ ...ip, validity: validityOf(ip, now) })),
    macs: config.macs.map((mac) => ({ ...mac, validity: validityOf(mac, now) })),
    local_connection: localConnection(config, surroundings),
    importable,
    missing_features,
  };
}
