import { z } from 'zod';
import { cell, type Row } from '../csv';

/** What an exchange has for us, as far as it is printed; JSON has all of it. */

const family = z.looseObject({ reason: z.string() });
const dated = z.looseObject({ address: z.string(), validity: z.string() });
const vlanConfig = z.looseObject({
  vlan_type: z.string(),
  vlan: z.int().nullish(),
  outer_vlan: z.int().nullish(),
  inner_vlan: z.int().nullish(),
});

const config = z.looseObject({
  ...{ id: z.string(), state: z.string(), connection: z.string().nullable(), vlan_config: vlanConfig.nullable() },
  ...{ ips: z.array(dated), macs: z.array(dated), missing_features: z.array(z.string()) },
  local_connection: z
    .looseObject({
      id: z.int(),
      differs: z.record(z.string(), z.looseObject({ ixapi: z.unknown(), local: z.unknown() })),
    })
    .nullable(),
  importable: z.looseObject({ action: z.string(), reason: z.string().nullable(), waiting: z.boolean() }).nullable(),
});

const service = z.looseObject({
  id: z.string(),
  match: z.looseObject({
    matched: z.boolean(),
    by: z.string().nullable(),
    reason: z.string(),
    ipv4: family,
    ipv6: family,
  }),
});

const connection = z.looseObject({
  ...{ id: z.string(), ports: z.array(z.looseObject({ id: z.string(), name: z.string().nullable() })) },
  network_service_configs: z.array(z.string()),
});

const counted = z.looseObject({ network_service_configs: z.array(z.unknown()) });

export const shownSchema = z.looseObject({
  ix_api: z.looseObject({ id: z.int(), name: z.string(), api_url: z.string(), identity: z.string() }),
  version: z.string().nullable(),
  health: z.looseObject({ status: z.string().optional() }).nullable(),
  age: z.int().nullable(),
  reason: z.string().nullable(),
  problems: z.array(z.unknown()),
  network_services: z.array(service),
  network_service_configs: z.array(config),
  connections: z.array(connection),
  others: counted,
  foreign: counted,
});

export type ShownExchange = z.output<typeof shownSchema>;

/** A part of what is shown, as rows. */
export interface Section {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

type Config = z.output<typeof config>;

/** How frames are tagged: `100`, `100.7` with two tags, or `untagged`. */
function vlanOf({ vlan_config }: Config): string {
  if (vlan_config === null) return '';
  const { vlan_type, vlan, outer_vlan, inner_vlan } = vlan_config;
  const tag = (value: number | null | undefined): string => String(value ?? '?');
  if (vlan_type === 'port') return 'untagged';
  return vlan_type === 'qinq' ? `${tag(outer_vlan)}.${tag(inner_vlan)}` : tag(vlan);
}

/** Addresses, each with what is wrong with its time. */
const addressesOf = (all: readonly z.output<typeof dated>[]): string[] =>
  all.map(({ address, validity }) => (validity === 'valid' ? address : `${address} (${validity})`));

/** What an import would do, and why. */
function plannedOf({ importable, local_connection }: Config): string {
  if (importable === null) return '';
  const { action, reason, waiting } = importable;
  // What is there and as it should be needs no words.
  if (action === 'skip' && local_connection !== null && Object.keys(local_connection.differs).length === 0)
    return 'done';
  return [waiting ? 'follow' : action, reason].filter((text) => text !== null).join(': ');
}

const differsOf = ({ local_connection }: Config): string =>
  Object.entries(local_connection?.differs ?? {})
    .map(([field, { ixapi, local }]) => `${field}: ${cell(ixapi) || 'nothing'} there, ${cell(local) || 'nothing'} here`)
    .join('; ');

/** Our configs, with our connection of each, and what an import would do. */
export const configSection = ({ network_service_configs }: ShownExchange): Section => ({
  columns: [
    ...['network_service_config', 'state', 'vlan', 'ips', 'macs', 'connection', 'local_connection'],
    // What is longest comes last.
    ...['differs', 'missing_features', 'import'],
  ],
  rows: network_service_configs.map((one) => ({
    ...{ network_service_config: one.id, state: one.state, vlan: vlanOf(one), connection: one.connection },
    ...{ ips: addressesOf(one.ips), macs: addressesOf(one.macs), local_connection: one.local_connection?.id },
    ...{ import: plannedOf(one), differs: differsOf(one), missing_features: one.missing_features },
  })),
});

/** Its services, and whether each is our exchange. */
export const serviceSection = ({ network_services }: ShownExchange): Section => ({
  columns: ['network_service', 'type', 'name', 'state', 'matched', 'reason'],
  rows: network_services.map(({ id, match, ...one }) => ({
    ...one,
    ...{ network_service: id, matched: match.matched ? (match.by ?? 'yes') : 'no', reason: match.reason },
  })),
});

/** The connections that carry our configs, and those of ours that carry none. */
export const connectionSection = ({ connections }: ShownExchange): Section => ({
  columns: ['connection', 'name', 'state', 'mode', 'speed', 'ports', 'network_service_configs'],
  rows: connections.map(({ id, ports, ...one }) => ({
    ...one,
    ...{ connection: id, ports: ports.map((port) => port.name ?? port.id) },
  })),
});
