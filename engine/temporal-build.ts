import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { draftIn } from './drafts';
import { startOwned } from './owned-process';
import type { TemporalOrder } from './temporal-download';

const MODULE = 'github.com/temporalio/cli/cmd/temporal';
const PROGRESS_MS = 15_000;

const isTold = (line: string): boolean => !line.startsWith('go: downloading');

/**
 * Builds the CLI with Go from its official module; the path of the program, or nothing when there is no Go or it did not
 * work. Every process builds in a folder of its own, so that two at once do each other no harm; the program gets its name
 * when it is complete.
 */
export async function buildTemporal(order: TemporalOrder): Promise<string | undefined> {
  const { version, target, env, log, progress } = order;
  const draft = draftIn(dirname(target), 'build');
  mkdirSync(draft);
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  const lines: string[] = [];
  const build = startOwned(
    {
      command: 'go',
      // Without symbols the program is a third smaller; nobody debugs it here.
      args: ['install', '-ldflags=-s -w', `${MODULE}@v${version}`],
      env: { HOME: homedir(), ...env, GOBIN: draft },
      stopSignal: 'TERM',
      stopSeconds: 5,
    },
    (line) => {
      log.debug({ line }, 'go says');
      if (isTold(line)) lines.push(line);
    },
  );
  const timer = setInterval(() => progress(`building Temporal's CLI ${version} with Go: ${seconds()} s`), PROGRESS_MS);
  try {
    const { code } = await build.exit;
    if (code === 127) return undefined;
    if (code !== 0) throw new Error(lines.slice(-5).join(' | '));
    renameSync(join(draft, 'temporal'), target);
    progress(`built Temporal's CLI ${version} in ${seconds()} s; it is kept in '${target}'`);
    return target;
  } catch (error) {
    log.warn({ err: error }, "Temporal's CLI could not be built");
    return undefined;
  } finally {
    clearInterval(timer);
    rmSync(draft, { recursive: true, force: true });
  }
}
