import type { Knex } from 'knex';
import { availablePeers } from '../store/peering/available-peers';
import { importPorts, type LocalAs } from '../store/peering/import';
import { sharedIxps } from '../store/peering/shared';
import { OBJECT_TAGS, OBJECTS, type PeeringdbObject } from '../store/peeringdb/objects';
import { ask, askersOf, becomeNetwork, networksAt, untilReady, type Question } from './peering';
import type { Rig } from './rig';
import { percentile } from './statistics';

/** Answers of one client, after some that are not counted. */
const ANSWERS = 50;
const UNCOUNTED = 5;

/** How long one client waits for an answer, and how many ports the question is about; medians in milliseconds. */
export interface Concerned {
  readonly name: string;
  /** All ports in the cache. */
  readonly cached: number;
  /** Those that the question has to look at. */
  readonly ports: number;
  readonly sql_ms: number;
  readonly product_ms: number;
}

const AVAILABLE: Question = {
  name: 'available-peers',
  path: '/api/peering/available-peers/',
  source: availablePeers({ notOperational: false, routeServers: false }),
};

const sharedBy = (asns: readonly number[]): Question => ({
  name: 'shared-ixps of two networks',
  path: `/api/peeringdb/networks/shared-ixps/?${asns.map((asn) => `asn=${asn}`).join('&')}`,
  source: sharedIxps(asns),
});

const countOf = async (knex: Knex, rows: string, values: readonly number[] = []): Promise<number> => {
  const counted = await knex.raw<{ rows: { count: number }[] }>(`SELECT count(*) FROM ${rows}`, [...values]);
  return counted.rows[0]?.count ?? 0;
};

/** Ports on the ixlans of our exchanges. */
const atOurExchanges = (knex: Knex): Promise<number> =>
  countOf(knex, 'peeringdb_netixlan WHERE ixlan_id IN (SELECT peeringdb_ixlan FROM peering_internet_exchange)');
const portsOf = (knex: Knex, asns: readonly number[]): Promise<number> =>
  countOf(knex, `peeringdb_netixlan WHERE asn IN (${asns.map(() => '?').join(', ')})`, asns);

/** Leaves a local AS so many connections, those of its ports with the lowest ids. */
async function keepConnections(knex: Knex, local: LocalAs, count: number): Promise<void> {
  await knex('net_connection').delete();
  await knex('peering_internet_exchange').delete();
  const ids = await knex('peeringdb_netixlan')
    .where({ asn: local.asn })
    .orderBy('id')
    .limit(count)
    .pluck<number[]>('id');
  await knex.transaction((trx) => importPorts(trx, local, { ids, dryRun: false, now: new Date() }));
  await knex.raw('VACUUM ANALYZE');
}

/** Beyond all ids and ASNs of a cache; so far apart are those of its copies. */
const APART = 100_000_000;

/** A type's rows so many times again, as rows of other networks, exchanges and facilities. */
function copyOf({ table, columns, parents }: PeeringdbObject, copies: number): string {
  const shifted = ['id', 'asn', ...parents.map(({ column }) => column)];
  const names = columns.map(({ name }) => name);
  const values = names.map((name) => (shifted.includes(name) ? `${name} + copy * ${APART}` : name));
  return `INSERT INTO ${table} (${names.join(', ')})
    SELECT ${values.join(', ')} FROM ${table} CROSS JOIN generate_series(1, ${copies}) AS copy`;
}

/** Makes the cache three times as large; what own records and the networks that were there have in it stays the same. */
async function triple(knex: Knex): Promise<void> {
  for (const tag of OBJECT_TAGS) await knex.raw(copyOf(OBJECTS[tag], 2));
  await knex.raw('VACUUM ANALYZE');
}

async function measure(rig: Rig, question: Question, label: string, ports: number): Promise<Concerned> {
  const { bare, product, close } = askersOf(rig, question, 1);
  await ask(bare, 1, UNCOUNTED);
  await ask(product, 1, UNCOUNTED);
  const sql: number[] = [];
  const answered: number[] = [];
  // In turn, so that whatever else the machine does meets both.
  for (let i = 0; i < ANSWERS; i += 1) {
    sql.push(...(await ask(bare, 1, 1)));
    answered.push(...(await ask(product, 1, 1)));
  }
  await close();
  return {
    ...{ name: `${question.name}${label}`, ports, cached: await countOf(rig.knex, 'peeringdb_netixlan') },
    ...{ sql_ms: percentile(sql, 50), product_ms: percentile(answered, 50) },
  };
}

/**
 * What the cost of peering questions follows: the ports concerned (10, 20 and 40 connections in one cache), and not the
 * size of the cache (the same questions when it is three times as large). The cache is no snapshot of upstream afterwards.
 */
export async function peeringSizes(rig: Rig): Promise<Concerned[]> {
  await untilReady(rig.api);
  const local = await becomeNetwork(rig.knex, 40);
  const asns = await networksAt(rig.knex, 300);
  const both = async (): Promise<Concerned[]> => [
    await measure(rig, AVAILABLE, ' with 40 connections', await atOurExchanges(rig.knex)),
    await measure(rig, sharedBy(asns), '', await portsOf(rig.knex, asns)),
  ];
  const measured: Concerned[] = [];
  for (const count of [10, 20]) {
    await keepConnections(rig.knex, local, count);
    measured.push(await measure(rig, AVAILABLE, ` with ${count} connections`, await atOurExchanges(rig.knex)));
  }
  await keepConnections(rig.knex, local, 40);
  measured.push(...(await both()));
  await triple(rig.knex);
  return [...measured, ...(await both())];
}
