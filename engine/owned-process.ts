import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { bareEnvironment } from './environment';

/**
 * Runs the command given as arguments and ends it when file descriptor 3 closes: when we say so, and when we die in any
 * way, SIGKILL included. `$1` is the signal that asks the command to end, `$2` the seconds after which it is killed.
 * The wrapper tells the command's pid on descriptor 3 and leaves with the command's exit code, at once when it dies.
 */
const WRAPPER = `
signal=$1; patience=$2; shift 2
"$@" 3>&- </dev/null &
child=$!
echo "$child" >&3
(
  exec >/dev/null 2>&1
  while read -r _ <&3; do :; done
  kill -s "$signal" "$child"
  while [ "$patience" -gt 0 ] && kill -0 "$child"; do sleep 1; patience=$((patience - 1)); done
  kill -s KILL "$child"
) &
watcher=$!
exec 3>&- >&- 2>&-
wait "$child"; code=$?
kill -s KILL "$watcher"
wait "$watcher"
exit "$code"
`;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to run, and how to end it. */
export interface OwnedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The signal that asks for an orderly end. */
  readonly stopSignal: 'INT' | 'TERM';
  /** Seconds after which a process that was asked to end is killed. */
  readonly stopSeconds: number;
  readonly cwd?: string;
  /** The whole environment; a bare one unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** The user to run as; only root can. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A process that cannot outlive ours. */
export interface OwnedProcess {
  /** The pid of the command itself; it does not resolve when the command could not be run. */
  readonly pid: Promise<number>;
  /** Resolves when the process has ended, also when it could not be run at all (code 127). */
  readonly exit: Promise<Exit>;
  /** Asks it to end; it is killed when it takes too long. */
  release(): void;
  /** Kills it and everything in its process group. */
  kill(): void;
}

const LAST_WORDS_MS = 500;

const ending = (stream: Readable): Promise<void> => new Promise((resolve) => void stream.once('close', resolve));

/** A shell tells the signal that ended its child as 128 + its number. */
function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  const number = (code ?? 0) - 128;
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name ? { code: null, signal: name as NodeJS.Signals } : { code, signal };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

/** Starts a command in a process group of its own (Ctrl-C does not reach it), so that it ends whenever we do. */
export function startOwned(command: OwnedCommand, onLine: (line: string) => void): OwnedProcess {
  const child = spawn(
    '/bin/sh',
    ['-c', WRAPPER, 'sh', command.stopSignal, String(command.stopSeconds), command.command, ...command.args],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      cwd: command.cwd ?? '/',
      env: command.env ?? bareEnvironment(),
      ...command.user,
    },
  );
  const lifeline = child.stdio[3] as Duplex;
  const outputs = [child.stdout, child.stderr] as Readable[];
  for (const output of outputs) createInterface({ input: output }).on('line', onLine);
  const allSaid = Promise.all(outputs.map(ending));
  // A write to, or a read from, a process that has just died says nothing that its exit does not say.
  lifeline.on('error', () => undefined);
  const pid = new Promise<number>((resolve) => {
    createInterface({ input: lifeline }).once('line', (line) => resolve(Number(line)));
  });
  const exit = new Promise<Exit>((resolve) => {
    const ended = async (result: Exit): Promise<void> => {
      // The wrapper may have been killed alone: then its command lives on, and the next one would meet it.
      killGroup(child);
      lifeline.destroy();
      // Last words come after the exit; they are waited for, but not for ever: a grandchild may hold the pipe.
      await Promise.race([allSaid, setTimeout(LAST_WORDS_MS, undefined, { ref: false })]);
      resolve(result);
    };
    child.once('error', (error) => {
      onLine(error.message);
      void ended({ code: 127, signal: null });
    });
    child.once('exit', (code, signal) => void ended(exitOf(code, signal)));
  });
  return { pid, exit, release: () => lifeline.destroy(), kill: () => killGroup(child) };
}
