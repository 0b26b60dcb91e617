import type { Command } from 'commander';
import type { Io } from '../io';
import { VERSION } from '../../../config/version';

/** `crossconnect version`. */
export function register(command: Command, io: Io): void {
  command.action(() => {
    io.stdout.write(`crossconnect ${VERSION} (Node ${process.version})\n`);
  });
}
