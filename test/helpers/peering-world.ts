import type { Knex } from 'knex';

/** Some of the cache and of our own records, as rows of the tables. */
export interface World {
  readonly ixlans: readonly Ixlan[];
  readonly nets: readonly Net[];
  readonly ports: readonly Netixlan[];
  readonly systems: readonly System[];
  readonly exchanges: readonly Exchange[];
  readonly connections: readonly Connection[];
  readonly sessions: readonly Session[];
  readonly hidden: readonly Hidden[];
}

interface Ixlan {
  readonly id: number;
  readonly ix_id: number;
  /** The name of the exchange. */
  readonly name: string;
}

export interface Net {
  readonly id: number;
  readonly asn: number;
  readonly name: string;
  readonly info_type: string | null;
  readonly info_types: readonly string[] | null;
}

export interface Netixlan {
  readonly id: number;
  readonly net_id: number;
  readonly asn: number;
  readonly ixlan_id: number;
  readonly ipaddr4: string | null;
  readonly ipaddr6: string | null;
  readonly operational: boolean | null;
}

export interface System {
  readonly id: number;
  readonly asn: number;
  readonly affiliated: boolean;
}

export interface Exchange {
  readonly id: number;
  readonly local_autonomous_system: number;
  readonly peeringdb_ixlan: number | null;
}

export interface Connection {
  readonly id: number;
  readonly internet_exchange_point: number;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  /** The port that it is in PeeringDB. */
  readonly peeringdb_netixlan?: number | null;
}

interface Session {
  readonly autonomous_system: number;
  readonly ixp_connection: number;
  readonly ip_address: string;
}

interface Hidden {
  readonly peeringdb_network: number;
  readonly peeringdb_ixlan: number;
  readonly until: string | null;
}

/** The first id of own records: beyond all that the tables number by themselves. */
export const OWN = 1_000_000_000;

const TIME = '2026-01-02T03:04:05Z';
const COMMENTS = { comments: '', created: TIME, last_updated: TIME };
const NOTES = { description: '', ...COMMENTS };
const CACHED = { created: TIME, updated: TIME };
const OWNED = { org_id: 1, ...CACHED };
const FOLLOWS = Object.fromEntries(
  ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'].map((name) => [`${name}_peeringdb_sync`, false]),
);

/** Writes rows, all of the same fields, into an empty table. */
async function insertRows(trx: Knex.Transaction, table: string, rows: readonly object[], others: object) {
  const whole = rows.map((row, i) => ({ id: OWN + i, ...others, ...row }));
  const columns = Object.keys(whole[0] ?? {}).join(', ');
  if (columns === '') return;
  await trx.raw(
    `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE
     SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, ?::jsonb)`,
    [JSON.stringify(whole)],
  );
}

/** Writes a world into empty tables. */
export async function insertWorld(trx: Knex.Transaction, world: World): Promise<void> {
  const insert = (table: string, rows: readonly object[], others: object): Promise<void> =>
    insertRows(trx, table, rows, others);
  const { ixlans, nets, ports, systems, exchanges } = world;
  await insert('peeringdb_ix', ixlans.map(({ ix_id: id, name }) => ({ id, name })), OWNED); // prettier-ignore
  await insert('peeringdb_ixlan', ixlans.map(({ id, ix_id }) => ({ id, ix_id })), CACHED); // prettier-ignore
  await insert('peeringdb_net', nets, OWNED);
  await insert('peeringdb_netixlan', ports, CACHED);
  await insert('peering_autonomous_system', systems, { name: 'Named', irr_as_set: '', ...FOLLOWS, ...NOTES });
  const named = exchanges.map((exchange) => ({ ...exchange, slug: `exchange-${exchange.id}` }));
  await insert('peering_internet_exchange', named, { name: 'Exchange', status: 'enabled', ...NOTES });
  await insert('net_connection', world.connections, { status: 'enabled', peeringdb_state: 'unlinked', ...NOTES });
  await insert('peering_ixp_session', world.sessions, { is_route_server: false, status: 'enabled', ...NOTES });
  await insert('peeringdb_hidden_peer', world.hidden, COMMENTS);
}

/** What belongs to exchanges' LANs and to networks besides ports. */
export interface Places {
  readonly prefixes: readonly Prefix[];
  readonly facilities: readonly Facility[];
  readonly presences: readonly Presence[];
}

interface Prefix {
  readonly id: number;
  readonly ixlan_id: number;
  readonly prefix: string;
}

interface Facility {
  readonly id: number;
  readonly name: string;
}

/** A network at a facility. */
interface Presence {
  readonly id: number;
  readonly net_id: number;
  readonly fac_id: number;
}

/** Writes places into empty tables. */
export async function insertPlaces(trx: Knex.Transaction, places: Places): Promise<void> {
  await insertRows(trx, 'peeringdb_ixpfx', places.prefixes, CACHED);
  await insertRows(trx, 'peeringdb_fac', places.facilities, OWNED);
  await insertRows(trx, 'peeringdb_netfac', places.presences, CACHED);
}
