import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, request } from 'undici';
import { DEVICE_QUERY } from '../activities/netbox/devices';
import { NETBOX_DEVICE_WORKFLOW } from '../workflows/netbox/start';
import type { Measurement } from './cases';
import { untilReady } from './peering';
import type { Rig } from './rig';
import { compare, type Comparison } from './statistics';

/** Webhooks of a round, and how many are on their way at once: NetBox has few workers. */
const WEBHOOKS = 1_000;
const AT_ONCE = 10;
/** 80 % of the rate of bare calls. */
const ACCEPTANCE_BOUND = 1.25;
const LISTING_BOUND = 1.3;
const DEVICES = 50_000;
const FEW = 5_000;
const CHANGED = 1_000;

/** How often a job is looked at; the precision of its time. Milliseconds. */
const LOOK_MS = 100;

const WEBHOOK_PATH = '/api/devices/routers/update-from-netbox/';

/** Does something `times` times, so many at once; milliseconds for all. */
async function timed(times: number, work: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < times) await work(next++);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return performance.now() - started;
}

/** Visibility follows what happens after a moment: calm is what stays calm for a second. */
const CALM_LOOKS = 5;

/** Waits until no device's workflow runs any more. */
async function untilCalm({ client }: Rig): Promise<void> {
  const query = `WorkflowType = '${NETBOX_DEVICE_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  for (let calm = 0; calm < CALM_LOOKS;) {
    calm = (await client.workflow.count(query)).count === 0 ? calm + 1 : 0;
    await sleep(200);
  }
}

/** Webhooks against bare `signalWithStart` calls (`bare-api.ts`): the same workflows, server, worker and processes. */
async function acceptance(rig: Rig, rounds: number): Promise<Comparison> {
  const { api } = rig;
  const pool = new Pool(api.url, { connections: AT_ONCE });
  const headers = { authorization: `Token ${api.token}`, 'content-type': 'application/json' };
  const barePool = new Pool(rig.bareApi, { connections: AT_ONCE });
  const bare = async (i: number, round: number): Promise<void> => {
    const answer = await barePool.request({ method: 'POST', path: `/${i + 1}/bare-${round}`, body: '{}' });
    await answer.body.dump();
    if (answer.statusCode !== 202) throw new Error(`the floor answered ${answer.statusCode}`);
  };
  const webhook = async (i: number, round: number): Promise<void> => {
    const device = {
      id: i + 1,
      display: `d${i}`,
      name: `d${i}`,
      role: { slug: 'router' },
      status: { value: 'active' },
    };
    const body = JSON.stringify({ event: 'updated', data: device, request_id: `webhook-${round}`, username: 'bench' });
    const answer = await pool.request({ method: 'POST', path: WEBHOOK_PATH, headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 202) throw new Error(`a webhook was answered ${answer.statusCode}`);
  };
  const measured: { floor: number; product: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const floor = await timed(WEBHOOKS, (i) => bare(i, round));
    await untilCalm(rig);
    const product = await timed(WEBHOOKS, (i) => webhook(i, round));
    await untilCalm(rig);
    measured.push({ floor, product });
  }
  await Promise.all([pool.close(), barePool.close()]);
  return compare(`${WEBHOOKS} webhooks, ${AT_ONCE} at once`, ACCEPTANCE_BOUND, measured);
}

/** All of so many devices changed at once, twice, with a webhook each: until all routers are right. */
async function bulk(rig: Rig): Promise<Measurement> {
  const { netbox, knex, api } = rig;
  await netbox.webhooks.addTarget({
    url: `${api.url}${WEBHOOK_PATH}`,
    headers: { Authorization: `Token ${api.token}` },
  });
  await netbox.clearRequests();
  const started = performance.now();
  for (const name of ['first', 'second'])
    await netbox.state.bulkUpdate(Array.from({ length: CHANGED }, (_, i) => ({ id: i + 1, name: `${name} ${i + 1}` })));
  await netbox.webhooks.idle();
  await untilCalm(rig);
  const ms = performance.now() - started;
  const requests = (await netbox.requests()).length;
  const [row] = await knex('devices_router').where('name', 'like', 'second %').count<{ count: number }[]>('*');
  if (row?.count !== CHANGED) throw new Error(`${row?.count ?? 0} of ${CHANGED} routers are right`);
  const each = (requests / CHANGED).toFixed(2);
  return {
    name: `${CHANGED} devices changed in bulk twice`,
    ms: Math.round(ms),
    detail: `${each} requests to NetBox a device (bound 2), all routers right`,
  };
}

async function reconcile(
  { api }: Rig,
  body: object,
): Promise<{ ms: number; result: Record<string, unknown>; id: string }> {
  const headers = { authorization: `Token ${api.token}`, 'content-type': 'application/json' };
  const started = performance.now();
  let job = (await (
    await request(`${api.url}/api/devices/reconcile/`, { method: 'POST', headers, body: JSON.stringify(body) })
  ).body.json()) as { id: string; status: string; url: string; result: Record<string, unknown> };
  while (['pending', 'running', 'waiting'].includes(job.status)) {
    await sleep(LOOK_MS);
    job = (await (await request(job.url, { headers })).body.json()) as typeof job;
  }
  if (job.status !== 'completed') throw new Error(`a reconciliation ended as ${job.status}: ${JSON.stringify(job)}`);
  return { ms: performance.now() - started, result: job.result, id: job.id };
}

/** The bare listing: the same pages, fetched one after the other and parsed. */
async function bareListing({ netbox }: Rig): Promise<number> {
  const headers = { authorization: `Token ${netbox.token}` };
  const started = performance.now();
  for (let start: string | null = '0'; start !== null;) {
    const { body } = await request(`${netbox.url}/api/dcim/devices/?${DEVICE_QUERY}&limit=1000&start=${start}`, {
      headers,
    });
    const page = JSON.parse(await body.text()) as { next: string | null };
    start = page.next === null ? null : new URL(page.next).searchParams.get('start');
  }
  return performance.now() - started;
}

async function comparing(rig: Rig, rounds: number): Promise<Comparison> {
  const measured: { floor: number; product: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push({ floor: await bareListing(rig), product: (await reconcile(rig, {})).ms });
  return compare(`${DEVICES} devices compared, nothing changed`, LISTING_BOUND, measured);
}

async function apply(rig: Rig): Promise<{ ms: number; changed: number }> {
  const { id, result } = await reconcile(rig, {});
  const lists = [result['create'], result['update'], result['delete']] as unknown[][];
  const { ms } = await reconcile(rig, { plan: id, checksum: result['checksum'] });
  return { ms, changed: lists.reduce((sum, list) => sum + list.length, 0) };
}

const applied = (what: string, { ms, changed }: { ms: number; changed: number }): Measurement => ({
  name: `a plan applied: ${what}`,
  ms: Math.round(ms),
  detail: `${changed} devices, ${(ms / changed).toFixed(1)} ms each`,
});

async function rename({ netbox }: Rig, count: number): Promise<void> {
  for (let id = 1; id <= count; id += 1) await netbox.state.updateSilently(id, { name: `quietly ${id}` });
}

/** What NetBox's webhooks and reconciliations cost. */
export async function netboxMeasurements(
  rig: Rig,
  rounds: number,
): Promise<{ comparisons: Comparison[]; measurements: Measurement[] }> {
  await untilReady(rig.api);
  const { netbox } = rig;
  await netbox.state.insertSilently(FEW);
  const first = applied('first routers', await apply(rig));
  const few = await reconcile(rig, {});
  const accepted = await acceptance(rig, rounds);
  const twice = await bulk(rig);
  await rename(rig, CHANGED);
  const changed = applied('names', await apply(rig));
  await netbox.state.insertSilently(DEVICES - FEW);
  const rest = applied('the other routers', await apply(rig));
  const compared = await comparing(rig, rounds);
  const small = { name: `${FEW} devices compared`, ms: Math.round(few.ms), detail: 'nothing changed' };
  return { comparisons: [accepted, compared], measurements: [twice, first, changed, rest, small] };
}
