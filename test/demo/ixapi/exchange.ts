import type { NetworkServiceConfig } from '../../../store/ixapi/documents';
import type { Row as IxapiRow } from '../../fakes/ixapi/model';
import { spawnFakeIxapi, type RemoteIxapi } from '../../fakes/ixapi/remote';
import type { FakePeeringdb } from '../../fakes/peeringdb/server';
import type { Row } from '../../fakes/peeringdb/store';
import { busiest } from '../steps/fill';

/** The exchange of the simulated PeeringDB that speaks IX-API. */

/** By the names of the fake's cases, what we have there; the last one is a customer's of ours. */
const CONFIGS = ['production', 'qinq', 'requested', 'decommissioned', 'sub-account'] as const;

/** Its only port of ours in PeeringDB: where it is, and what PeeringDB says of it. */
export interface OurPort {
  readonly id: number;
  readonly net_id: number;
  readonly ix_id: number;
  readonly ixlan_id: number;
  readonly name: string;
  readonly asn: number;
  readonly ipaddr4: string;
  readonly ipaddr6: string;
  /** Mbit/s. */
  readonly speed: number;
}

/** An exchange with no more ports has free addresses. */
const FEW = 100;
const SPEED = 100_000;
/** Tokens are short-lived, so that they expire while the story goes on: seconds. */
const LIFETIMES = { access: 10, refresh: 40 };
/** Small, so that lists have several pages; the last one is 206 too, as the specification leaves open. */
const PAGING = { size: 4, last: 206 } as const;

const portsOf = ({ state }: FakePeeringdb): Row[] => state.liveRows('netixlan', 'anonymous');

/** The port whose exchange speaks IX-API: in service, of both families, and our only one there. */
function choosePort(ports: readonly Row[]): OurPort {
  const asn = busiest(ports);
  const at = ({ ixlan_id }: Row): Row[] => ports.filter((port) => port['ixlan_id'] === ixlan_id);
  const isFit = (port: Row): boolean =>
    [port['asn'] === asn, port['operational'], port['is_rs_peer'], port['speed'] === SPEED].every(Boolean) &&
    Boolean(port['ipaddr4'] && port['ipaddr6']) &&
    at(port).length <= FEW &&
    at(port).filter((one) => one['asn'] === asn).length === 1;
  const found = ports.find(isFit);
  if (found === undefined) throw new Error(`AS${asn} has no port at an exchange that could speak IX-API`);
  return found as unknown as OurPort;
}

function subnetOf({ state }: FakePeeringdb, { ixlan_id }: OurPort, protocol: string): string {
  const prefixes = state.liveRows('ixpfx', 'anonymous').filter((row) => row['ixlan_id'] === ixlan_id);
  return String(prefixes.find((row) => row['protocol'] === protocol)?.['prefix']);
}

/** The simulated IX-API of that exchange. */
export interface Exchange {
  readonly ixapi: RemoteIxapi;
  readonly port: OurPort;
}

/** A config as the simulated exchange has it: with ids of its addresses. */
export type ExchangeConfig = IxapiRow &
  Pick<NetworkServiceConfig, 'state' | 'network_service' | 'capacity' | 'vlan_config'> & {
    readonly connection: string;
    readonly ips: readonly string[];
    readonly macs: readonly string[];
  };

/** What the exchange knows of one of the configs. */
export async function configOf({ ixapi }: Exchange, name: (typeof CONFIGS)[number]): Promise<ExchangeConfig> {
  const id = (await ixapi.state.cases())[name] ?? '';
  return (await ixapi.state.row('network-service-configs', id)) as ExchangeConfig;
}

/** The config that is in production is the port that PeeringDB knows of. */
async function settle(exchange: Exchange): Promise<void> {
  const { ixapi, port } = exchange;
  const { id, ips } = await configOf(exchange, 'production');
  for (const ip of ips) {
    const { version } = await ixapi.state.row('ips', ip);
    await ixapi.state.update('ips', ip, { address: version === 4 ? port.ipaddr4 : port.ipaddr6 });
  }
  await ixapi.state.update('network-service-configs', id, { capacity: port.speed });
  // It has no place in the story.
  await ixapi.state.remove('network-service-configs', (await ixapi.state.cases())['routing-function'] ?? '');
}

/** Starts the IX-API of an exchange where the network with the most ports has one. */
export async function startExchange(fake: FakePeeringdb): Promise<Exchange> {
  const ports = portsOf(fake);
  const port = choosePort(ports);
  const lan = {
    ...{ name: port.name, peeringdb_ixid: port.ix_id },
    ...{ subnet_v4: subnetOf(fake, port, 'IPv4'), subnet_v6: subnetOf(fake, port, 'IPv6') },
    taken: ports.filter(({ ixlan_id }) => ixlan_id === port.ixlan_id).length * 2,
  };
  const data = { asn: port.asn, configs: CONFIGS.length, cases: CONFIGS, exchanges: [lan] };
  const ixapi = await spawnFakeIxapi({ data, paging: PAGING, lifetimes: LIFETIMES });
  const exchange = { ixapi, port };
  await settle(exchange);
  return exchange;
}
