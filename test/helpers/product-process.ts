import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BIN = resolve(__dirname, '../../bin/crossconnect.cjs');

/** A line of a process's log; what is no JSON has only `msg`. */
export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly msg: string;
}

/** A process of the product, as its users start it. */
export interface ProductProcess {
  readonly pid: number;
  /** All that it logged so far. */
  readonly lines: readonly LogLine[];
  /** What it said on standard output so far. */
  said(): string;
  /** The code or the signal that it ended with. */
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly hasEnded: () => boolean;
  signal(name: NodeJS.Signals): void;
  /** Kills it, if it lives, and waits until it has ended. */
  kill(): Promise<void>;
}

function parse(line: string): LogLine {
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    return { ...parsed, msg: String(parsed['msg']) };
  } catch {
    return { msg: line };
  }
}

/** Starts `crossconnect <role>` with these settings and no others; `onLine` hears its log. */
export function startProductProcess(
  role: 'start' | 'api' | 'worker',
  settings: Readonly<Record<string, string>>,
  onLine: (line: LogLine) => void = () => undefined,
): ProductProcess {
  const { PATH, HOME, TEMPORAL_CLI_PATH } = process.env;
  const child = spawn(process.execPath, ['--max-semi-space-size=4', BIN, role], {
    env: { PATH, HOME, ...(TEMPORAL_CLI_PATH === undefined ? {} : { TEMPORAL_CLI_PATH }), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: LogLine[] = [];
  let said = '';
  let ended = false;
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  createInterface({ input: child.stderr }).on('line', (text) => {
    const line = parse(text);
    lines.push(line);
    onLine(line);
  });
  const exit = once(child, 'exit').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    ended = true;
    return (signal ?? code) as number | NodeJS.Signals;
  });
  return {
    pid: child.pid!,
    lines,
    said: () => said,
    exit,
    hasEnded: () => ended,
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
