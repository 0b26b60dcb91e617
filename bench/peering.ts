import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Pool, request } from 'undici';
import { affiliatedAses } from '../store/peering/autonomous-systems';
import { availablePeers } from '../store/peering/available-peers';
import { importPorts, type LocalAs } from '../store/peering/import';
import { sharedIxps } from '../store/peering/shared';
import { AUTONOMOUS_SYSTEM } from '../store/peering/tables';
import type { ListSource } from '../store/query/columns';
import { pageStatements } from '../store/query/list';
import { parseListRequest } from '../store/query/request';
import { insertRecord } from '../store/records';
import type { Rig } from './rig';
import { compare, percentile, type Comparison } from './statistics';

/** Who asks at once, and how often each of them in a round. */
const CLIENTS = 20;
const TIMES = 5;
const BOUND = 2;

/** One question, as the API is asked and as its bare SQL. */
export interface Question {
  readonly name: string;
  readonly path: string;
  readonly source: ListSource;
}

/** An own autonomous system, and how many connections it has. */
interface OwnNetwork extends LocalAs {
  readonly connections: number;
}

async function insertOwn(knex: Knex, asn: number, now: Date): Promise<number> {
  const flags = ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'].map((field) => [
    `${field}_peeringdb_sync`,
    true,
  ]);
  return insertRecord(
    knex,
    AUTONOMOUS_SYSTEM,
    {
      ...{ asn, name: 'Ours', affiliated: true, description: '', irr_as_set: '', comments: '' },
      ...(Object.fromEntries(flags) as Record<string, boolean>),
    },
    now,
  );
}

/** Makes the network with about so many ports our own, with all of them as connections. Once: it stays the one it is. */
export async function becomeNetwork(knex: Knex, ports: number): Promise<OwnNetwork> {
  const now = new Date();
  const [known] = await affiliatedAses(knex);
  const { rows } = await knex.raw<{ rows: { asn: number }[] }>(
    'SELECT asn FROM peeringdb_netixlan GROUP BY asn ORDER BY abs(count(*) - ?), asn LIMIT 1',
    [ports],
  );
  const asn = known?.asn ?? rows[0]?.asn ?? 0;
  const id = known?.id ?? (await insertOwn(knex, asn, now));
  const { created, existing } = await knex.transaction((trx) => importPorts(trx, { id, asn }, { dryRun: false, now }));
  await knex.raw('ANALYZE');
  return { id, asn, connections: created.length + existing.length };
}

/** The two networks that are at about so many exchanges. */
export async function networksAt(knex: Knex, exchanges: number): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { asn: number }[] }>(
    'SELECT asn FROM peeringdb_netixlan GROUP BY asn ORDER BY abs(count(DISTINCT ixlan_id) - ?), asn LIMIT 2',
    [exchanges],
  );
  return rows.map(({ asn }) => asn);
}

/** All clients ask at once, each again as soon as it was answered; how long each answer took, in milliseconds. */
export async function ask(question: () => Promise<unknown>, clients: number, times: number): Promise<number[]> {
  const taken: number[] = [];
  const client = async (): Promise<void> => {
    for (let i = 0; i < times; i += 1) {
      const started = performance.now();
      await question();
      taken.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return taken;
}

/** How a question is asked once: as its bare SQL, and of the product by so many clients. */
interface Askers {
  readonly bare: () => Promise<void>;
  readonly product: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Both ways to ask a question. */
export function askersOf({ knex, api }: Rig, { path, source }: Question, clients: number): Askers {
  const { count, page } = pageStatements(source, parseListRequest(source, new URLSearchParams()));
  const pool = new Pool(api.url, { connections: clients });
  return {
    bare: async () => {
      await knex.raw(count.text, count.values);
      if (page) await knex.raw(page.text, page.values);
    },
    product: async () => {
      const headers = { authorization: `Token ${api.token}` };
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      await body.arrayBuffer();
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
    },
    close: () => pool.close(),
  };
}

async function measure(rig: Rig, question: Question, rounds: number): Promise<Comparison[]> {
  const { bare, product, close } = askersOf(rig, question, CLIENTS);
  const askAll = (one: () => Promise<void>): Promise<number[]> => ask(one, CLIENTS, TIMES);
  const measured: { floor: number[]; product: number[] }[] = [];
  await Promise.all([askAll(bare), askAll(product)]);
  for (let round = 0; round < rounds; round += 1)
    measured.push({ floor: await askAll(bare), product: await askAll(product) });
  await close();
  return [50, 95, 99].map((share) =>
    compare(
      `${question.name}, p${share}`,
      BOUND,
      measured.map((round) => ({ floor: percentile(round.floor, share), product: percentile(round.product, share) })),
    ),
  );
}

export /** Waits until the product can do everything. */
async function untilReady({ url }: Rig['api']): Promise<void> {
  for (;;) {
    const ready = await request(`${url}/health/ready`).catch(() => undefined);
    await ready?.body.dump();
    if (ready?.statusCode === 200) return;
    await sleep(200);
  }
}

/** What a peering coordinator asks, against the bare SQL through a pool of the same size, with 20 clients at once. */
export async function peeringQuestions(rig: Rig, rounds: number): Promise<Comparison[]> {
  await untilReady(rig.api);
  const { connections } = await becomeNetwork(rig.knex, 40);
  const asns = await networksAt(rig.knex, 300);
  const questions: Question[] = [
    {
      name: `available-peers with ${connections} connections`,
      path: '/api/peering/available-peers/',
      source: availablePeers({ notOperational: false, routeServers: false }),
    },
    {
      name: 'shared-ixps of two networks with 300 exchanges',
      path: `/api/peeringdb/networks/shared-ixps/?${asns.map((asn) => `asn=${asn}`).join('&')}`,
      source: sharedIxps(asns),
    },
  ];
  const comparisons: Comparison[] = [];
  for (const question of questions) comparisons.push(...(await measure(rig, question, rounds)));
  return comparisons;
}
