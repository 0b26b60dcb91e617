import type { LocalConnection } from './exchange';
import type { ImportValues } from './import-values';

/** Who has an address: a connection of ours (null: one that is to be made), and the config that it is. */
export interface Holder {
  readonly connection: number | null;
  readonly network_service_config: string | null;
}

/** The connections of an exchange while an import is planned: as they will be after what was planned so far. */
export interface Ground {
  readonly local: LocalConnection[];
  /** By addresses without prefix lengths. */
  readonly held: Map<string, Holder>;
}

/** Address and prefix length without the latter: an address is there once, whatever length is written to it. */
const hostOf = (address: string): string => address.split('/')[0] ?? '';

const hostsOf = ({ ipv4_address, ipv6_address }: ImportValues): string[] =>
  [ipv4_address, ipv6_address].filter((address) => typeof address === 'string').map(hostOf);

/** Our connections before anything is planned. */
export function groundOf(local: readonly LocalConnection[]): Ground {
  const ground: Ground = { local: [...local], held: new Map() };
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
  const whole = { ...own, ...values };
  for (const host of hostsOf(own)) ground.held.delete(host);
  hold(ground, own.id, whole);
  ground.local[ground.local.indexOf(own)] = whole;
}
