import { isGrpcServiceError, type Connection } from '@temporalio/client';
import type { Log } from '../../config/log';
import { SEARCH_ATTRIBUTES } from '../../workflows/shared/job';

/** Temporal's number for the type "keyword", and gRPC's for "already exists". */
const KEYWORD = 2;
const ALREADY_EXISTS = [6];
const DEADLINE_MS = 5_000;

/**
 * Makes the search attributes of our workflows known to a namespace; no harm where they are. A server that does not let
 * us (a managed one) is expected to have them: its operator adds them.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string, log: Log): Promise<void> {
  const searchAttributes = Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    );
  } catch (error) {
    if (isGrpcServiceError(error) && ALREADY_EXISTS.includes(error.code)) return;
    log.warn({ err: error, namespace }, 'search attributes cannot be registered: expected an operator to have done it');
  }
}
