import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { ensureNamespace } from '../../engine/namespace';
import { createTestDatabase, fromGlobalSetup } from './database';
import type { CliRun } from './run-cli';
import { startProduct, untilReady, type StartedProduct } from './started-product';

/** The real product on the tests' PostgreSQL and Temporal, for the command line. */
export interface CommandsSite {
  readonly dataDir: string;
  readonly product: StartedProduct;
  readonly close: () => Promise<void>;
}

async function makeNamespace(address: string): Promise<string> {
  const namespace = `commands-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  await ensureNamespace(connection, namespace);
  await connection.close();
  return namespace;
}

/** Starts it, with a PeeringDB that is synchronised only when it is asked for. Close it in `afterAll`. */
export async function createCommandsSite(
  settings: Readonly<Record<string, string>> & { readonly PEERINGDB_API: string },
): Promise<CommandsSite> {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossconnect-commands-'));
  const address = fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL');
  const database = await createTestDatabase();
  const product = await startProduct('start', {
    DATA_DIR: dataDir,
    PORT: '0',
    SECRET_KEY: 'the secret key of the tests',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: await makeNamespace(address),
    PEERINGDB_SCHEDULE: '17 4 1 1 *',
    ...settings,
  });
  await untilReady(product);
  const close = async (): Promise<void> => {
    product.process.signal('SIGTERM');
    await product.process.exit;
    await database.drop();
    rmSync(dataDir, { recursive: true });
  };
  return { dataDir, product, close };
}

/** What a command printed as JSON; throws unless it succeeded. */
export const printedJson = ({ code, stdout, stderr }: CliRun): never => {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as never;
};
