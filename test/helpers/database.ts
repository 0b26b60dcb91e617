import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { createStore } from '../../store/knex';

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly knex: Knex;
  /** Ends the pool and drops the database. Throws, so that the test fails, when others still hold connections. */
  drop(): Promise<void>;
}

/** How to make it. */
export interface TestDatabaseOptions {
  /** Without any table, for tests of the migrations themselves. */
  readonly empty?: boolean;
}

const GRACE_MS = 1_000;

/** The value of a variable that jest's global setup exports. */
export function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: expected test/helpers/global-setup.ts to have run`);
  return value;
}

async function asOwner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: fromGlobalSetup('CROSSCONNECT_TEST_DATABASE') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The sessions that a database still has after a while: ended connections take a moment to disappear. */
async function leakedSessions(client: Client, name: string): Promise<string[]> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const { rows } = await client.query<{ session: string }>(
      `SELECT application_name || ': ' || state || ': ' || left(query, 100) AS session
         FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || Date.now() > deadline) return rows.map(({ session }) => session);
    await sleep(20);
  }
}

async function dropDatabase(name: string): Promise<void> {
  await asOwner(async (client) => {
    const leaked = await leakedSessions(client, name);
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    if (leaked.length > 0) throw new Error(`connections were left open: ${leaked.join('; ')}`);
  });
}

/** A database of one's own, migrated, and a pool on it. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${process.env['JEST_WORKER_ID'] ?? '0'}_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template0' : fromGlobalSetup('CROSSCONNECT_TEST_TEMPLATE');
  // The files are copied: through the log, block by block, it takes several times as long.
  await asOwner((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`));
  const address = new URL(fromGlobalSetup('CROSSCONNECT_TEST_DATABASE'));
  address.pathname = name;
  const knex = createStore(address.href);
  return {
    url: address.href,
    knex,
    drop: async () => {
      await knex.destroy();
      await dropDatabase(name);
    },
  };
}
