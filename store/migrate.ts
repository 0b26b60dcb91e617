import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { Knex } from 'knex';

const DIRECTORY = join(__dirname, '..', 'migrations');
/** Any constant will do, as long as nothing else in the database locks it. */
const MIGRATION_LOCK = 7_218_053;

/** Names without extension: knex records what it is given, and a `.ts` in development must be the `.js` of a build. */
const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () =>
    Promise.resolve(
      readdirSync(DIRECTORY)
        .filter((file) => /^\d{4}_\w+\.(ts|js)$/.test(file))
        .map((file) => parse(file).name)
        .sort(),
    ),
  getMigrationName: (name) => name,
  // Not import(): the hook that lets the CLI run TypeScript as it is covers require only.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  getMigration: (name) => Promise.resolve(require(join(DIRECTORY, name)) as Knex.Migration),
};

const options: Knex.MigratorConfig = { migrationSource, tableName: 'core_migration' };

/** Thrown when the database was migrated by a newer version of the product than this one. */
export class DatabaseNewerError extends Error {
  override readonly name = 'DatabaseNewerError';

  constructor(readonly unknown: readonly string[]) {
    super(`the database knows migrations that this version does not: ${unknown.join(', ')}; start the newer version`);
  }
}

async function refuseNewer(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable('core_migration'))) return;
  const known = await migrationSource.getMigrations([]);
  const done = await knex('core_migration').pluck<string[]>('name');
  const unknown = done.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new DatabaseNewerError(unknown);
}

/** The names of the migrations that `migrate` would run. */
export async function pendingMigrations(knex: Knex): Promise<string[]> {
  await refuseNewer(knex);
  const [, pending] = (await knex.migrate.list(options)) as [unknown, string[]];
  return pending;
}

/**
 * Brings the database to this version; the names of the migrations that ran. Several processes may call it at once:
 * one of them migrates, the others wait for it. Throws {@link DatabaseNewerError}.
 */
export async function migrate(knex: Knex): Promise<string[]> {
  // Knex's own lock makes a second migrator fail instead of wait, and stays set when the first one is killed. The
  // advisory lock does neither, so a set lock of knex's that is met while holding it was left by a dead process.
  const client = knex.client as Knex.Client;
  const lock: unknown = await client.acquireConnection();
  try {
    await knex.raw('SELECT pg_advisory_lock(?)', [MIGRATION_LOCK]).connection(lock);
    await refuseNewer(knex);
    if (await knex.schema.hasTable('core_migration_lock')) await knex.migrate.forceFreeMigrationsLock(options);
    const [, ran] = (await knex.migrate.latest(options)) as [number, string[]];
    return ran;
  } finally {
    await knex.raw('SELECT pg_advisory_unlock(?)', [MIGRATION_LOCK]).connection(lock);
    await client.releaseConnection(lock);
  }
}
