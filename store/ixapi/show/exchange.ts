import { ageOf } from '../../age';
import type {
  Connection,
  NetworkFeature,
  NetworkFeatureConfig,
  NetworkService,
  NetworkServiceConfig,
} from '../documents';
import { byId } from '../by-id';
import { createLocalFinder } from '../find-local';
import { planImport } from '../import/plan';
import type { ServiceMatch } from '../match/services';
import { showConfig, type ShownConfig } from './config';
import type { IxapiState, World } from '../world';

/** An IX-API object as far as an exchange shows it. */
export interface ShownEndpoint {
  readonly id: number;
  readonly name: string;
  readonly api_url: string;
  readonly identity: string;
}

/** How an exchange is shown. */
export interface Showing {
  readonly now: Date;
  /** Whether with what an import would do with each config. */
  readonly importable: boolean;
}

/** A config of ours that is none of this exchange. */
export interface OtherConfig extends Pick<NetworkServiceConfig, 'id' | 'type' | 'state' | 'status' | 'connection'> {
  readonly network_service: string;
  readonly service: Pick<NetworkService, 'type' | 'name' | 'state'> | null;
}

/** What is told of a config that another account consumes. */
export type ForeignConfig = Pick<
  NetworkServiceConfig,
  'id' | 'state' | 'network_service' | 'consuming_account' | 'managing_account' | 'asns'
>;

/** What an exchange has for us, as it is answered. Times are ISO 8601, `age` is in seconds. */
export interface ShownExchange extends Pick<IxapiState, 'problems'> {
  readonly ix_api: ShownEndpoint;
  readonly health: IxapiState['health'] | null;
  readonly version: string | null;
  readonly fetched_at: string | null;
  readonly age: number | null;
  /** Why there is nothing to show. */
  readonly reason: string | null;
  readonly network_services: readonly (NetworkService & { readonly match: Omit<ServiceMatch, 'network_service'> })[];
  readonly network_features: readonly (NetworkFeature & { readonly configs: readonly string[] })[];
  readonly network_service_configs: readonly ShownConfig[];
  readonly network_feature_configs: readonly NetworkFeatureConfig[];
  readonly connections: readonly (Connection & { readonly network_service_configs: readonly string[] })[];
  readonly others: { readonly network_service_configs: readonly OtherConfig[] };
  readonly foreign: { readonly network_service_configs: readonly ForeignConfig[] };
}

/** Feature configs in these states are of no use any more. */
const GONE = ['decommissioned', 'archived'];

/** Rows by what a field of theirs says, in their order. */
function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

const idsOf = (rows: readonly { readonly id: string }[] = []): string[] => rows.map(({ id }) => id);

/** Configs by whose they are: ours here, ours elsewhere, and those of others here. */
function sortConfigs({
  exchange,
  matches,
  shown,
}: World): Record<'ours' | 'others' | 'foreign', NetworkServiceConfig[]> {
  const lans = new Set(matches.filter(({ matched }) => matched).map((match) => match.network_service));
  const sorted = { ours: [], others: [], foreign: [] } as Record<'ours' | 'others' | 'foreign', NetworkServiceConfig[]>;
  for (const config of shown.network_service_configs) {
    const isHere = lans.has(config.network_service);
    if (config.consuming_account === exchange.identity) sorted[isHere ? 'ours' : 'others'].push(config);
    else if (isHere) sorted.foreign.push(config);
  }
  return sorted;
}

function servicesOf({ matches, shown }: World): ShownExchange['network_services'] {
  const matchOf = new Map(matches.map(({ network_service, ...match }) => [network_service, match]));
  const services = shown.network_services.flatMap((service) => {
    const match = matchOf.get(service.id);
    return match === undefined ? [] : [{ ...service, match }];
  });
  const isHere = ({ match }: (typeof services)[number]): boolean => match.matched;
  return [...services.filter(isHere), ...services.filter((service) => !isHere(service))];
}

/** The features that each service requires, and then those of them that a config does not use. */
function missingFeatures(
  { shown }: World,
  featureConfigs: ReadonlyMap<string, readonly NetworkFeatureConfig[]>,
): (config: NetworkServiceConfig) => string[] {
  const required = groupBy(
    shown.network_features.filter((feature) => feature.required),
    ({ network_service }) => network_service,
  );
  return ({ id, network_service }) => {
    const used = (featureConfigs.get(id) ?? []).filter(({ state }) => !GONE.includes(state));
    return idsOf(required.get(network_service)).filter(
      (feature) => !used.some(({ network_feature }) => network_feature === feature),
    );
  };
}

function configsOf(
  world: World,
  ours: readonly NetworkServiceConfig[],
  featureConfigs: ReadonlyMap<string, readonly NetworkFeatureConfig[]>,
  { now, importable }: Showing,
): ShownConfig[] {
  const findLocal = createLocalFinder(world.local);
  const missing = missingFeatures(world, featureConfigs);
  const plans = importable ? planImport({ ...world, now }) : [];
  const planned = new Map(
    plans.map(({ network_service_config, action, reason, waiting }) => [
      network_service_config,
      { action, reason, waiting },
    ]),
  );
  return ours.map((config) =>
    showConfig(config, {
      service: byId(world.shown.network_services, config.network_service),
      connection: byId(world.shown.connections, config.connection),
      local: findLocal(config),
      importable: planned.get(config.id),
      missing_features: missing(config),
      now,
    }),
  );
}

/** Connections that carry our configs here, and those of ours that carry none. */
function connectionsOf(
  { exchange, shown }: World,
  ours: readonly NetworkServiceConfig[],
): ShownExchange['connections'] {
  const used = new Set(shown.network_service_configs.map(({ connection }) => connection));
  const carried = groupBy(ours, ({ connection }) => connection);
  return shown.connections.flatMap((connection) => {
    const configs = carried.get(connection.id);
    const isFree = !used.has(connection.id) && connection.consuming_account === exchange.identity;
    return configs === undefined && !isFree ? [] : [{ ...connection, network_service_configs: idsOf(configs) }];
  });
}

function otherOf(config: NetworkServiceConfig, { network_services }: World['shown']): OtherConfig {
  const { id, type, state, status, connection, network_service } = config;
  const service = byId(network_services, network_service);
  const named = service === undefined ? null : { type: service.type, name: service.name, state: service.state };
  return { id, type, state, status, connection, network_service, service: named };
}

const foreignOf = (config: NetworkServiceConfig): ForeignConfig => {
  const { id, state, network_service, consuming_account, managing_account, asns } = config;
  return { id, state, network_service, consuming_account, managing_account, asns };
};

const UNREAD = 'it was not read yet: POST …/refresh/ reads it';

/** What an exchange has for us. */
export function showExchange(world: World, ix_api: ShownEndpoint, how: Showing): ShownExchange {
  const { state, shown } = world;
  const { ours, others, foreign } = sortConfigs(world);
  const featureConfigs = groupBy(shown.network_feature_configs, (one) => one.network_service_config);
  const used = ours.flatMap(({ id }) => featureConfigs.get(id) ?? []);
  const usedBy = groupBy(used, ({ network_feature }) => network_feature);
  const services = servicesOf(world);
  const lans = new Set(idsOf(services.filter(({ match }) => match.matched)));
  return {
    ix_api,
    health: state?.health ?? null,
    version: state?.version ?? null,
    fetched_at: state?.fetched_at ?? null,
    age: ageOf(state?.fetched_at ?? null, how.now),
    reason: state === undefined ? UNREAD : null,
    problems: state?.problems ?? [],
    network_services: services,
    network_features: shown.network_features
      .filter(({ network_service }) => lans.has(network_service))
      .map((feature) => ({ ...feature, configs: idsOf(usedBy.get(feature.id)) })),
    network_service_configs: configsOf(world, ours, featureConfigs, how),
    network_feature_configs: used,
    connections: connectionsOf(world, ours),
    others: { network_service_configs: others.map((config) => otherOf(config, shown)) },
    foreign: { network_service_configs: foreign.map(foreignOf) },
  };
}
