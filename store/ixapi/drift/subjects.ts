import type {
  Connection,
  NetworkFeature,
  NetworkFeatureConfig,
  NetworkService,
  NetworkServiceConfig,
} from '../documents';
import { EXCHANGE_LAN } from '../documents';
import type { LocalConnection } from '../exchange';
import { createNetixlanFinder, type Netixlan } from './netixlans';
import type { KeptPort } from '../netbox-ports';
import { createLocalFinder } from '../find-local';
import type { World } from '../world';

/** A router as its record is. */
export interface RouterStanding {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly state: string;
}

/** What is known beside what the exchange shows and our connections. Times are ISO 8601. */
export interface Sources {
  /** At the exchange's LAN: those of the local AS, and those that have an address of ours. */
  readonly netixlans: readonly Netixlan[];
  /** By the ids of connections. */
  readonly ports: ReadonlyMap<number, KeptPort>;
  /** By their ids. */
  readonly routers: ReadonlyMap<number, RouterStanding>;
  /** When PeeringDB was last published; null: never. */
  readonly peeringdb_at: string | null;
  readonly now: Date;
}

/** A config that is compared, with all that belongs to it. */
export interface Subject {
  readonly config: NetworkServiceConfig;
  readonly service: NetworkService | undefined;
  readonly connection: Connection | undefined;
  /** The features of its service, and its configs of them. */
  readonly features: readonly NetworkFeature[];
  readonly featureConfigs: readonly NetworkFeatureConfig[];
  readonly local: LocalConnection | undefined;
  readonly local_asn: number;
  readonly netixlan: Netixlan | undefined;
  /** Whether PeeringDB would know of a port: it is filled, and the exchange is linked to a LAN of it. */
  readonly isPeeringdbKnown: boolean;
  readonly port: KeptPort['port'];
  readonly router: RouterStanding | undefined;
  readonly now: Date;
}

const ENDED = ['decommissioned', 'archived'];
const PRODUCTION = ['production', 'production_change_pending'];

/** Whether something is over at the exchange. */
export const isEnded = ({ state }: { readonly state: string }): boolean => ENDED.includes(state);

/** Whether traffic is meant to flow. */
export const isInProduction = ({ state }: { readonly state: string }): boolean => PRODUCTION.includes(state);

/** Mbit/s of an exchange's connection: what the exchange says, else what its ports have together. */
export function totalOf(connection: Connection | undefined): number | null {
  if (!connection) return null;
  const { speed: said, ports, unresolved } = connection;
  const speeds = ports.flatMap(({ speed }) => (speed === null ? [] : [speed]));
  const areAllKnown = speeds.length > 0 && speeds.length === ports.length + unresolved.length;
  return said ?? (areAllKnown ? speeds.reduce((sum, speed) => sum + speed, 0) : null);
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** The configs that are ours at an exchange: consumed by our account, of its LAN, and not over. */
export function subjectsOf({ exchange, shown, matches, local }: World, sources: Sources): Subject[] {
  const matched = new Set(matches.filter((match) => match.matched).map(({ network_service }) => network_service));
  const services = new Map(shown.network_services.map((service) => [service.id, service]));
  const connections = new Map(shown.connections.map((connection) => [connection.id, connection]));
  const features = grouped(shown.network_features, ({ network_service }) => network_service);
  const featureConfigs = grouped(shown.network_feature_configs, (config) => config.network_service_config);
  const { local_asn, identity, peeringdb_ixlan } = exchange;
  const localOf = createLocalFinder(local);
  const netixlanOf = createNetixlanFinder(sources.netixlans, local_asn);
  return shown.network_service_configs
    .filter(({ consuming_account, type }) => consuming_account === identity && type === EXCHANGE_LAN)
    .filter((config) => matched.has(config.network_service) && !isEnded(config))
    .map((config) => {
      const ours = localOf(config)?.connection;
      return {
        ...{ config, local: ours, local_asn, now: sources.now },
        service: services.get(config.network_service),
        connection: config.connection === null ? undefined : connections.get(config.connection),
        features: features.get(config.network_service) ?? [],
        featureConfigs: featureConfigs.get(config.id) ?? [],
        netixlan: netixlanOf(config, ours),
        isPeeringdbKnown: sources.peeringdb_at !== null && peeringdb_ixlan !== null,
        port: ours === undefined ? null : (sources.ports.get(ours.id)?.port ?? null),
        router: sources.routers.get(ours?.router ?? 0),
      };
    });
}
