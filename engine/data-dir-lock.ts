import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error';
import { errorCode } from '../config/error-code';
import { EngineError } from './errors';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** The start's place among the fields of `/proc/PID/stat` that follow the program's name (proc(5), field 22). */
const START_FIELD = 19;

/** What tells a process from a later one that was given the same pid; nothing when there is no such process. */
function birthOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that only waits to be reaped holds nothing any more.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync(BOOT_ID, 'utf8').trim()} ${fields[START_FIELD] ?? ''}`;
  } catch {
    return undefined;
  }
}

interface Holder {
  readonly pid: number;
  readonly birth: string;
}

/** Who a lock file names, if that process still lives. */
function holderOf(path: string): Holder | undefined {
  try {
    const { pid, birth } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return pid !== undefined && birth !== undefined && birthOf(pid) === birth ? { pid, birth } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the link could be made: only one of several that try at once makes it. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Puts away what a killed process left. What turns out to be another's new lock is put back. */
function clearStale(path: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (holderOf(aside)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function take(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) })}\n`);
  try {
    while (!tryLink(draft, path)) {
      const holder = holderOf(path);
      if (holder) {
        throw new EngineError(
          `crossconnect runs on '${dataDir}' already (process ${holder.pid}): expected one at a time; stop that one, or choose another DATA_DIR`,
        );
      }
      clearStale(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Takes `dataDir` for this process alone, and returns what gives it back. A lock that a killed process left does not
 * count, also when its pid is another's by now. Throws {@link EngineError} that names the process which has it.
 */
export function holdDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'lock.json');
  try {
    take(dataDir, path);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new ConfigError(`DATA_DIR: '${dataDir}' cannot be used (${errorCode(error)}): expected a folder of ours`, {
      cause: error,
    });
  }
  return () => {
    if (holderOf(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}
