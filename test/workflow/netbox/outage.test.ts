import { setTimeout as sleep } from 'node:timers/promises';
import { forwardHints } from '../../../api/temporal/netbox';
import { createTemporal, type Temporal } from '../../../api/temporal/client';
import { createLogger } from '../../../config/log';
import { createStore } from '../../../store/knex';
import { keepHint } from '../../../store/netbox/hints';
import { netboxDeviceWorkflowId, type DeviceHint } from '../../../workflows/netbox/messages';
import { noTemporal, testTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, fromGlobalSetup, type TestDatabase } from '../../helpers/database';
import { classic, deliver, keptHints, webhookApi } from '../../helpers/netbox-webhook';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy';
import { connectTestTemporal, testNamespace, type TestTemporal } from '../../helpers/temporal';

const log = createLogger({ LOG_LEVEL: 'silent', LOG_LEVELS: {} });
const nothing = (): void => undefined;
const SILENT = { debug: nothing, warn: nothing, error: nothing, deprecate: nothing };

let database: TestDatabase;
let theirs: TestTemporal;
let proxy: TcpProxy;
let temporal: Temporal;
let api: TestApi;
let devices: number[];
let stop: AbortController;
let running: Promise<void>[];

/** Ids that no other test uses: there is no worker, so that what is told to a workflow stays. */
let last = Math.floor(Math.random() * 2 ** 40);

beforeAll(async () => {
  database = await createTestDatabase();
  theirs = await connectTestTemporal();
});

beforeEach(async () => {
  proxy = await startTcpProxy(Number(fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL').split(':').at(-1)));
  temporal = createTemporal({ namespace: testNamespace(), address: `127.0.0.1:${proxy.port}` }, log);
  api = webhookApi(database.knex, temporal);
  devices = Array.from({ length: 5 }, () => ++last);
  stop = new AbortController();
  running = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await temporal.close();
  await proxy.close();
  await database.knex('netbox_hint').delete();
  for (const id of devices) await terminate(id);
});

afterAll(async () => {
  await theirs.close();
  await database.drop();
});

const handleOf = (id: number) => theirs.client.workflow.getHandle(netboxDeviceWorkflowId(id));

const terminate = async (id: number): Promise<void> => {
  await handleOf(id)
    .terminate('the test is over')
    .catch(() => undefined);
};

/** The requests that the workflow of a device was told of, in order. */
async function told(id: number): Promise<(string | undefined)[]> {
  const { events } = await handleOf(id).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signaled }) => {
    const data = signaled?.input?.payloads?.[0]?.data;
    return data ? [(JSON.parse(Buffer.from(data).toString()) as DeviceHint).request_id] : [];
  });
}

const hint = (request_id: string): DeviceHint => ({ layer: 'webhook', request_id });

/** Keeps so many hints of each device, one device after the other; by device, the requests. */
async function keep(count: number): Promise<string[]> {
  const requests = Array.from({ length: count }, (_, index) => `request ${index}`);
  for (const request of requests)
    for (const id of devices) await keepHint(database.knex, id, hint(request), new Date());
  return requests;
}

function forward(via: Temporal = temporal): void {
  running.push(forwardHints({ knex: database.knex, temporal: via, log }, stop.signal));
}

async function until(is: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await is());) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time');
    await sleep(50);
  }
}

const kept = async (): Promise<number> => (await keptHints(database.knex)).length;

const up = (): Promise<boolean> => temporal.call(async () => true).catch(() => false);

/** Sends a webhook; how it is answered, and after how many milliseconds. */
async function send(id: number, request_id: string): Promise<{ status: number; ms: number }> {
  const started = performance.now();
  const { status } = await deliver(api, { ...classic({ id }), request_id });
  return { status, ms: performance.now() - started };
}

test('a webhook goes to the workflow of its device, and nothing is kept', async () => {
  await until(up);
  const [id] = devices as [number];
  for (const request of ['1', '2']) expect((await send(id, request)).status).toBe(202);
  expect(await told(id)).toEqual(['1', '2']);
  expect(await kept()).toBe(0);
});

test('webhooks that arrive while Temporal is away are kept, and passed on in their order when it is back', async () => {
  await until(up);
  proxy.judge(() => 'reset');
  const [id] = devices as [number];
  for (const request of ['1', '2', '3']) expect((await send(id, request)).status).toBe(202);
  expect((await keptHints(database.knex)).map(({ hint: one }) => one.request_id)).toEqual(['1', '2', '3']);
  forward();
  await sleep(200);
  expect(await kept()).toBe(3);
  proxy.judge(() => 'pass');
  await until(async () => (await kept()) === 0);
  // One whose answer was lost on the way is passed on again, which does no harm.
  expect([...new Set(await told(id))]).toEqual(['1', '2', '3']);
});

/** Sends five webhooks, which are all kept. The middle time: on a busy machine some are held up by something else. */
async function keepsFive(): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < 5; number += 1) {
    const { status, ms } = await send(devices[0]!, `${number}`);
    expect(status).toBe(202);
    times.push(ms);
  }
  expect(await kept()).toBe(5);
  return times.toSorted((one, other) => one - other)[2]!;
}

test('while Temporal hangs NetBox has its answer within a second', async () => {
  await until(up);
  proxy.judge(() => 'silence');
  expect(await keepsFive()).toBeLessThan(1_000);
});

test('so it has from a product that was started while Temporal hung', async () => {
  proxy.judge(() => 'silence');
  const late = createTemporal({ namespace: testNamespace(), address: `127.0.0.1:${proxy.port}` }, log);
  api = webhookApi(database.knex, late);
  expect(await keepsFive()).toBeLessThan(1_000);
  await late.close();
});

test('kept hints are passed on in their order, more of them than at once, and none twice', async () => {
  const requests = await keep(50);
  await until(up);
  forward();
  await until(async () => (await kept()) === 0);
  for (const id of devices) expect(await told(id)).toEqual(requests);
});

test('of two processes that pass hints on at once each takes its share, and none is lost or passed on twice', async () => {
  const requests = await keep(60);
  const other = testTemporal();
  await until(() => other.call(async () => true).catch(() => false));
  await until(up);
  forward();
  forward(other);
  await until(async () => (await kept()) === 0);
  for (const id of devices) expect((await told(id)).toSorted()).toEqual(requests.toSorted());
  stop.abort();
  await Promise.all(running);
  await other.close();
});

test('none is lost when Temporal goes away in the midst of passing them on', async () => {
  const requests = await keep(40);
  await until(up);
  let pieces = 0;
  proxy.judge(() => (++pieces > 60 && pieces <= 63 ? 'reset' : 'pass'));
  forward();
  await until(async () => (await kept()) === 0);
  expect(pieces).toBeGreaterThan(63);
  for (const id of devices) expect(new Set(await told(id))).toEqual(new Set(requests));
});

test('a hint that Temporal refuses stays, with those of its device behind it, and holds up no other', async () => {
  const [refused, fine] = devices as [number, number];
  const tooLarge: DeviceHint = { layer: 'webhook', request_id: '1', username: 'x'.repeat(3 * 1024 * 1024) };
  await keepHint(database.knex, refused, tooLarge, new Date());
  await keepHint(database.knex, refused, hint('2'), new Date());
  for (let number = 0; number < 150; number += 1) await keepHint(database.knex, fine, hint(`${number}`), new Date());
  await until(up);
  forward();
  await until(async () => (await kept()) === 2);
  expect(await told(fine)).toHaveLength(150);
  expect((await keptHints(database.knex)).map(({ device_id }) => device_id)).toEqual([refused, refused]);
});

test('a webhook that Temporal refuses for a reason of its own is kept', async () => {
  const refusing: Temporal = { ...temporal, call: () => Promise.reject(new Error('8 RESOURCE_EXHAUSTED')) };
  api = webhookApi(database.knex, refusing);
  expect((await send(devices[0]!, '1')).status).toBe(202);
  expect(await kept()).toBe(1);
});

test('without PostgreSQL a webhook goes to Temporal, whatever its role; without both it is a 503', async () => {
  const nowhere = createStore('postgres://nobody@127.0.0.1:1/nothing', { log: SILENT });
  const away = noTemporal();
  const [id] = devices as [number];
  try {
    await until(up);
    api = webhookApi(nowhere, temporal);
    for (const slug of ['router', 'server'])
      await deliver(api, { ...classic({ id, device_role: { slug } }), request_id: slug }).expect(202);
    expect(await told(id)).toEqual(['router', 'server']);
    const { body } = await deliver(webhookApi(nowhere, away), classic({ id })).expect(503);
    expect(body.type).toBe('urn:crossconnect:problem:database-unavailable');
  } finally {
    await away.close();
    await nowhere.destroy();
  }
});
