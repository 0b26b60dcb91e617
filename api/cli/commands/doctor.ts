import type { Command } from 'commander';
import { checkNode, checkSettings, localChecks } from '../doctor/local';
import { runChecks, type Level, type Outcome } from '../doctor/check';
import { serviceChecks } from '../doctor/services';
import { CliError } from '../exit';
import { coloursFor, printable, type Io } from '../io';

async function doctor(io: Io): Promise<void> {
  const colours = coloursFor(io.stdout, io.env);
  const paint = { ok: colours.green, warn: colours.yellow, fail: colours.red } satisfies Record<Level, unknown>;
  const print = ({ name, level, detail, hint }: Outcome): void => {
    const advice = hint === undefined ? '' : `: ${hint}`;
    io.stdout.write(`${paint[level](level.padEnd(4))}  ${name.padEnd(10)}  ${printable(detail + advice)}\n`);
  };
  const settings = checkSettings(io.env);
  const outcomes = [checkNode(), settings.outcome];
  outcomes.forEach(print);
  if (settings.config) {
    const others = await runChecks([...localChecks, ...serviceChecks], settings.config, io.env);
    others.forEach(print);
    outcomes.push(...others);
  }
  const failed = outcomes.filter((outcome) => outcome.level === 'fail').length;
  if (failed > 0) throw new CliError(`${failed} of ${outcomes.length} checks failed`);
}

/** `crossconnect doctor`. */
export function register(command: Command, io: Io): void {
  command.action(() => doctor(io));
}
