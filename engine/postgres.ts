import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { SupervisedChild, type ChildStatus } from './child';
import { waitForLeftover } from './leftover';
import type { EngineLog } from './log';
import { existingData, majorOf } from './places';
import { freePort, LOOPBACK } from './ports';
import { findPostgres, type PostgresBinaries } from './postgres-binaries';
import { OWNER, preparePostgres } from './postgres-init';
import { postgresUser, type User } from './service-user';

/** What an embedded PostgreSQL needs to know. */
export interface PostgresOptions {
  /** The product's `DATA_DIR`; data is kept below it, or where `where` says. */
  readonly dataDir: string;
  readonly log: EngineLog;
  /** Further server settings; tests give up durability for speed. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server of our own. */
export interface EmbeddedPostgres {
  /** The address of the product's database, with its password. It stays the same while the server is restarted. */
  readonly url: string;
  /** Such as `18.4`. */
  readonly version: string;
  /** The folders of its data and its programs. */
  readonly where: { readonly data: string; readonly binaries: string };
  readonly status: () => ChildStatus;
  /** Ends it in order; no connection survives that. */
  readonly stop: () => Promise<void>;
}

/** Server settings for one product on a machine that it shares with others. */
const SETTINGS = {
  listen_addresses: LOOPBACK,
  // Everything goes over TCP: a socket's path would be another thing to keep out of reach and short enough.
  unix_socket_directories: '',
  shared_buffers: '128MB',
  // The joins of a synchronisation (hundreds of thousands of rows) stay in memory.
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // A whole synchronisation fits between two checkpoints, so that none happens in the middle of it.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // Compiling costs more than it gives in statements that take milliseconds.
  jit: 'off',
  // The machine's disks are taken to be solid-state ones.
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Failed statements are reported by those who sent them; here they would put data into the log.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
} as const;

const PROBE_TIMEOUT_MS = 2_000;
const STOP_SECONDS = 30;

const addressOf = (port: number, password: string, database: string): string =>
  `postgres://${OWNER}:${password}@${LOOPBACK}:${port}/${database}`;

async function withConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether our server answers a query; a server that is still recovering does not. */
const answers = (url: string): Promise<boolean> =>
  withConnection(url, async (client) => !!(await client.query('SELECT 1')));

/** Makes the product's database unless it is there. */
const createDatabase = (url: string): Promise<void> =>
  withConnection(url, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [OWNER]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${OWNER}`);
  });

/** Waits for a server that a killed run left, and clears its word away when its pid is another program's by now. */
async function clearLeftover(data: string, log: EngineLog): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const reused = await waitForLeftover(pidFile, data, { name: 'PostgreSQL', log });
  // PostgreSQL looks only at whether some process has the pid, which after a reboot or in a new container may be any.
  // The word of a server that is dead stays: by it PostgreSQL sees whether parts of that server still live.
  if (reused) rmSync(pidFile, { force: true });
}

function supervise(
  options: PostgresOptions,
  place: { data: string; port: number; probe: string; binaries: PostgresBinaries; user: User | undefined },
): SupervisedChild {
  const settings = Object.entries({ ...SETTINGS, ...options.settings });
  return new SupervisedChild({
    name: 'PostgreSQL',
    log: options.log,
    command: join(place.binaries.bin, 'postgres'),
    args: [
      '-D',
      place.data,
      '-p',
      String(place.port),
      ...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    // Fast shutdown: clients are disconnected, transactions rolled back, a checkpoint written.
    stopSignal: 'INT',
    stopSeconds: STOP_SECONDS,
    cwd: place.data,
    ...(place.user ? { user: place.user } : {}),
    before: () => clearLeftover(place.data, options.log),
    ready: () => answers(place.probe),
    // Recovery after a crash replays up to max_wal_size of log.
    startMs: 120_000,
  });
}

/**
 * Starts a PostgreSQL of our own on the data below `dataDir`, which the first start makes, and waits until it answers.
 * Throws `EngineError` when there are no binaries or the server does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const found = existingData(dataDir);
  const user = postgresUser(found);
  const binaries = await findPostgres(user, options.log, found && majorOf(found));
  const durable = options.settings?.['fsync'] !== 'off';
  const { data, password } = await preparePostgres(dataDir, { binaries, user, durable });
  const port = await freePort();
  const probe = addressOf(port, password, 'postgres');
  const child = supervise(options, { data, port, probe, binaries, user });
  await child.start();
  try {
    await createDatabase(probe);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    url: addressOf(port, password, OWNER),
    version: binaries.version,
    where: { data, binaries: binaries.bin },
    status: () => child.status(),
    stop: () => child.stop(),
  };
}
