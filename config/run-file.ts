import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './error-code';

const runFileSchema = z.object({ pid: z.int().positive(), url: z.url(), started: z.string() });

/** What a running product says about itself in `DATA_DIR/run.json`, so that the CLI finds it. */
export type RunFile = z.output<typeof runFileSchema>;

const pathOf = (dataDir: string): string => join(dataDir, 'run.json');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return errorCode(error) === 'EPERM';
  }
}

/** What the file says, whether or not the process still lives; nothing when there is none or it is not usable. */
function parseRunFile(dataDir: string): RunFile | undefined {
  try {
    return runFileSchema.parse(JSON.parse(readFileSync(pathOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Says that this process is the product of `dataDir`, and that its API answers at `url`. */
export function writeRunFile(dataDir: string, url: string): void {
  const content: RunFile = { pid: process.pid, url, started: new Date().toISOString() };
  mkdirSync(dataDir, { recursive: true });
  const draft = `${pathOf(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content)}\n`);
  renameSync(draft, pathOf(dataDir));
}

/** The product that runs in `dataDir`, or nothing when none does: a file left by a killed process does not count. */
export function readRunFile(dataDir: string): RunFile | undefined {
  const found = parseRunFile(dataDir);
  return found && isAlive(found.pid) ? found : undefined;
}

/** Takes this process's own word back; another process's file stays. */
export function removeRunFile(dataDir: string): void {
  if (parseRunFile(dataDir)?.pid === process.pid) rmSync(pathOf(dataDir), { force: true });
}
