import { appendFileSync, chmodSync, existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { EngineLog } from '../../engine/log';
import { startPostgres, type EmbeddedPostgres } from '../../engine/postgres';
import { startTemporal, type EmbeddedTemporal } from '../../engine/temporal';
import { TEST_NAMESPACES } from './namespaces';

/** What all tests of a run share. */
export interface TestEngine {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly temporal: EmbeddedTemporal;
  /** The path of the workflows' bundle; nothing while there are no workflows. */
  readonly bundle: string | undefined;
  stop(): Promise<void>;
}

/**
 * A disposable server: nothing of it is to outlive a crash of the machine, which saves it every wait for the disk. What
 * was committed outlives the server's own death all the same.
 */
export const FAST = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };

/** Linux's file system in memory. */
const MEMORY = '/dev/shm';
/** A run of all tests needs a part of it. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/**
 * Where servers of tests have their files: in memory, where there is room. What tests kill is processes, and these lose
 * nothing by it; the servers need not wait for a disk at each commit.
 */
function temporaryRoot(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
}

/** A folder for one test, which PostgreSQL can enter too when the tests run as root. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(temporaryRoot(), `crossconnect-${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** Logs lines of JSON into a file, to be read when something went wrong. */
export function fileLog(path: string): EngineLog {
  const write = (level: string) => (fields: object, message: string) =>
    appendFileSync(path, `${JSON.stringify({ level, message, ...fields })}\n`);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

async function bundleWorkflows(folder: string): Promise<string | undefined> {
  const workflowsPath = resolve(__dirname, '../../workflows/index.ts');
  if (!existsSync(workflowsPath)) return undefined;
  const logger = new DefaultLogger('WARN', ({ level, message }) =>
    appendFileSync(join(folder, 'bundle.log'), `${level} ${message}\n`),
  );
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  const path = join(folder, 'workflow-bundle.js');
  writeFileSync(path, code);
  return path;
}

const valueOf = <T>(result: PromiseSettledResult<T>): T | undefined =>
  result.status === 'fulfilled' ? result.value : undefined;

/** Starts PostgreSQL and a Temporal server in a temporary folder, and bundles the workflows meanwhile. */
export async function startTestEngine(): Promise<TestEngine> {
  const folder = temporaryFolder('test');
  const log = fileLog(join(folder, 'engine.log'));
  const temporalOptions = { cliPath: process.env['TEMPORAL_CLI_PATH'], namespaces: TEST_NAMESPACES, uiPort: null };
  const results = await Promise.allSettled([
    startPostgres({ dataDir: folder, log, settings: FAST }),
    startTemporal({ ...temporalOptions, dataDir: folder, synchronous: 'off', log, progress: console.error }),
    bundleWorkflows(folder),
  ]);
  const [postgres, temporal, bundle] = [valueOf(results[0]), valueOf(results[1]), valueOf(results[2])];
  const stop = async (): Promise<void> => {
    await Promise.all([postgres?.stop(), temporal?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  const failure = results.find((result) => result.status === 'rejected');
  if (failure || !postgres || !temporal) {
    await stop();
    throw failure?.reason;
  }
  return { folder, postgres, temporal, bundle, stop };
}
