import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { fromGlobalSetup } from './database';
import { TEST_NAMESPACES } from './namespaces';

/** A client and a worker's connection to the tests' Temporal server. */
export interface TestTemporal {
  readonly client: Client;
  readonly connection: NativeConnection;
  close(): Promise<void>;
}

/** The namespace of this jest worker. */
export function testNamespace(): string {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? '1');
  const namespace = TEST_NAMESPACES[worker - 1];
  if (namespace === undefined) throw new Error(`jest worker ${worker} has no namespace: expected at most 4 workers`);
  return namespace;
}

/** Connects to the tests' Temporal server, in this jest worker's namespace. Close it in `afterAll`. */
export async function connectTestTemporal(): Promise<TestTemporal> {
  const connection = await NativeConnection.connect({ address: fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL') });
  const client = new Client({ connection, namespace: testNamespace() });
  return { client, connection, close: () => connection.close() };
}

/** The bundle of all workflows, made once per run; for `workflowBundle` of a worker. */
export const testBundle = (): { codePath: string } => ({ codePath: fromGlobalSetup('CROSSCONNECT_TEST_BUNDLE') });
