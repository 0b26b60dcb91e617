import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { EngineError } from './errors';

const SCRIPT = join(__dirname, `bundle-process${extname(__filename)}`);

/** The workflows as one script for Temporal's sandbox, bundled in a process of its own; some seconds. */
export async function bundleApart(): Promise<{ readonly code: string; readonly sourceMap: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'crossconnect-bundle-'));
  const file = join(folder, 'workflows.js');
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const execArgv = extname(__filename) === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [];
      const child = fork(SCRIPT, [file], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0) throw new EngineError('the workflows could not be bundled; the lines above say why');
    return { code: readFileSync(file, 'utf8'), sourceMap: '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
