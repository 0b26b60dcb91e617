import { main } from '../../api/cli/main';
import type { Output } from '../../api/cli/io';

/** What a command did. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream that remembers what was written to it. */
export function collect(isTTY = false): Output & { text(): string } {
  let text = '';
  return {
    write: (more) => {
      text += more;
      return true;
    },
    text: () => text,
    isTTY,
  };
}

/** Runs a command line within this process. */
export async function runCli(env: NodeJS.ProcessEnv, ...argv: string[]): Promise<CliRun> {
  const stdout = collect();
  const stderr = collect();
  const code = await main(argv, { stdout, stderr, env });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
