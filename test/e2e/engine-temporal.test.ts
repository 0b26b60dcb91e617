import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { PortInUseError } from '../../engine/errors';
import { ensureNamespace } from '../../engine/namespace';
import { startTemporal, type EmbeddedTemporal, type TemporalOptions } from '../../engine/temporal';
import { fileLog, temporaryFolder } from '../helpers/engine';
import { isAlive, killEngineParents, startEngineParent, until } from '../helpers/processes';
import { fromGlobalSetup } from '../helpers/database';

const NAMESPACE = 'crossconnect';
const WEEK = 7 * 86_400;

let dataDir: string;
let servers: EmbeddedTemporal[];
let others: Server[];

beforeEach(() => {
  dataDir = temporaryFolder('temporal');
  servers = [];
  others = [];
});
afterEach(async () => {
  await killEngineParents();
  await Promise.all(servers.map((server) => server.stop()));
  for (const other of others) other.close();
  rmSync(dataDir, { recursive: true });
});

async function start(options: Partial<TemporalOptions> = {}): Promise<EmbeddedTemporal> {
  const log = fileLog(join(dataDir, 'engine.log'));
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  const defaults = { dataDir, cliPath, namespaces: [NAMESPACE], uiPort: null, log, progress: () => undefined };
  const server = await startTemporal({ ...defaults, ...options });
  servers.push(server);
  return server;
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection, namespace: NAMESPACE }));
  } finally {
    await connection.close();
  }
}

/** Starts a workflow that no worker ever runs. */
const remember = (address: string): Promise<unknown> =>
  withClient(address, (client) => client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }));

const recall = (address: string): Promise<string> =>
  withClient(address, async (client) => (await client.workflow.getHandle('kept').describe()).status.name);

async function occupy(port: number): Promise<number> {
  const other = createServer().listen(port, '127.0.0.1');
  others.push(other);
  await once(other, 'listening');
  return (other.address() as AddressInfo).port;
}

const retentionOf = async (client: Client, namespace: string): Promise<number> => {
  const { config } = await client.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds);
};

test('a workflow that was started is there after a stop and a start', async () => {
  const first = await start();
  await remember(first.address);
  await first.stop();
  expect(first.status()).toMatchObject({ state: 'stopped', restarts: 0 });
  const second = await start();
  expect(await recall(second.address)).toBe('RUNNING');
});

test('a killed Temporal server comes back at the same address with every start that it acknowledged', async () => {
  const server = await start();
  await remember(server.address);
  process.kill(server.status().pid!, 'SIGKILL');
  await until(() => server.status().restarts > 0 && server.status().state === 'running');
  expect(await recall(server.address)).toBe('RUNNING');
});

test('a parent that is killed leaves no Temporal server, and the next start need not wait for that', async () => {
  const { pid, kill } = await startEngineParent('temporal', dataDir);
  await kill();
  const server = await start();
  expect(isAlive(pid)).toBe(false);
  await expect(remember(server.address)).resolves.toBeDefined();
});

test('a port of Temporal UI that is in use is named, with the setting that changes it', async () => {
  const uiPort = await occupy(0);
  const error = await start({ uiPort }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PortInUseError);
  expect(error).toMatchObject({ message: expect.stringMatching(`${uiPort}.*TEMPORAL_UI_PORT`) });
});

test('a second server on this machine finds a port of its own, and serves Temporal UI', async () => {
  const first = await start();
  const second = await start({ dataDir: join(dataDir, 'second'), uiPort: 0 });
  expect(second.address).not.toBe(first.address);
  const answer = await fetch(second.uiUrl!);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('<html');
});

describe('a namespace of a server that we did not start', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await Connection.connect({ address: fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL') });
  });
  afterAll(() => connection.close());

  test('is made with our search attributes and seven days of retention, by many at once', async () => {
    const namespace = `made-${randomUUID()}`;
    await Promise.all([1, 2, 3].map(() => ensureNamespace(connection, namespace)));
    const client = new Client({ connection, namespace });
    expect(await retentionOf(client, namespace)).toBe(WEEK);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(customAttributes).toMatchObject({ CrossconnectObject: 2, CrossconnectState: 2 });
  });

  test('keeps the retention that its operator gave it unless another is asked for', async () => {
    const namespace = `kept-${randomUUID()}`;
    await ensureNamespace(connection, namespace, { retentionDays: 3 });
    await ensureNamespace(connection, namespace);
    const client = new Client({ connection, namespace });
    expect(await retentionOf(client, namespace)).toBe(3 * 86_400);
    await ensureNamespace(connection, namespace, { retentionDays: 7 });
    expect(await retentionOf(client, namespace)).toBe(WEEK);
  });
});
