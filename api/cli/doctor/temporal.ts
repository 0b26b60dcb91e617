import { Connection } from '@temporalio/client';
import { temporalConnection } from '../../../config/temporal';
import type { Config } from '../../../config/schema';
import { inWords, type Finding } from './check';

const CONNECT_MS = 4_000;
const GRPC_NOT_FOUND = 5;

const isNotFound = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === GRPC_NOT_FOUND;

/** Whether the Temporal server of the settings answers and has our namespace. */
export async function checkTemporal(config: Config): Promise<Finding> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
  if (address === undefined) return { level: 'ok', detail: 'embedded: starts with the product' };
  try {
    const connection = await Connection.connect({ ...temporalConnection(config), connectTimeout: CONNECT_MS });
    try {
      await connection.withDeadline(Date.now() + CONNECT_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return { level: 'ok', detail: `${address} has namespace ${namespace}` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!isNotFound(error)) {
      const hint = 'look at TEMPORAL_ADDRESS and TEMPORAL_TLS, and whether the server runs';
      return { level: 'fail', detail: `${address}: ${inWords(error)}`, hint };
    }
    const hint = `run temporal operator namespace create --address ${address} --namespace ${namespace}`;
    return { level: 'fail', detail: `${address} has no namespace ${namespace}`, hint };
  }
}
