import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { addSearchAttributes } from '../api/temporal/search-attributes';
import { SEARCH_ATTRIBUTES } from '../workflows/shared/job';
import { EngineError } from './errors';

/** gRPC's numbers for what a server says. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const DAY_SECONDS = 86_400;
const DEFAULT_RETENTION_DAYS = 7;
const VISIBLE_MS = 30_000;

/** Any connection to a Temporal server: of a client, or of a worker. */
export type TemporalServices = Pick<Connection, 'workflowService' | 'operatorService'>;

/** The gRPC status of an error. */
const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : undefined;

/** How long closed workflows are kept, in seconds; nothing when there is no such namespace. */
async function retentionOf({ workflowService }: TemporalServices, namespace: string): Promise<number | undefined> {
  try {
    const { config } = await workflowService.describeNamespace({ namespace });
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** A namespace that was just made is not known to all parts of the server at once: what is asked of them is asked again. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + VISIBLE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (statusOf(error) !== NOT_FOUND || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

async function create({ workflowService }: TemporalServices, namespace: string, seconds: number): Promise<void> {
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(seconds * 1000) });
  } catch (error) {
    if (statusOf(error) !== ALREADY_EXISTS) throw error;
  }
}

async function bring(connection: TemporalServices, namespace: string, days: number | undefined): Promise<void> {
  const wanted = (days ?? DEFAULT_RETENTION_DAYS) * DAY_SECONDS;
  const retention = await retentionOf(connection, namespace);
  if (retention === undefined) {
    await create(connection, namespace, wanted);
  } else if (days !== undefined && retention !== wanted) {
    const config = { workflowExecutionRetentionTtl: msToTs(wanted * 1000) };
    await connection.workflowService.updateNamespace({ namespace, config });
  }
  await onceKnown(() => addSearchAttributes(connection, namespace));
}

/**
 * Brings a namespace to what the product needs, as often as one likes: it exists, and knows our search attributes. With
 * `retentionDays` its retention is set too; without, that of an existing namespace is its operator's affair. Throws
 * {@link EngineError} when the server does not let us.
 */
export async function ensureNamespace(
  connection: TemporalServices,
  namespace: string,
  options: { readonly retentionDays?: number } = {},
): Promise<void> {
  try {
    await bring(connection, namespace, options.retentionDays);
  } catch (error) {
    if (statusOf(error) !== PERMISSION_DENIED) throw error;
    const attributes = Object.values(SEARCH_ATTRIBUTES).join(' and ');
    throw new EngineError(
      `Temporal does not let us set up the namespace '${namespace}': expected it to exist with the search attributes ${attributes} (Keyword); have its operator make them, or give TEMPORAL_API_KEY more rights`,
      { cause: error },
    );
  }
}
