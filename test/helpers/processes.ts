import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a process, or one of the group of a negative pid, lives; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until something is so; throws when that takes too long. */
export async function until(what: () => unknown, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`it did not become so in ${timeoutMs} ms: ${what.toString()}`);
    await sleep(20);
  }
}

/** The pid of the process that started another. */
export async function parentOf(pid: number): Promise<number> {
  return Number((await run('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout);
}

/** A process that owns one part of the engine, and the pid of that part. */
export interface EngineParent {
  readonly parent: ChildProcess;
  readonly pid: number;
  /** Kills the process itself, with no chance to end anything in order. */
  readonly kill: () => Promise<void>;
}

const parents = new Set<EngineParent>();

/** Kills the parents that a failed test left; for `afterEach`. */
export async function killEngineParents(): Promise<void> {
  await Promise.all([...parents].map((parent) => parent.kill()));
}

/** Starts a part of the engine in a process of its own, in a process group of its own as a terminal would. */
export async function startEngineParent(part: 'child' | 'postgres' | 'temporal', dataDir = ''): Promise<EngineParent> {
  const script = require.resolve('./engine-parent.ts');
  const parent = spawn(process.execPath, ['--import', 'tsx', script, part, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exit = once(parent, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: parent.stdout }), 'line') as Promise<[string]>,
    exit.then(([code]) => Promise.reject(new Error(`the process that starts ${part} ended with code ${code}`))),
  ]);
  const { pid } = JSON.parse(line[0]) as { pid: number };
  const kill = async (): Promise<void> => {
    parents.delete(started);
    parent.kill('SIGKILL');
    await exit;
  };
  const started = { parent, pid, kill };
  parents.add(started);
  return started;
}
