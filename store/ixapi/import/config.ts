import { changesBetween, type Changes } from '../../netbox/changes';
import { byId } from '../by-id';
import { validityOf, type NetworkServiceConfig } from '../documents';
import type { LocalConnection } from '../exchange';
import { findLocal, type FoundLocal } from '../find-local';
import { conflictOf, settle, type Ground, type Holder } from './ground';
import type { ImportWorld } from './refusal';
import { valuesOf, type ImportValues } from './values';

/** What becomes of a config. */
export interface PlannedConfig {
  readonly network_service_config: string;
  /** `link`: a connection that we have becomes the config; `update`: it is it already, and something differs. */
  readonly action: 'create' | 'link' | 'update' | 'skip';
  /** Ours; null where there is none yet. */
  readonly connection: number | null;
  /** What is written: of a new connection all that the exchange says, of another one what changes. */
  readonly values: ImportValues;
  /** By field, what a connection that we have has, and what the exchange says. */
  readonly changes: Changes;
  /** Why it is skipped, or what is to be known of it. */
  readonly reason: string | null;
  /** Skipped for now: it will be imported once the exchange has given it addresses. */
  readonly waiting: boolean;
}

/** A config that an import leaves alone. */
export const skipped = (
  network_service_config: string,
  connection: number | null,
  reason: string,
  waiting = false,
): PlannedConfig => ({
  ...{ network_service_config, action: 'skip', connection, values: {}, changes: {}, reason, waiting },
});

/** The addresses that these configs have now. */
export const currentAddresses = (configs: readonly NetworkServiceConfig[], now: Date): ReadonlySet<string> =>
  new Set(
    configs.flatMap(({ ips }) => ips.filter((ip) => validityOf(ip, now) === 'valid')).map(({ address }) => address),
  );

/** A config that was planned. `isTaken`: it is skipped since somebody else has one of its addresses. */
export interface PlanStep {
  readonly planned: PlannedConfig;
  readonly isTaken: boolean;
}

/** Plans a config that can be imported, and settles it on the ground. `current`: see {@link currentAddresses}. */
export function planConfig(
  config: NetworkServiceConfig,
  world: ImportWorld,
  ground: Ground,
  current: ReadonlySet<string>,
): PlanStep {
  const { connection: own, by } = localFor(config, world, ground, current) ?? {};
  const leave = (reason: string, isTaken = false): PlanStep => ({
    planned: skipped(config.id, own?.id ?? null, reason),
    isTaken,
  });
  const values = valuesFor(config, world, own);
  const conflict = conflictOf(ground, values, own);
  if (conflict) return leave(takenBy(conflict.address, conflict.holder), true);
  const changes = own ? changesBetween<ImportValues>(own, values, Object.keys(values) as (keyof ImportValues)[]) : {};
  if (own && Object.keys(changes).length === 0) return leave(`it is connection ${own.id} already, nothing differs`);
  settle(ground, values, own);
  const made = { network_service_config: config.id, connection: own?.id ?? null, changes, reason: endOf(config) };
  const action = by ? ({ id: 'update', address: 'link' } as const)[by] : 'create';
  const written = own ? pick(values, Object.keys(changes)) : { status: statusOf(config), ...values };
  return { planned: { ...made, action, values: written, waiting: false }, isTaken: false };
}

const pick = (values: ImportValues, names: readonly string[]): ImportValues =>
  Object.fromEntries(names.map((name) => [name, values[name as keyof ImportValues]]));

/**
 * The connection of ours that a config is. An address that it had once, or will have, finds one too (the exchange
 * renumbers it), unless the exchange has given that address to another config since.
 */
function localFor(
  { id, ips }: NetworkServiceConfig,
  { now }: ImportWorld,
  ground: Ground,
  current: ReadonlySet<string>,
): FoundLocal | undefined {
  const addresses = ips.map(({ address }) => address);
  const valid = ips.filter((ip) => validityOf(ip, now) === 'valid').map(({ address }) => address);
  const others = addresses.filter((address) => !current.has(address));
  return findLocal(ground, id, valid) ?? findLocal(ground, id, others);
}

function valuesFor(
  config: NetworkServiceConfig,
  { shown, now }: ImportWorld,
  own: LocalConnection | undefined,
): ImportValues {
  return valuesOf(config, {
    service: byId(shown.network_services, config.network_service),
    connection: byId(shown.connections, config.connection),
    mac_address: own?.mac_address ?? null,
    now,
  });
}

/** Of a new connection only: whether it carries traffic yet. Later that is for us to say. */
const statusOf = ({ state }: NetworkServiceConfig): string =>
  state === 'allocated' || state === 'testing' ? 'disabled' : 'enabled';

function endOf({ state, decommission_at }: NetworkServiceConfig): string | null {
  if (state !== 'decommission_requested') return null;
  return decommission_at === null ? 'it will be decommissioned' : `it will be decommissioned at ${decommission_at}`;
}

function takenBy(address: string, { connection, network_service_config }: Holder): string {
  if (connection === null) return `its address ${address} is that of ${network_service_config ?? 'another config'} too`;
  const which = network_service_config === null ? '' : `, which is ${network_service_config}`;
  return `its address ${address} is that of connection ${connection}${which}`;
}
