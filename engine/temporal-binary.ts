import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './errors';
import type { EngineLog } from './log';
import { buildTemporal } from './temporal-build';
import { downloadTemporal } from './temporal-download';

const run = promisify(execFile);

/** The version of Temporal's CLI that is downloaded or built when the machine has none. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** A Temporal CLI that runs on this machine. */
export interface TemporalBinary {
  readonly path: string;
  /** As it says it itself, such as `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`. */
  readonly version: string;
}

/** Where to look for the CLI. */
export interface TemporalSearch {
  /** `TEMPORAL_CLI_PATH`. */
  readonly cliPath?: string | undefined;
  readonly log: EngineLog;
  /** Hears what is done while that takes long. */
  readonly progress: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Temporal's download service; another one in tests. */
  readonly downloadUrl?: string;
  /** How long that service may say nothing, in milliseconds. */
  readonly patienceMs?: number;
}

/** The folder in the user's cache that keeps the CLI, for all products of this user. */
export function temporalCache(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env['XDG_CACHE_HOME'] ?? '';
  return join(cache === '' ? join(homedir(), '.cache') : cache, 'crossconnect', `temporal-cli-${TEMPORAL_CLI_VERSION}`);
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'))
    .find((path) => existsSync(path));
}

/** The binary when it runs; nothing, and a word in the log, when it is broken. */
async function check(path: string, log: EngineLog): Promise<TemporalBinary | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 30_000 });
    return { path, version: stdout.trim().split('\n')[0] ?? '' };
  } catch (error) {
    log.warn({ err: error, path }, 'a Temporal CLI was found that does not run; looking further');
    return undefined;
  }
}

/**
 * The Temporal CLI whose development server we run: the one that is asked for, on `PATH`, in the user's cache, downloaded
 * as Temporal's SDK does it, or built with Go. Throws {@link EngineError} when none of these gives one that runs.
 */
export async function findTemporal(search: TemporalSearch): Promise<TemporalBinary> {
  const { log, env = process.env } = search;
  const cached = join(temporalCache(env), 'temporal');
  if (search.cliPath !== undefined && !existsSync(search.cliPath)) {
    log.warn({ path: search.cliPath }, 'TEMPORAL_CLI_PATH names no usable program; looking further');
  }
  for (const path of [search.cliPath, onPath(env), cached]) {
    if (path === undefined || !existsSync(path)) continue;
    const found = await check(path, log);
    if (found) return found;
  }
  for (const obtain of [downloadTemporal, buildTemporal]) {
    const path = await obtain({ ...search, env, target: cached, version: TEMPORAL_CLI_VERSION });
    const found = path === undefined ? undefined : await check(path, log);
    if (found) return found;
  }
  throw new EngineError(
    `no Temporal server: expected TEMPORAL_ADDRESS to name one that runs, TEMPORAL_CLI_PATH or the PATH to lead to the program 'temporal', '${cached}' to be it, temporal.download to answer, or Go (https://go.dev/dl) to be installed to build it`,
  );
}
