import { Pool, request } from 'undici';
import { FAKE_IXAPI_KEY } from '../test/fakes/ixapi/keys';
import { ixapiRefreshWorkflowId } from '../workflows/ixapi/messages';
import type { Measurement } from './cases';
import { untilReady } from './peering';
import type { Rig } from './rig';
import { CONFIGS } from './sizes';
import { compare, type Comparison } from './statistics';

/** The answer that a person waits for. */
const QUESTIONS = 20;
const REFRESH_BOUND = 1.5;
const ANSWER_BOUND = 2;
/** How long a page is on its way from an exchange that is not on this machine: the way alone, within a country. */
const PAGE_MS = 10;
async function post(rig: Rig, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Token ${rig.api.token}`, 'content-type': 'application/json' };
  const answer = await request(`${rig.api.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path} answers ${answer.statusCode}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Our AS, the IX-API object and the exchange that links to it; the id of the exchange. */
export async function link(rig: Rig): Promise<number> {
  const { api_key, api_secret, account } = FAKE_IXAPI_KEY;
  const own = await post(rig, '/api/peering/autonomous-systems/', { asn: 64500, name: 'Bench', affiliated: true });
  const access = { name: 'Bench', api_url: rig.ixapi.url, api_key, api_secret, identity: account };
  const { id: ixapi_endpoint } = await post(rig, '/api/extras/ix-api/', access);
  const exchange = { name: 'Bench', local_autonomous_system: own['id'], ixapi_endpoint };
  const { id } = await post(rig, '/api/peering/internet-exchanges/', exchange);
  await post(rig, '/api/net/connections/', { internet_exchange_point: id, ipv4_address: '198.18.15.254/20' });
  return Number(id);
}

/** From asking a process of its own for the bare reading to its answer; how many pages there were. */
async function bareReading({ bareIxapi }: Rig): Promise<{ ms: number; pages: number }> {
  const started = performance.now();
  const answer = await request(bareIxapi, { method: 'POST' });
  const { pages } = (await answer.body.json()) as { pages: number };
  return { ms: performance.now() - started, pages };
}

/** From asking for it to the end of its workflow. */
export async function refresh(rig: Rig, exchange: number): Promise<number> {
  const started = performance.now();
  await post(rig, `/api/peering/internet-exchanges/${exchange}/ix-api/refresh/`, {});
  await rig.client.workflow.getHandle(ixapiRefreshWorkflowId(exchange)).result();
  return performance.now() - started;
}

const requestsOf = async ({ ixapi }: Rig): Promise<number> =>
  Object.values(await ixapi.log.counts()).reduce((sum, count) => sum + count, 0);

/** A kind of refresh: what is done before each. */
interface Kind {
  readonly name: string;
  readonly before?: (round: number) => Promise<void>;
}

/** Refreshes against bare readings; and how many requests each took. */
async function refreshing(
  rig: Rig,
  exchange: number,
  rounds: number,
  { name, before }: Kind,
): Promise<{ comparison: Comparison; measurement: Measurement }> {
  await refresh(rig, exchange);
  const measured: { floor: number; product: number }[] = [];
  let [pages, requests] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    await before?.(round);
    const bare = await bareReading(rig);
    await rig.ixapi.log.clear();
    measured.push({ floor: bare.ms, product: await refresh(rig, exchange) });
    [pages, requests] = [bare.pages, await requestsOf(rig)];
  }
  const detail = `${requests} requests; the lists have ${pages} pages`;
  return {
    comparison: compare(name, REFRESH_BOUND, measured),
    measurement: { name: `requests: ${name}`, ms: 0, detail },
  };
}

/** So many configs change between two refreshes. */
const CHANGED = 20;

/** Refreshes of an exchange on this machine, of one whose pages take as long as from a place nearby, and with changes. */
async function refreshes(
  rig: Rig,
  exchange: number,
  rounds: number,
): Promise<{ comparison: Comparison; measurement: Measurement }[]> {
  const { ixapi, knex } = rig;
  const configs = await knex('ixapi_object')
    .where({ collection: 'network_service_configs' })
    .orderBy('id')
    .limit(CHANGED)
    .pluck<string[]>('id');
  const change = async (round: number): Promise<void> => {
    for (const id of configs) await ixapi.state.update('network-service-configs', id, { capacity: 1000 + round });
  };
  const name = `${CONFIGS} network service configs refreshed`;
  const atOnce = [
    await refreshing(rig, exchange, rounds, { name }),
    await refreshing(rig, exchange, rounds, { name: `${name}, ${CHANGED} changed`, before: change }),
  ];
  await ixapi.faults.add({ path: '/*', count: null }, { kind: 'delay', milliseconds: PAGE_MS });
  const far = [
    await refreshing(rig, exchange, rounds, { name: `${name}, ${PAGE_MS} ms a page` }),
    await refreshing(rig, exchange, rounds, {
      name: `${name}, ${CHANGED} changed, ${PAGE_MS} ms a page`,
      before: change,
    }),
  ];
  await ixapi.faults.clear();
  return [...atOnce, ...far];
}

/** What is read for an answer: what the exchange showed, and our connections. */
async function bareSql({ knex }: Rig, exchange: number): Promise<void> {
  await knex.raw('SELECT collection, document FROM ixapi_object ORDER BY collection, id');
  await knex.raw('SELECT * FROM net_connection WHERE internet_exchange_point = ? ORDER BY id', [exchange]);
}

/** The answer from the store against the SQL that reads it. */
async function answering(rig: Rig, exchange: number, rounds: number): Promise<Comparison> {
  const pool = new Pool(rig.api.url, { connections: 1 });
  const path = `/api/peering/internet-exchanges/${exchange}/ix-api/`;
  const headers = { authorization: `Token ${rig.api.token}` };
  const timed = async (work: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    for (let i = 0; i < QUESTIONS; i += 1) await work();
    return (performance.now() - started) / QUESTIONS;
  };
  const measured: { floor: number; product: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const floor = await timed(() => bareSql(rig, exchange));
    const product = await timed(async () => {
      const answer = await pool.request({ method: 'GET', path, headers });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`the API answered ${answer.statusCode}: ${text}`);
    });
    measured.push({ floor, product });
  }
  await pool.close();
  return compare(`what an exchange shows, ${CONFIGS} configs`, ANSWER_BOUND, measured);
}

/** What reading an exchange through IX-API costs, and what is answered of it. */
export async function ixapiMeasurements(
  rig: Rig,
  rounds: number,
): Promise<{ comparisons: Comparison[]; measurements: Measurement[] }> {
  await untilReady(rig.api);
  const exchange = await link(rig);
  const first = {
    name: 'the first refresh',
    ms: Math.round(await refresh(rig, exchange)),
    detail: `${CONFIGS} configs, nothing known`,
  };
  const refreshed = await refreshes(rig, exchange, rounds);
  return {
    comparisons: [...refreshed.map(({ comparison }) => comparison), await answering(rig, exchange, rounds)],
    measurements: [first, ...refreshed.map(({ measurement }) => measurement)],
  };
}
