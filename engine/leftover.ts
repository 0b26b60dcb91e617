import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EngineError } from './errors';
import type { EngineLog } from './log';

const run = promisify(execFile);
const POLL_MS = 100;

/** The command line of a process, or nothing when there is no such process. */
async function commandLine(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** The pid that the first line of a file holds. */
export function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Waits until the process that a pid file names has ended: one that a killed run of ours left is still shutting down.
 * `mark` is what its command line contains, for pids are given to others again: true when that is what happened.
 * Throws {@link EngineError} when it stays.
 */
export async function waitForLeftover(
  pidFile: string,
  mark: string,
  options: { readonly name: string; readonly log: EngineLog; readonly patienceMs?: number },
): Promise<boolean> {
  const pid = readPid(pidFile);
  if (pid === undefined) return false;
  const { name, log, patienceMs = 45_000 } = options;
  const deadline = Date.now() + patienceMs;
  for (let told = false; ; told = true) {
    const command = await commandLine(pid);
    if (!command?.includes(mark)) return command !== undefined && command !== '';
    if (!told) log.info({ pid }, `${name} of an earlier run is still there; waiting for it to end`);
    if (Date.now() > deadline) {
      throw new EngineError(
        `${name} of another run (process ${pid}, '${pidFile}') is still there after ${patienceMs / 1000} s: expected it to end; stop the product that it belongs to, or choose another DATA_DIR`,
      );
    }
    await sleep(POLL_MS);
  }
}
