import type { LocalConnection } from '../exchange';
import { hostsOf, indexLocal, type LocalIndex } from '../find-local';
import type { ImportValues } from './values';

/** Who has an address: a connection of ours (null: one that is to be made), and the config that it is. */
export interface Holder {
  readonly connection: number | null;
  readonly network_service_config: string | null;
}

/** The connections of an exchange while an import is planned: as they will be after what was planned so far. */
export interface Ground extends LocalIndex {
  /** By addresses without prefix lengths. */
  readonly held: Map<string, Holder>;
}

/** Our connections, in the order of their ids, before anything is planned. */
export function groundOf(local: readonly LocalConnection[]): Ground {
  const ground: Ground = { ...indexLocal(local), held: new Map() };
  for (const one of local) hold(ground, one.id, one);
  return ground;
}

function hold({ held }: Ground, connection: number | null, values: ImportValues): void {
  const network_service_config = values.ixapi_network_service_config ?? null;
  for (const host of hostsOf(values)) held.set(host, { connection, network_service_config });
}

/** Which of the addresses somebody else has, and who. `own`: the connection that is to have them. */
export function conflictOf(
  { held }: Ground,
  values: ImportValues,
  own: LocalConnection | undefined,
): { readonly address: string; readonly holder: Holder } | undefined {
  for (const address of hostsOf(values)) {
    const holder = held.get(address);
    if (holder && (own === undefined || holder.connection !== own.id)) return { address, holder };
  }
  return undefined;
}

/** Gives a connection its values; without `own` it is a new one. */
export function settle(ground: Ground, values: ImportValues, own: LocalConnection | undefined): void {
  if (!own) {
    hold(ground, null, values);
    return;
  }
  for (const host of hostsOf(own)) {
    ground.held.delete(host);
    if (ground.unlinked.get(host) === own) ground.unlinked.delete(host);
  }
  const whole = { ...own, ...values };
  hold(ground, own.id, whole);
  if (whole.ixapi_network_service_config !== null) ground.linked.set(whole.ixapi_network_service_config, whole);
}
