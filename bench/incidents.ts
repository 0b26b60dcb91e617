import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { routingKeyOf } from '../test/fakes/pagerduty/keys';
import type { Measurement } from './cases';
import { CRITICAL_KEY, FIRST_KEY, KEYS, STORM_KEY } from './keys';
import { untilReady } from './peering';
import type { Rig } from './rig';

/** What the issue of incidents asks for: a storm, a critical page in it, many keys, and a burst. */

const STORM = 200;
/** What 400 requests take at 110 a minute, and how much longer it may be. */
const STORM_SECONDS = 218;
const STORM_BOUND = 1.15;
const ALERTS = 1_000;
const BURST = 10_000;
const AT_ONCE = 20;

const BUSINESS = '/api/plugins/business-application';
const LOOK_MS = 200;
const LONGEST_MS = 900_000;

type Ask = (method: 'POST' | 'PATCH', path: string, body: object, expected: number) => Promise<Record<string, unknown>>;

function asking({ api }: Rig): { readonly ask: Ask; readonly close: () => Promise<void> } {
  const pool = new Pool(api.url, { connections: AT_ONCE });
  const headers = { authorization: `Token ${api.token}`, 'content-type': 'application/json' };
  return {
    ask: async (method, path, body, expected) => {
      const answer = await pool.request({ method, path: `${BUSINESS}${path}`, headers, body: JSON.stringify(body) });
      const text = await answer.body.text();
      if (answer.statusCode !== expected) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    close: () => pool.close(),
  };
}

async function inLanes(times: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${LONGEST_MS / 1000} s`);
    await sleep(LOOK_MS);
  }
}

const service = async (ask: Ask, name: string, key: number): Promise<number> =>
  Number((await ask('POST', '/technical-services/', { name, routing_key: routingKeyOf(key) }, 201))['id']);

/** Alerts of a dedup key like this one that PagerDuty holds as `told`, with nothing left to send. */
async function settled({ knex }: Rig, like: string, told: string): Promise<number> {
  const [row] = await knex('pagerduty_alert')
    .where('dedup_key', 'like', like)
    .where({ told, pending: 0 })
    .count<{ count: number }[]>('*');
  return row?.count ?? 0;
}

/** So many incidents opened and resolved at once, against PagerDuty's 120 a minute. */
async function storm(rig: Rig, ask: Ask): Promise<Measurement> {
  const { pagerduty } = rig;
  const id = await service(ask, 'storm', STORM_KEY);
  const started = performance.now();
  const ids: number[] = [];
  await inLanes(STORM, async (i) => {
    const incident = { title: `storm ${i}`, severity: 'medium', affected_services: [id] };
    ids.push(Number((await ask('POST', '/incidents/', incident, 201))['id']));
  });
  await inLanes(STORM, (i) => ask('PATCH', `/incidents/${ids[i] ?? 0}/`, { status: 'resolved' }, 200));
  await until('the storm', async () => (await settled(rig, 'netbox-incident-%', 'resolved')) === STORM);
  const seconds = (performance.now() - started) / 1000;
  const events = await pagerduty.log.events({ routing_key: routingKeyOf(STORM_KEY) });
  const taken = events.filter(({ status }) => status === 202).length;
  const throttled = events.filter(({ status }) => status === 429).length;
  const { received } = await pagerduty.log.largestWindow(routingKeyOf(STORM_KEY));
  const open = (await pagerduty.state.openAlerts({ routing_key: routingKeyOf(STORM_KEY) })).length;
  const detail = `${taken} of ${2 * STORM} delivered, ${open} left open, ${throttled} answers of 429, at most ${received} in any minute, ${(seconds / STORM_SECONDS).toFixed(2)} of the ${STORM_SECONDS} s that 110 a minute allow (bound ${STORM_BOUND})`;
  return { name: `${STORM} incidents opened and resolved`, ms: Math.round(seconds * 1000), detail };
}

/** New critical pages of a key that others wait for. */
async function critical({ knex, pagerduty }: Rig, ask: Ask): Promise<Measurement> {
  const id = await service(ask, 'critical', CRITICAL_KEY);
  const open = (title: string, severity: string): Promise<Record<string, unknown>> =>
    ask('POST', '/incidents/', { title, severity, affected_services: [id] }, 201);
  await inLanes(60, (i) => open(`waits ${i}`, 'low'));
  await until('waiting', async () => (await knex('pagerduty_send').where({ state: 'waiting' })).length > 20);
  const started = Date.now();
  await inLanes(8, (i) => open(`critical ${i}`, 'critical'));
  const isCritical = ({ body }: { body: unknown }): boolean => JSON.stringify(body).includes('[CRITICAL]');
  const arrived = async (): Promise<number[]> =>
    (await pagerduty.log.events({ routing_key: routingKeyOf(CRITICAL_KEY) }))
      .filter(isCritical)
      .map(({ at }) => at - started);
  await until('the critical pages', async () => (await arrived()).length === 8);
  const times = await arrived();
  return {
    name: '8 new critical pages while others wait',
    ms: Math.max(...times),
    detail: `delivered after ${times.map((time) => `${(time / 1000).toFixed(1)} s`).join(', ')}; a slot every 0.57 s, five in reserve`,
  };
}

/** Distinct alerts over many keys. */
async function manyKeys(rig: Rig, ask: Ask): Promise<Measurement> {
  for (let i = 0; i < KEYS; i++) await service(ask, `key ${i}`, FIRST_KEY + i);
  const started = performance.now();
  await inLanes(ALERTS, (i) =>
    ask(
      'POST',
      '/alerts/generic/',
      {
        ...{ source: 'bench', severity: 'high', status: 'triggered', message: `alert ${i}`, dedup_id: `many-${i}` },
        target: { type: 'service', identifier: `key ${i % KEYS}` },
      },
      202,
    ),
  );
  await until('alerts over many keys', async () => (await settled(rig, 'netbox-event-many-%', 'triggered')) === ALERTS);
  const ms = Math.round(performance.now() - started);
  const perKey = (ALERTS / KEYS) * (60_000 / 105);
  const detail = `${ALERTS} delivered; the pace of a key alone takes ${(perKey / 1000).toFixed(0)} s`;
  return { name: `${ALERTS} alerts over ${KEYS} keys`, ms, detail };
}

/** Events that come in all at once. */
async function burst(rig: Rig, ask: Ask): Promise<Measurement[]> {
  const { knex } = rig;
  const before = rig.memory();
  const started = performance.now();
  await inLanes(BURST, (i) =>
    ask(
      'POST',
      '/alerts/generic/',
      {
        ...{ source: 'bench', severity: 'low', status: 'triggered', message: `event ${i}`, dedup_id: `burst-${i}` },
      },
      202,
    ),
  );
  const ms = Math.round(performance.now() - started);
  const [row] = await knex('incident_event').where('dedup_id', 'like', 'burst-%').count<{ count: number }[]>('*');
  const after = rig.memory();
  const untold = async (): Promise<boolean> =>
    (await knex('pagerduty_alert').whereRaw('signalled < news').limit(1)).length === 0;
  await until('telling workflows', untold);
  const told = Math.round(performance.now() - started);
  const end = rig.memory();
  const show = (memory: ReturnType<Rig['memory']>): string => `${memory.api} and ${memory.worker} MiB`;
  return [
    {
      name: `${BURST} events in a burst`,
      ms,
      detail: `every answer 202, ${row?.count ?? 0} rows; API and worker ${show(before)} before, ${show(after)} after`,
    },
    { name: 'and all their workflows told', ms: told, detail: `API and worker ${show(end)}` },
  ];
}

/** What incidents and PagerDuty are measured by. */
export async function incidentMeasurements(rig: Rig): Promise<{ measurements: Measurement[] }> {
  const { ask, close } = asking(rig);
  await untilReady(rig.api);
  try {
    const measurements = [await critical(rig, ask), await storm(rig, ask), await manyKeys(rig, ask)];
    return { measurements: [...measurements, ...(await burst(rig, ask))] };
  } finally {
    await close();
  }
}
