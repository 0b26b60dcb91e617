import type { Command } from 'commander';
import type { Io } from '../io';
import { productVersion } from '../version';

/** `crossconnect version`. */
export function register(command: Command, io: Io): void {
  command.action(() => {
    io.stdout.write(`crossconnect ${productVersion()} (Node ${process.version})\n`);
  });
}
