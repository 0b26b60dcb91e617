import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createStore } from '../../store/knex';
import { DatabaseNewerError, migrate, pendingMigrations } from '../../store/migrate';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

const DIRECTORY = resolve(__dirname, '../../migrations');
const ALL = readdirSync(DIRECTORY)
  .map((file) => parse(file).name)
  .sort();

let database: TestDatabase;
let knex: Knex;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  knex = database.knex;
});
afterEach(() => database.drop());

/** Everything that migrations may make in the schema, except knex's own two tables. */
async function schemaOf(): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { entry: string }[] }>(`
    SELECT kind || ' ' || name AS entry FROM (
      SELECT 'relation' AS kind, c.relname || ' ' || coalesce(pg_get_indexdef(c.oid), c.relkind::text) AS name
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT 'column', attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL
      SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL
      SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    ) AS entries WHERE name NOT LIKE '%core_migration%' ORDER BY 1`);
  return rows.map(({ entry }) => entry);
}

async function takeAllBack(): Promise<void> {
  for (const name of ALL.toReversed()) {
    const migration: Knex.Migration = await import(join(DIRECTORY, name));
    await migration.down?.(knex);
  }
  await knex('core_migration').delete();
}

async function isWaitingForLock(): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND query LIKE '%CREATE TABLE%'`);
  return rows.length > 0;
}

/** A migrator, in a process of its own, that waits in the middle of its work for a lock that the test holds. */
async function startStuckMigrator(): Promise<{ migrator: ChildProcess; letGo: () => Promise<void> }> {
  const blocker = await knex.transaction();
  await blocker.raw('CREATE TABLE core_fact ()');
  const script = require.resolve('../helpers/migrator.ts');
  const migrator = spawn(process.execPath, ['--import', 'tsx', script, database.url], { stdio: 'ignore' });
  while (!(await isWaitingForLock())) await sleep(20);
  return {
    migrator,
    letGo: async () => {
      await blocker.rollback();
    },
  };
}

test('an empty database is brought to the newest migration, and is then left alone', async () => {
  expect(await pendingMigrations(knex)).toEqual(ALL);
  expect(await migrate(knex)).toEqual(ALL);
  expect(await pendingMigrations(knex)).toEqual([]);
  expect(await migrate(knex)).toEqual([]);
});

test('of many migrators at once one migrates and the others wait for it', async () => {
  const others = Array.from({ length: 5 }, () => createStore(database.url));
  try {
    const ran = await Promise.all([knex, ...others].map(migrate));
    expect(ran.map((names) => names.length).sort()).toEqual([0, 0, 0, 0, 0, ALL.length]);
  } finally {
    await Promise.all(others.map((other) => other.destroy()));
  }
});

test('a migrator that was killed in the middle of its work is followed by the next one', async () => {
  const { migrator, letGo } = await startStuckMigrator();
  const ended = once(migrator, 'exit');
  migrator.kill('SIGKILL');
  await ended;
  await letGo();
  expect(await migrate(knex)).toEqual(ALL);
});

test("knex's own lock, left by a migrator that died outside a transaction, stops nobody", async () => {
  await migrate(knex);
  await takeAllBack();
  await knex('core_migration_lock').update({ is_locked: 1 });
  expect(await migrate(knex)).toEqual(ALL);
  expect(await knex('core_migration_lock').pluck<number[]>('is_locked')).toEqual([0]);
});

test('a migrator waits for one that lives, however long that takes', async () => {
  const { migrator, letGo } = await startStuckMigrator();
  const second = migrate(knex);
  await expect(Promise.race([second, sleep(500, 'still waiting')])).resolves.toBe('still waiting');
  const ended = once(migrator, 'exit');
  await letGo();
  await expect(second).resolves.toEqual([]);
  await expect(ended).resolves.toEqual([0, null]);
});

test('a database that a newer version migrated is refused by name', async () => {
  await migrate(knex);
  await knex('core_migration').insert({ name: '9999_future', batch: 2, migration_time: knex.fn.now() });
  await expect(migrate(knex)).rejects.toThrow(DatabaseNewerError);
  await expect(migrate(knex)).rejects.toThrow('9999_future');
  await expect(pendingMigrations(knex)).rejects.toThrow(DatabaseNewerError);
});

test('every migration can be taken back and made again, to the same schema', async () => {
  await migrate(knex);
  const made = await schemaOf();
  expect(made.length).toBeGreaterThan(50);
  await takeAllBack();
  expect(await schemaOf()).toEqual([]);
  expect(await migrate(knex)).toEqual(ALL);
  expect(await schemaOf()).toEqual(made);
});
