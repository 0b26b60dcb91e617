import type { Command } from 'commander';
import type { Io } from '../io';
import { productVersion } from '../version';

/** `crossconnect version`. */
export function register(program: Command, io: Io): void {
  program
    .command('version')
    .description('print the version')
    .action(() => {
      io.stdout.write(`crossconnect ${productVersion()} (Node ${process.version})\n`);
    });
}
