import type { Command } from 'commander';
import { loadConfig } from '../../../config/load';
import { migrate, pendingMigrations } from '../../../store/migrate';
import { openDatabase } from '../database';
import { CliError } from '../exit';
import type { Io } from '../io';

async function migrateDatabase(io: Io, dryRun: boolean): Promise<void> {
  const { DATABASE_URL } = loadConfig(io.env);
  if (!DATABASE_URL) {
    throw new CliError(
      'DATABASE_URL is not set: the embedded database is migrated by every start, there is nothing to do',
    );
  }
  const store = openDatabase(DATABASE_URL, 'migrate');
  try {
    const names = dryRun ? await pendingMigrations(store) : await migrate(store);
    for (const name of names) io.stdout.write(`${name}\n`);
    io.stderr.write(
      names.length === 0 ? 'the database is up to date\n' : `${names.length} ${dryRun ? 'pending' : 'done'}\n`,
    );
  } finally {
    await store.destroy();
  }
}

/** `crossconnect migrate`. */
export function register(program: Command, io: Io): void {
  program
    .command('migrate')
    .description('bring the database named by DATABASE_URL to this version; several at once are safe')
    .option('--dry-run', 'only print what would be run', false)
    .action((options: { dryRun: boolean }) => migrateDatabase(io, options.dryRun));
}
