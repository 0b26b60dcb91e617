import type { Command } from 'commander';
import { CliError } from '../exit';
import type { Io } from '../io';

/** `crossconnect start`, `api` and `worker`. */
export function register(command: Command, _io: Io): void {
  command.action(() => {
    // The composition root is not there yet.
    throw new CliError(`${command.name()}: not in this version yet`);
  });
}
