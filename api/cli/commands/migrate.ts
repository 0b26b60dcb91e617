import type { Command } from 'commander';
import { migrate, pendingMigrations } from '../../../store/migrate';
import { withDatabase } from '../database';
import type { Io } from '../io';

async function migrateDatabase(io: Io, dryRun: boolean): Promise<void> {
  const names = await withDatabase(io, 'migrate', dryRun ? pendingMigrations : migrate);
  for (const name of names) io.stdout.write(`${name}\n`);
  const count = `${names.length} ${dryRun ? 'pending' : 'done'}`;
  io.stderr.write(names.length === 0 ? 'the database is up to date\n' : `${count}\n`);
}

/** `crossconnect migrate`. */
export function register(command: Command, io: Io): void {
  command
    .option('--dry-run', 'only print what would be run', false)
    .action((options: { dryRun: boolean }) => migrateDatabase(io, options.dryRun));
}
