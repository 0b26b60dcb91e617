import type { Knex } from 'knex';
import { OBJECTS } from '../peeringdb/objects';
import type { ListColumn, ListSource } from '../query/columns';
import { insertRecord } from '../records';
import { lockImports } from './import-lock';
import { slugFor } from './slugs';
import { CONNECTION, INTERNET_EXCHANGE } from './tables';

/** An autonomous system of our own, as far as its ports are concerned. */
export interface LocalAs {
  readonly id: number;
  readonly asn: number;
}

/** A port of our own that PeeringDB knows, and what it is here. */
export interface OwnPort {
  readonly id: number;
  readonly ix_id: number;
  readonly ixlan_id: number;
  readonly name: string;
  readonly operational: boolean | null;
  /** With the prefix lengths of the LAN; null where no prefix of it contains the address, or there is none. */
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  /** The exchange and the connection that it is here, as far as they exist. */
  readonly internet_exchange: number | null;
  readonly connection: number | null;
}

/** What an import did with a port, or would do: the ids are null where a dry run has none. */
export interface ImportedPort {
  readonly netixlan_id: number;
  readonly internet_exchange: number | null;
  readonly connection: number | null;
}

export interface ImportResult {
  readonly created: readonly ImportedPort[];
  readonly existing: readonly ImportedPort[];
  readonly skipped: readonly { readonly netixlan_id: number; readonly reason: string }[];
}

/** The address of a port `p` with the prefix length of its LAN. */
const withLength = (address: string): string => `(
  SELECT host(p.${address}) || '/' || masklen(f.prefix) FROM peeringdb_ixpfx f
  WHERE f.ixlan_id = p.ixlan_id AND f.prefix >>= p.${address} ORDER BY masklen(f.prefix) DESC LIMIT 1)`;

/** The connection that a port `p` of the local AS is here, by its link or by one of its addresses. */
const connectionOf = ({ id }: LocalAs): string => `(
  SELECT c.id FROM net_connection c JOIN peering_internet_exchange x ON x.id = c.internet_exchange_point
  WHERE x.local_autonomous_system = ${id} AND (x.peeringdb_ixlan = p.ixlan_id OR x.peeringdb_ixlan IS NULL)
    AND (c.peeringdb_netixlan = p.id OR host(c.ipv4_address)::inet = p.ipaddr4 OR host(c.ipv6_address)::inet = p.ipaddr6)
  ORDER BY c.id LIMIT 1)`;

const PORT_COLUMNS: readonly ListColumn[] = OBJECTS.netixlan.columns
  .filter(({ name }) => name !== 'name')
  .map(({ name, kind }) => ({ name, kind }));

/** All ports that PeeringDB knows of the local AS. */
const portsOf = (local: LocalAs): string => `(
  SELECT ${PORT_COLUMNS.map(({ name }) => `p.${name}`).join(', ')}, i.name,
    ${withLength('ipaddr4')} AS ipv4_address, ${withLength('ipaddr6')} AS ipv6_address,
    (SELECT x.id FROM peering_internet_exchange x
      WHERE x.peeringdb_ixlan = p.ixlan_id AND x.local_autonomous_system = ${local.id}) AS internet_exchange,
    ${connectionOf(local)} AS connection
  FROM peeringdb_netixlan p JOIN peeringdb_ixlan l ON l.id = p.ixlan_id JOIN peeringdb_ix i ON i.id = l.ix_id
  WHERE p.asn = ${local.asn})`;

/** The ports that PeeringDB knows of the local AS and that are no connections here. */
export const portsToImport = (local: LocalAs): ListSource => ({
  table: `(SELECT * FROM ${portsOf(local)} AS ports WHERE connection IS NULL) AS missing`,
  columns: [
    ...PORT_COLUMNS,
    { name: 'name', kind: 'text' },
    { name: 'ipv4_address', kind: 'inet', expression: 'ipv4_address::inet', shown: 'ipv4_address' },
    { name: 'ipv6_address', kind: 'inet', expression: 'ipv6_address::inet', shown: 'ipv6_address' },
    { name: 'internet_exchange', kind: 'integer' },
  ],
  search: ['name', 'ipaddr4', 'ipaddr6'],
  brief: ['id', 'name', 'ipv4_address', 'ipv6_address', 'internet_exchange'],
  ordering: 'name',
});

/** The exchange of a port, made if there is none. */
async function exchangeFor(trx: Knex.Transaction, local: LocalAs, port: OwnPort, now: Date): Promise<number> {
  const known = await trx<{ id: number; peeringdb_ixlan: number; local_autonomous_system: number }>(
    'peering_internet_exchange',
  )
    .where({ peeringdb_ixlan: port.ixlan_id, local_autonomous_system: local.id })
    .first('id');
  if (known) return known.id;
  const slug = await slugFor(trx, `${port.name} ${port.ix_id}`);
  const values = { name: port.name, slug, status: 'enabled', description: '', comments: '' };
  const links = { local_autonomous_system: local.id, peeringdb_ixlan: port.ixlan_id };
  return insertRecord(trx, INTERNET_EXCHANGE, { ...values, ...links }, now);
}

async function connect(trx: Knex.Transaction, local: LocalAs, port: OwnPort, now: Date): Promise<ImportedPort> {
  const exchange = await exchangeFor(trx, local, port, now);
  const values = {
    internet_exchange_point: exchange,
    status: port.operational === true ? 'enabled' : 'disabled',
    ...{ ipv4_address: port.ipv4_address, ipv6_address: port.ipv6_address },
    ...{ peeringdb_netixlan: port.id, peeringdb_state: 'linked' },
    ...{ description: '', comments: '' },
  };
  const connection = await insertRecord(trx, CONNECTION, values, now);
  return { netixlan_id: port.id, internet_exchange: exchange, connection };
}

/** Whether two ports have an address in common, with which an exchange can have one connection only. */
const isTwin = (one: OwnPort, other: OwnPort): boolean =>
  one.ixlan_id === other.ixlan_id &&
  ((one.ipv4_address !== null && one.ipv4_address === other.ipv4_address) ||
    (one.ipv6_address !== null && one.ipv6_address === other.ipv6_address));

/**
 * Makes connections, and the exchanges that they need, of ports that PeeringDB knows: of all, or of those with these ids.
 * What is there already is left as it is, so that it can be asked for as often as one likes. Of ports to which upstream
 * gives one address the first becomes the connection, and the others are it. A dry run makes nothing.
 */
export async function importPorts(
  trx: Knex.Transaction,
  local: LocalAs,
  options: { readonly ids?: readonly number[] | undefined; readonly dryRun: boolean; readonly now: Date },
): Promise<ImportResult> {
  if (!options.dryRun) await lockImports(trx);
  const { rows } = await trx.raw<{ rows: OwnPort[] }>(`SELECT * FROM ${portsOf(local)} AS ports ORDER BY id`);
  const wanted = options.ids === undefined ? rows : rows.filter(({ id }) => options.ids?.includes(id));
  const created: { readonly port: OwnPort; readonly imported: ImportedPort }[] = [];
  const existing: ImportedPort[] = [];
  const skipped = (options.ids ?? [])
    .filter((id, index, all) => all.indexOf(id) === index && !rows.some((row) => row.id === id))
    .map((id) => ({ netixlan_id: id, reason: `PeeringDB knows no such port of AS${local.asn}` }));
  for (const port of wanted) {
    const known = { netixlan_id: port.id, internet_exchange: port.internet_exchange, connection: port.connection };
    const twin = created.find((other) => isTwin(port, other.port));
    if (port.connection !== null) existing.push(known);
    else if (port.ipv4_address === null && port.ipv6_address === null)
      skipped.push({ netixlan_id: port.id, reason: 'no prefix of its LAN contains one of its addresses' });
    else if (twin) existing.push({ ...twin.imported, netixlan_id: port.id });
    else created.push({ port, imported: options.dryRun ? known : await connect(trx, local, port, options.now) });
  }
  return { created: created.map(({ imported }) => imported), existing, skipped };
}
