import type { NetworkServiceConfig } from '../documents';
import { currentAddresses, planConfig, skipped, type PlannedConfig } from './config';
import { groundOf, type Ground } from './ground';
import { refusalOf, type ImportWorld } from './refusal';

export type { PlannedConfig } from './config';

/**
 * What an import would do, in the order in which it has to be done: with all configs of the services that are the
 * exchange's LAN, or with those of these ids. Once that is done, the next plan skips everything.
 */
export function planImport(world: ImportWorld, wanted?: string | readonly string[]): PlannedConfig[] {
  const ids = wanted === undefined ? undefined : [...new Set([wanted].flat())];
  const ground = groundOf(world.local);
  const refused: PlannedConfig[] = missing(world, ids);
  const importable: NetworkServiceConfig[] = [];
  for (const config of chosen(world, ids)) {
    const refusal = refusalOf(config, world);
    if (refusal)
      refused.push(skipped(config.id, ground.linked.get(config.id)?.id ?? null, refusal.reason, refusal.waiting));
    else importable.push(config);
  }
  return [...refused, ...planInTurn(importable, world, ground)];
}

function chosen({ matches, shown }: ImportWorld, ids: readonly string[] | undefined): NetworkServiceConfig[] {
  const configs = shown.network_service_configs;
  if (ids) return configs.filter(({ id }) => ids.includes(id));
  const services = matches.filter(({ matched }) => matched).map(({ network_service }) => network_service);
  return configs.filter(({ network_service }) => services.includes(network_service));
}

const missing = ({ shown }: ImportWorld, ids: readonly string[] = []): PlannedConfig[] =>
  ids
    .filter((id) => !shown.network_service_configs.some((config) => config.id === id))
    .map((id) => skipped(id, null, 'the exchange shows no such network service config'));

/**
 * Plans configs that can be imported, one after the other. What somebody else has is free once that one has moved, so
 * whoever found it taken is tried again, until nothing moves any more. Two that have exchanged their addresses stay as
 * they are.
 */
function planInTurn(configs: readonly NetworkServiceConfig[], world: ImportWorld, ground: Ground): PlannedConfig[] {
  const current = currentAddresses(configs, world.now);
  const done: PlannedConfig[] = [];
  for (let left = configs; ;) {
    const steps = left.map((config) => ({ config, ...planConfig(config, world, ground, current) }));
    const taken = steps.filter(({ isTaken }) => isTaken);
    done.push(...steps.filter(({ isTaken }) => !isTaken).map(({ planned }) => planned));
    if (taken.length === left.length) return [...done, ...taken.map(({ planned }) => planned)];
    left = taken.map(({ config }) => config);
  }
}
