import { Client } from 'pg';
import { createStore } from '../../store/knex';
import { migrate } from '../../store/migrate';
import { startTestEngine, type TestEngine } from './engine';

const TEMPLATE = 'crossconnect_template';

declare global {
  // How jest hands something from its global setup to its global teardown.
  var crossconnectTestEngine: TestEngine | undefined;
}

/** Makes the database that every test's own one is a copy of. */
async function makeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const address = new URL(url);
  address.pathname = TEMPLATE;
  const knex = createStore(address.href);
  try {
    await migrate(knex);
  } finally {
    await knex.destroy();
  }
}

/** Whether only tests that need no servers are to run. */
const onlyUnitTests = (patterns: readonly string[]): boolean =>
  patterns.length > 0 && patterns.every((pattern) => /(^|\/)test\/unit(\/|$)/.test(pattern));

/** Starts what all tests share, once per run: PostgreSQL, a Temporal server, the workflows' bundle. */
export default async function setup(config: { readonly nonFlagArgs: readonly string[] }): Promise<void> {
  if (onlyUnitTests(config.nonFlagArgs)) return;
  const engine = await startTestEngine();
  globalThis.crossconnectTestEngine = engine;
  try {
    await makeTemplate(engine.postgres.url);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  process.env['CROSSCONNECT_TEST_DATABASE'] = engine.postgres.url;
  process.env['CROSSCONNECT_TEST_TEMPLATE'] = TEMPLATE;
  process.env['CROSSCONNECT_TEST_TEMPORAL'] = engine.temporal.address;
  if (engine.bundle !== undefined) process.env['CROSSCONNECT_TEST_BUNDLE'] = engine.bundle;
}
