import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { SupervisedChild, type ChildStatus } from './child';
import { EngineError, PortInUseError } from './errors';
import { waitForLeftover } from './leftover';
import type { EngineLog } from './log';
import { ensureNamespace } from './namespace';
import { freePort, LOOPBACK, tryPort } from './ports';
import { findTemporal } from './temporal-binary';

/** What an embedded Temporal server needs to know. */
export interface TemporalOptions {
  /** The product's `DATA_DIR`. */
  readonly dataDir: string;
  /** `TEMPORAL_CLI_PATH`. */
  readonly cliPath?: string | undefined;
  readonly namespaces: readonly string[];
  /** The port of Temporal UI (0: any free one), or null for none. */
  readonly uiPort: number | null;
  readonly log: EngineLog;
  /** Hears what is done while that takes long, such as building the server. */
  readonly progress: (line: string) => void;
  /** SQLite's `synchronous`; tests give up durability for speed. */
  readonly synchronous?: 'full' | 'off';
}

/** A Temporal server of our own. */
export interface EmbeddedTemporal {
  /** `host:port` of its gRPC service. It stays the same while the server is restarted. */
  readonly address: string;
  readonly uiUrl: string | null;
  /** As its program says it. */
  readonly version: string;
  /** The paths of its data and its program. */
  readonly where: { readonly data: string; readonly binary: string };
  readonly status: () => ChildStatus;
  /** Ends it in order; what it keeps is there at the next start. */
  readonly stop: () => Promise<void>;
}

const USUAL_PORT = 7233;
const RETENTION_DAYS = 7;
const PROBE_TIMEOUT_MS = 2_000;
const STOP_SECONDS = 20;
const NAME = 'the Temporal server';

async function withConnection<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: PROBE_TIMEOUT_MS });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Whether the server knows a namespace: an open port says little, and another server's may be open too. */
const knows = (address: string, namespace: string): Promise<boolean> =>
  withConnection(address, async (connection) => {
    const describe = (): Promise<unknown> => connection.workflowService.describeNamespace({ namespace });
    await connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, describe);
    return true;
  });

async function choosePorts(uiPort: number | null): Promise<{ port: number; ui: number | null }> {
  const ui = uiPort === null ? null : await tryPort(uiPort);
  if (ui === undefined) throw new PortInUseError(Number(uiPort), 'TEMPORAL_UI_PORT', 'Temporal UI');
  for (;;) {
    const port = await freePort(USUAL_PORT);
    if (port !== ui) return { port, ui };
  }
}

function argumentsOf(options: TemporalOptions, database: string, ports: { port: number; ui: number | null }): string[] {
  // Write-ahead logging saves the dev server most of its waits for the disk. What is left, a wait at each commit, is kept:
  // a start that was acknowledged is not lost with the power. Measured on 2 cores and ext4, one start after the other took
  // 8 ms (p50) with it and 3 ms without; 50 at a time, 86 and 107 a second.
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(ports.port), '--db-filename', database],
    ...(ports.ui === null ? ['--headless'] : ['--ui-port', String(ports.ui)]),
    ...options.namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', `synchronous=${options.synchronous ?? 'full'}`],
    ...['--log-level', 'error', '--color', 'never'],
  ];
}

/**
 * Starts a Temporal server of our own on the data below `dataDir`, and brings its namespaces to what the product needs.
 * Throws `EngineError` when there is no server to be had or it does not start, `PortInUseError` when its UI's port is taken.
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const { namespaces, log } = options;
  const first = namespaces[0];
  if (first === undefined) throw new EngineError('a Temporal server needs a namespace');
  const folder = join(resolve(options.dataDir), 'temporal');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = join(folder, 'temporal.db');
  const pidFile = join(folder, 'server.pid');
  const binary = await findTemporal(options);
  const before = (): Promise<unknown> => waitForLeftover(pidFile, database, { name: NAME, log });
  await before();
  const ports = await choosePorts(options.uiPort);
  const address = `${LOOPBACK}:${ports.port}`;
  const child = new SupervisedChild({
    name: NAME,
    log,
    command: binary.path,
    args: argumentsOf(options, database, ports),
    stopSignal: 'TERM',
    stopSeconds: STOP_SECONDS,
    cwd: folder,
    before,
    started: (pid) => writeFileSync(pidFile, `${pid}\n`),
    ready: () => knows(address, first),
  });
  await child.start();
  try {
    await withConnection(address, async (connection) => {
      for (const name of namespaces) await ensureNamespace(connection, name, { retentionDays: RETENTION_DAYS });
    });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    address,
    uiUrl: ports.ui === null ? null : `http://${LOOPBACK}:${ports.ui}`,
    version: binary.version,
    where: { data: database, binary: binary.path },
    status: () => child.status(),
    stop: () => child.stop(),
  };
}
