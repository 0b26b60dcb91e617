import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { startPostgres, type EmbeddedPostgres } from '../../engine/postgres';
import { startTemporal, type EmbeddedTemporal } from '../../engine/temporal';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { fileLog, temporaryFolder } from '../helpers/engine';
import { until } from '../helpers/processes';
import { startProductProcess, type ProductProcess } from '../helpers/product-process';
import { descendantsOf, startProduct, untilReady, type StartedProduct } from '../helpers/started-product';

jest.setTimeout(180_000);

const BIN = resolve(__dirname, '../../bin/crossconnect.cjs');
const TOKEN = 'a-token-given-from-outside';
const NAMESPACE = `external-${randomUUID()}`;

/** The folder of the servers, and the one of the product. */
let theirs: string;
let ours: string;
let postgres: EmbeddedPostgres;
let temporal: EmbeddedTemporal;
let fake: FakePeeringdb;
let api: StartedProduct;
let worker: ProductProcess;
/** All that the tests started, so that all of it is ended. */
const processes: ProductProcess[] = [];

const settings = () => ({
  DATA_DIR: ours,
  PORT: '0',
  API_TOKEN: TOKEN,
  SECRET_KEY: 'a secret key given from outside',
  DATABASE_URL: postgres.url,
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: NAMESPACE,
  PEERINGDB_API: fake.url,
  PEERINGDB_RATE_LIMIT: '1000000',
  PEERINGDB_SCHEDULE: '0 0 1 1 *',
});

/** A namespace as an operator makes it: the product's search attributes are not in it. */
async function makeNamespace(namespace: string): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  const { workflowService } = connection;
  const seconds = 86_400 as unknown as Long;
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds } });
  await until(() =>
    workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    ),
  );
  await connection.close();
}
type Long = NonNullable<
  NonNullable<
    Parameters<Connection['workflowService']['registerNamespace']>[0]['workflowExecutionRetentionPeriod']
  >['seconds']
>;

beforeAll(async () => {
  [theirs, ours] = [temporaryFolder('theirs'), temporaryFolder('ours')];
  const log = fileLog(`${theirs}/engine.log`);
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  const options = { dataDir: theirs, cliPath, namespaces: ['default'], uiPort: null, log, progress: () => undefined };
  postgres = await startPostgres({ dataDir: theirs, log });
  temporal = await startTemporal(options);
  fake = await startFakePeeringdb({ scale: 0.005 });
  await makeNamespace(NAMESPACE);
});
afterAll(async () => {
  for (const process of processes) process.signal('SIGTERM');
  await Promise.all(processes.map(({ exit }) => exit));
  await fake.close();
  await Promise.all([postgres.stop(), temporal.stop()]);
  for (const folder of [theirs, ours]) rmSync(folder, { recursive: true, force: true });
});

test('crossconnect migrate prepares a database that it did not start, once', async () => {
  const { PATH, HOME } = process.env;
  const migrate = () => promisify(execFile)(process.execPath, [BIN, 'migrate'], { env: { PATH, HOME, ...settings() } });
  expect((await migrate()).stdout.split('\n')[0]).toBe('0001_core');
  expect(await migrate()).toEqual({ stdout: '', stderr: 'the database is up to date\n' });
});

test('an API alone answers, and says that a worker is missing', async () => {
  api = await startProduct('api', settings());
  processes.push(api.process);
  await until(async () => (await api.get('/health/ready')).body.missing?.join() === 'worker');
  expect(api.process.said()).toContain('API token as given by API_TOKEN');
  const password = new URL(postgres.url).password;
  expect(api.process.said()).not.toContain(password);
  expect(api.process.said()).toContain(new URL(postgres.url).host);
});

test('with a worker of its own process it is ready, and synchronises', async () => {
  worker = startProductProcess('worker', settings());
  processes.push(worker);
  await untilReady(api);
  const { status, body } = await api.post('/api/peeringdb/cache/update-local/?wait=30', { mode: 'full' });
  expect({ status, job: body.status }).toEqual({ status: 200, job: 'completed' });
  const { body: page } = await api.get('/api/peeringdb/networks/?limit=1');
  expect(page.count).toBe(fake.state.counts().net);
  expect((await api.get('/api/status/')).body).toMatchObject({ namespace: NAMESPACE, workers: expect.any(Number) });
});

test('neither of them starts a server, or keeps anything in its data directory but where it is', async () => {
  const children = await Promise.all([api.process.pid, worker.pid].map(descendantsOf));
  const commands = children.flat().map(({ command }) => command);
  expect(commands.filter((command) => /postgres|temporal/.test(command))).toEqual([]);
  expect(readdirSync(ours)).toEqual(['run.json']);
});

test('a worker that is told to stop ends in order, and the API notices', async () => {
  worker.signal('SIGTERM');
  expect(await worker.exit).toBe(0);
  expect((await api.get('/api/peeringdb/networks/?limit=1')).status).toBe(200);
  api.process.signal('SIGTERM');
  expect(await api.process.exit).toBe(0);
  expect(readdirSync(ours)).toEqual([]);
});

test('a namespace that is not there yet is waited for, and the log says so', async () => {
  const namespace = `late-${randomUUID()}`;
  const late = startProductProcess('worker', { ...settings(), TEMPORAL_NAMESPACE: namespace });
  processes.push(late);
  const said = 'the namespace does not exist: expected an operator to make it';
  await until(() => late.lines.some(({ msg }) => msg.startsWith(said)), 30_000);
  await makeNamespace(namespace);
  await until(() => late.lines.some(({ msg }) => msg === 'connected to Temporal'), 60_000);
  late.signal('SIGTERM');
  expect(await late.exit).toBe(0);
});
