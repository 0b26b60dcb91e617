import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Pool, request } from 'undici';
import { availablePeers } from '../store/peering/available-peers';
import { importPorts } from '../store/peering/import';
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
interface Question {
  readonly name: string;
  readonly path: string;
  readonly source: ListSource;
}

/** Makes the network with about so many ports our own, with all of them as connections; how many there are. */
async function becomeNetwork(knex: Knex, ports: number): Promise<number> {
  const { rows } = await knex.raw<{ rows: { asn: number }[] }>(
    'SELECT asn FROM peeringdb_netixlan GROUP BY asn ORDER BY abs(count(*) - ?), asn LIMIT 1',
    [ports],
  );
  const asn = rows[0]?.asn ?? 0;
  const flags = ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'].map((field) => [
    `${field}_peeringdb_sync`,
    true,
  ]);
  const now = new Date();
  const id = await insertRecord(
    knex,
    AUTONOMOUS_SYSTEM,
    {
      ...{ asn, name: 'Ours', affiliated: true, description: '', irr_as_set: '', comments: '' },
      ...(Object.fromEntries(flags) as Record<string, boolean>),
    },
    now,
  );
  const { created } = await knex.transaction((trx) => importPorts(trx, { id, asn }, { dryRun: false, now }));
  await knex.raw('ANALYZE');
  return created.length;
}

/** The two networks that are at about so many exchanges. */
async function networksAt(knex: Knex, exchanges: number): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { asn: number }[] }>(
    'SELECT asn FROM peeringdb_netixlan GROUP BY asn ORDER BY abs(count(DISTINCT ixlan_id) - ?), asn LIMIT 2',
    [exchanges],
  );
  return rows.map(({ asn }) => asn);
}

/** All clients ask at once, each again as soon as it was answered; how long each answer took, in milliseconds. */
async function ask(question: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const client = async (): Promise<void> => {
    for (let i = 0; i < TIMES; i += 1) {
      const started = performance.now();
      await question();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

async function measure({ knex, api }: Rig, { name, path, source }: Question, rounds: number): Promise<Comparison[]> {
  const { count, page } = pageStatements(source, parseListRequest(source, new URLSearchParams()));
  const bare = async (): Promise<void> => {
    await knex.raw(count.text, count.values);
    if (page) await knex.raw(page.text, page.values);
  };
  const pool = new Pool(api.url, { connections: CLIENTS });
  const product = async (): Promise<void> => {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path,
      headers: { authorization: `Token ${api.token}` },
    });
    await body.arrayBuffer();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  };
  const measured: { floor: number[]; product: number[] }[] = [];
  await Promise.all([ask(bare), ask(product)]);
  for (let round = 0; round < rounds; round += 1)
    measured.push({ floor: await ask(bare), product: await ask(product) });
  await pool.close();
  return [50, 95, 99].map((share) =>
    compare(
      `${name}, p${share}`,
      BOUND,
      measured.map((round) => ({ floor: percentile(round.floor, share), product: percentile(round.product, share) })),
    ),
  );
}

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
  const connections = await becomeNetwork(rig.knex, 40);
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
