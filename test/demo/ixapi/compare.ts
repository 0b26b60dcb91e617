import { expectThat, type Stage } from '../stage';
import type { ExchangeConfig } from './exchange';
import { connectionsThere, type Connection } from './records';

const lengthOf = (subnet: unknown): string => String(subnet).split('/')[1] ?? '';

/** What the connection of a config has to be. */
async function expectedOf({ exchange: { ixapi } }: Stage, config: ExchangeConfig): Promise<Partial<Connection>> {
  const lan = await ixapi.state.row('network-services', config.network_service);
  const ips = await Promise.all(config.ips.map((id) => ixapi.state.row('ips', id)));
  const macs = await Promise.all(config.macs.map((id) => ixapi.state.row('macs', id)));
  const { mode, speed } = await ixapi.state.row('connections', config.connection);
  const addressOf = (family: 4 | 6): string =>
    `${String(ips.find(({ version }) => version === family)?.['address'])}/${lengthOf(lan[`subnet_v${family}`])}`;
  const { vlan = null, outer_vlan = vlan, inner_vlan = null } = config.vlan_config as Record<string, unknown>;
  return {
    ...{ ipv4_address: addressOf(4), ipv6_address: addressOf(6) },
    ...({ vlan: outer_vlan, inner_vlan } as Pick<Connection, 'vlan' | 'inner_vlan'>),
    mac_address:
      (macs.find(({ valid_not_after }) => valid_not_after === null)?.['address'] as string | undefined) ?? null,
    ...{ speed: Math.min(config.capacity ?? Infinity, Number(speed)), mode: String(mode) },
    ...{ ixapi_network_service_config: config.id, ixapi_connection: config.connection },
  };
}

/** The connection that a config is, if there is one. */
export const connectionOf = async (stage: Stage, { id }: ExchangeConfig): Promise<Connection | undefined> =>
  (await connectionsThere(stage)).find((one) => one.ixapi_network_service_config === id);

/** Compares the connection of a config with what the exchange has of it, field by field. Throws with the first difference. */
export async function expectImported(stage: Stage, config: ExchangeConfig): Promise<Connection> {
  const connection = await connectionOf(stage, config);
  if (connection === undefined) throw new Error(`no connection is ${config.id}`);
  for (const [field, value] of Object.entries(await expectedOf(stage, config))) {
    const here = connection[field as keyof Connection];
    const words = `the exchange has ${JSON.stringify(value)}, here is ${JSON.stringify(here)}`;
    expectThat(here === value, `${field} of ${config.id} differs: ${words}`);
  }
  return connection;
}

/** Shows connections as they are here. */
export const showConnections = ({ show }: Stage, connections: readonly Connection[]): void =>
  show.table([
    ['connection', 'config', 'status', 'IPv4', 'IPv6', 'VLAN', 'MAC address', 'Mbit/s'],
    ...connections.map((one) => [
      ...[String(one.id), one.ixapi_network_service_config ?? 'none', one.status.value],
      ...[one.ipv4_address ?? 'none', one.ipv6_address ?? 'none'],
      ...[[one.vlan, one.inner_vlan].filter((vlan) => vlan !== null).join('.') || 'none', one.mac_address ?? 'none'],
      one.speed ?? 'none',
    ]),
  ]);
