import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OBJECT_TAGS } from '../../store/peeringdb/objects';
import { FAKE_API_KEY, startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { temporaryFolder } from '../helpers/engine';
import { isAlive, until } from '../helpers/processes';
import { startProductProcess, type ProductProcess } from '../helpers/product-process';
import { descendantsOf, outputOf, startProduct, untilReady, type StartedProduct } from '../helpers/started-product';

jest.setTimeout(180_000);

let dataDir: string;
let fake: FakePeeringdb;
let product: StartedProduct;
/** All that the tests started, so that all of it is ended, and all that it said can be looked at. */
const processes: ProductProcess[] = [];

const settings = (folder = dataDir) => ({
  DATA_DIR: folder,
  PORT: '0',
  TEMPORAL_UI_PORT: '0',
  LOG_LEVEL: 'debug',
  PEERINGDB_API: fake.url,
  PEERINGDB_API_KEY: FAKE_API_KEY,
  PEERINGDB_RATE_LIMIT: '1000000',
  // Once a year: only what the tests start is to run.
  PEERINGDB_SCHEDULE: '0 0 1 1 *',
});

async function start(): Promise<StartedProduct> {
  const started = await startProduct('start', settings());
  processes.push(started.process);
  return started;
}

/** A start that is refused: its exit code and what it said. */
async function refused(changes: Readonly<Record<string, string>>): Promise<{ code: unknown; said: string }> {
  const process = startProductProcess('start', { ...settings(), LOG_LEVEL: 'info', ...changes });
  processes.push(process);
  const code = await process.exit;
  return { code, said: process.lines.map(({ msg }) => msg).join('\n') };
}

const countsOf = async (): Promise<Record<string, number | null>> => (await product.get(STATISTICS)).body;
const STATISTICS = '/api/peeringdb/cache/statistics/';
const UPDATE = '/api/peeringdb/cache/update-local/';

beforeAll(async () => {
  dataDir = temporaryFolder('start');
  fake = await startFakePeeringdb({ scale: 0.005 });
  product = await start();
  await untilReady(product);
});
afterAll(async () => {
  for (const process of processes) process.signal('SIGTERM');
  await Promise.all(processes.map(({ exit }) => exit));
  await fake.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a start says where everything is, and nothing else on standard output', () => {
  const { url } = product;
  expect(product.process.said().split('\n')).toEqual([
    'Crossconnect (start) is running; Ctrl-C stops it and all it started.',
    `  API ${url}/api/ (documentation: ${url}/api/schema/swagger-ui/)`,
    `  API token in ${join(dataDir, 'token')}`,
    expect.stringMatching(`^  PostgreSQL \\d+\\.\\d+, data in ${dataDir}/postgres$`),
    expect.stringMatching(/^ {2}Temporal UI http:\/\/127\.0\.0\.1:\d+$/),
    expect.stringMatching(`^  Temporal 127\\.0\\.0\\.1:\\d+, data in ${dataDir}/temporal/temporal\\.db$`),
    '',
  ]);
});

test('what it started is ready: database, Temporal and worker, and Temporal UI', async () => {
  const { status, body } = await product.get('/health/ready');
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      status: 'ready',
      checks: { database: { status: 'ok' }, temporal: { status: 'ok' }, worker: { status: 'ok' } },
    },
  });
  const ui = /Temporal UI (\S+)/.exec(product.process.said())?.[1] ?? '';
  expect((await fetch(ui)).status).toBe(200);
});

test('the generated token is for its owner only, and is the one that the API takes', async () => {
  for (const file of ['token', 'secret-key']) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  expect((await product.get('/api/status/')).status).toBe(200);
  expect((await product.get('/api/status/', 'f'.repeat(40))).status).toBe(401);
});

test('a synchronisation that is waited for fills the cache with what upstream has', async () => {
  const { status, body } = await product.post(`${UPDATE}?wait=30`, { mode: 'full' });
  expect({ status, job: body.status }).toEqual({ status: 200, job: 'completed' });
  expect(body.result.summary).toMatch(/^full: /);
  const counts = await countsOf();
  for (const tag of OBJECT_TAGS) expect(counts[`${tag}-count`]).toBe(fake.state.liveRows(tag, 'key').length);
});

test('a second start on the same data is refused by name, and does the first no harm', async () => {
  const { code, said } = await refused({});
  expect(code).toBe(1);
  expect(said).toBe(
    `crossconnect: crossconnect runs on '${dataDir}' already (process ${product.process.pid}): expected one at a time; stop that one, or choose another DATA_DIR`,
  );
  expect((await product.get('/health/ready')).status).toBe(200);
  expect((await product.cli('healthcheck')).code).toBe(0);
});

test('a port that is in use is named with its setting, and nothing is left running', async () => {
  const { port } = new URL(product.url);
  const folder = temporaryFolder('start-port');
  try {
    const { code, said } = await refused({ DATA_DIR: folder, PORT: port });
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^crossconnect: port ${port} .* is in use: .*set PORT to another$`));
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Ctrl-C in the middle of a start ends it at once, and what it had started ends with it', async () => {
  const folder = temporaryFolder('start-stopped');
  try {
    const process = startProductProcess('start', { ...settings(), DATA_DIR: folder });
    processes.push(process);
    await until(() => existsSync(join(folder, 'postgres', 'postmaster.pid')), 60_000);
    const children = await descendantsOf(process.pid);
    expect(children.length).toBeGreaterThan(0);
    process.signal('SIGINT');
    expect(await process.exit).toBe(130);
    expect(process.said()).toBe('');
    await until(() => !children.some(({ pid }) => isAlive(pid)), 40_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Ctrl-C lets a request in flight have its answer, and leaves no process and no word of one', async () => {
  fake.faults.add({ tag: 'net', kind: 'since' }, { kind: 'hang', after: 'half' });
  const waiting = product.post(`${UPDATE}?wait=30`, { mode: 'incremental' });
  await until(async () => (await countsOf())['running'] !== null);
  const children = await descendantsOf(product.process.pid);
  const commands = children.map(({ command }) => command).join('\n');
  for (const server of ['postgres -D', 'server start-dev']) expect(commands).toContain(`${server} `);
  product.process.signal('SIGINT');
  expect(await waiting).toMatchObject({ status: 202, body: { workflow_id: 'peeringdb-sync' } });
  expect(await product.process.exit).toBe(0);
  expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect(['run.json', 'lock.json'].filter((file) => existsSync(join(dataDir, file)))).toEqual([]);
});

test('the next start finds its data and its token, and goes on with what was interrupted', async () => {
  const { token } = product;
  fake.faults.clear();
  product = await start();
  await untilReady(product);
  expect(product.token).toBe(token);
  expect((await countsOf())['net-count']).toBe(fake.state.counts().net);
  const [job] = (await product.get('/api/core/jobs/?limit=1')).body.results;
  const { code, stdout } = await product.cli('job', 'show', job.id, '--wait');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^incremental: nothing changed/) });
});

test('no secret is ever said, at any level of the log', async () => {
  const { body } = await product.post('/api/users/tokens/', { name: 'secret of the tests', scope: 'read' });
  expect((await product.get('/api/status/', body.key)).status).toBe(200);
  const files = ['token', 'secret-key', 'postgres-password'].map((name) => readFileSync(join(dataDir, name), 'utf8'));
  const said = processes.map(outputOf).join('\n');
  expect(said).toContain('answered');
  for (const secret of [...files, FAKE_API_KEY, body.key as string]) {
    expect(secret.trim().length).toBeGreaterThan(15);
    expect(said).not.toContain(secret.trim());
  }
});
