import { EXCHANGE_LAN, validityOf, type Ip, type NetworkService, type NetworkServiceConfig } from '../documents';
import { isInSubnet, validIps } from '../fields';
import type { World } from '../world';

/** What an import is planned with. */
export type ImportWorld = World & { readonly now: Date };

/** Why a config is not imported, in words. */
export interface Refusal {
  readonly reason: string;
  /** Whether it will be of itself, once the exchange has given it addresses. */
  readonly waiting: boolean;
}

/** Why a config is not imported, whatever connections we have; undefined: it can be. */
export function refusalOf(config: NetworkServiceConfig, world: ImportWorld): Refusal | undefined {
  const never = (reason: string | undefined): Refusal | undefined =>
    reason === undefined ? undefined : { reason, waiting: false };
  const service = world.shown.network_services.find(({ id }) => id === config.network_service);
  return (
    never(whyOther(config, world)) ??
    whyIdle(config, world.now) ??
    whyUnaddressed(config, world.now) ??
    never(whyOutside(config, service, world.now))
  );
}

/** Why it is not a config of ours at this exchange. */
function whyOther(config: NetworkServiceConfig, { exchange, matches }: ImportWorld): string | undefined {
  const { type, network_service, connection, vlan_config, consuming_account, asns } = config;
  if (type !== EXCHANGE_LAN) return `its type is ${type}: only ${EXCHANGE_LAN} becomes a connection`;
  const match = matches.find((one) => one.network_service === network_service);
  if (!match) return `the exchange does not show its network service ${network_service}`;
  if (!match.matched) return `its network service ${network_service} is not this internet exchange: ${match.reason}`;
  if (consuming_account === null)
    return `the exchange does not say who consumes it, it may not be ${exchange.identity}`;
  if (consuming_account !== exchange.identity)
    return `it is consumed by ${consuming_account}, not by ${exchange.identity}`;
  // Of 2.7.1, with a routing function in their place.
  if (connection === null && vlan_config === null)
    return 'it has no connection and no VLAN: what the exchange routes itself becomes no connection of ours';
  if (asns.length === 0 || asns.includes(exchange.local_asn)) return undefined;
  return `it is for ${asns.map((asn) => `AS${asn}`).join(', ')}, not for AS${exchange.local_asn}`;
}

/** The exchange's own words on its state. */
const wordsOf = ({ status }: NetworkServiceConfig): string[] =>
  status.map(({ message }) => message).filter((message) => message !== '');

/** Why it is not in service, by its state. */
function whyIdle(config: NetworkServiceConfig, now: Date): Refusal | undefined {
  const { state, decommission_at } = config;
  const is = `its state is ${state}`;
  const because = (waiting: boolean, ...more: readonly string[]): Refusal => ({
    reason: [is, ...more, ...wordsOf(config)].join('; '),
    waiting,
  });
  switch (state) {
    case 'allocated':
    case 'testing':
    case 'production':
    case 'production_change_pending':
      return undefined;
    case 'decommission_requested':
      if (decommission_at === null || !isOver(decommission_at, now)) return undefined;
      return because(false, `it was in service until ${decommission_at}`);
    case 'requested':
    case 'scheduled':
      return because(true, ...[whyNoneValid(config, now)].filter((why) => why !== undefined));
    case 'decommissioned':
    case 'archived':
    case 'error':
    case 'operator':
      return because(false);
    default:
      return because(false, 'what that means is not known here');
  }
}

/** Whether a day (to its end, UTC) or a time is over. */
function isOver(at: string, now: Date): boolean {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(at) ? `${at}T23:59:59.999Z` : at;
  return Date.parse(end) < now.getTime();
}

/** Why it has no address that is valid now. One that is to end gets none any more. */
function whyUnaddressed(config: NetworkServiceConfig, now: Date): Refusal | undefined {
  const why = whyNoneValid(config, now);
  if (why === undefined) return undefined;
  return { reason: [why, ...wordsOf(config)].join('; '), waiting: config.state !== 'decommission_requested' };
}

function whyNoneValid({ ips }: NetworkServiceConfig, now: Date): string | undefined {
  const having = (validity: string): Ip[] => ips.filter((ip) => validityOf(ip, now) === validity);
  if (having('valid').length > 0) return undefined;
  const [from] = sorted(having('future').map(({ valid_not_before }) => valid_not_before));
  if (from !== undefined) return `its addresses are valid from ${from}`;
  const until = sorted(having('expired').map(({ valid_not_after }) => valid_not_after)).at(-1);
  return until === undefined ? 'it has no addresses yet' : `its addresses were valid until ${until}`;
}

const sorted = (times: readonly (string | null)[]): string[] =>
  times.filter((time) => time !== null).sort((a, b) => Date.parse(a) - Date.parse(b));

/** Which of its addresses is none of the LAN. While a LAN is renumbered an address in the other one may stand beside. */
function whyOutside(config: NetworkServiceConfig, service: NetworkService | undefined, now: Date): string | undefined {
  const subnets = [
    [4, service?.subnet_v4 ?? null],
    [6, service?.subnet_v6 ?? null],
  ] as const;
  for (const [version, subnet] of subnets) {
    const ips = validIps(config, version, now);
    const isOutside = ips.every(({ address }) => isInSubnet(address, subnet) === false);
    if (ips[0] && isOutside) return `its address ${ips[0].address} is not in ${subnet ?? ''}, the subnet of its LAN`;
  }
  return undefined;
}
