import { isGrpcServiceError, type Connection } from '@temporalio/client';
import type { Log } from '../../config/log';
import { SEARCH_ATTRIBUTES } from '../../workflows/shared/job';

/** Temporal's number for the type "keyword", and gRPC's for "already exists". */
const KEYWORD = 2;
const ALREADY_EXISTS = 6;
const DEADLINE_MS = 5_000;

/** Makes the search attributes of our workflows known to a namespace; no harm where they are. */
export async function addSearchAttributes(
  { operatorService }: Pick<Connection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter((name) => !Object.hasOwn(customAttributes, name));
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!isGrpcServiceError(error) || ![ALREADY_EXISTS].includes(error.code)) throw error;
  }
}

/**
 * {@link addSearchAttributes}, where the server lets us. One that does not (a managed one) is expected to have them: its
 * operator adds them.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string, log: Log): Promise<void> {
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () => addSearchAttributes(connection, namespace));
  } catch (error) {
    log.warn({ err: error, namespace }, 'search attributes cannot be registered: expected an operator to have done it');
  }
}
