import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError, type ConnectionOptions } from '@temporalio/client';
import type { Log } from '../../config/log';
import { createRetries } from './retries';
import { registerSearchAttributes } from './search-attributes';

/** How Temporal is reached; see `temporalConnection` of `config/temporal.ts`. */
export interface TemporalSettings extends Pick<ConnectionOptions, 'address' | 'tls' | 'apiKey'> {
  readonly namespace: string;
}

/** Thrown when Temporal cannot be reached, or does not answer in time. */
export class TemporalUnavailableError extends Error {
  override readonly name = 'TemporalUnavailableError';

  constructor(options?: ErrorOptions) {
    super('Temporal does not answer: try again later', options);
  }
}

/** The way to Temporal. It may come and go: what is asked for meanwhile throws {@link TemporalUnavailableError}. */
export interface Temporal {
  readonly namespace: string;
  /** The SDK's client. Calls made with it directly have no deadline. */
  client(): Client;
  /** Asks something of Temporal, with a deadline (5 s). */
  call<T>(work: (client: Client) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Resolves when the namespace can be used right now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE_MS = 5_000;
const CHECK_MS = 2_000;
const RETRY_MS = 500;
/** gRPC's numbers of "cancelled", "deadline exceeded", "unavailable", and of "not found". */
const GONE = [1, 4, 14];
const NOT_FOUND = [5];

/** Reconnecting is tried at least so often; gRPC's own back-off would go up to two minutes. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2_000 };

/** Namespaces of a server that we did not start are its operator's to make. */
const whyNotUp = (error: unknown): string =>
  isGrpcServiceError(error) && NOT_FOUND.includes(error.code)
    ? 'the namespace does not exist: expected an operator to make it (temporal operator namespace create)'
    : 'Temporal does not answer yet';

const isGone = (error: unknown): boolean => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return [error, cause].some((one) => isGrpcServiceError(one) && GONE.includes(one.code));
};

/** Connects in the background, again and again until it succeeds; returns at once. */
export function createTemporal({ namespace, ...settings }: TemporalSettings, log: Log): Temporal {
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  const retries = createRetries();
  const connection = Connection.lazy({ ...settings, channelArgs: RECONNECT, interceptors: retries.interceptors });
  const client = new Client({ connection, namespace });
  const inFlight = new Set<Promise<unknown>>();
  let state = 'connecting' as 'connecting' | 'up';

  const describe = async (): Promise<void> => {
    await connection.withDeadline(Date.now() + CHECK_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  };

  async function connect(): Promise<void> {
    for (let attempt = 1; !isClosing(); attempt += 1) {
      try {
        await describe();
        await registerSearchAttributes(connection, namespace, log);
        state = 'up';
        log.info({ namespace, address: settings.address }, 'connected to Temporal');
        return;
      } catch (error) {
        if (attempt % 20 === 1 && !isClosing()) {
          log.warn({ err: error, namespace, address: settings.address }, whyNotUp(error));
        }
        await sleep(RETRY_MS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }
  let connecting = connect();

  /** One call may be late for reasons of its own (no worker answers a query); only a namespace that is silent is gone. */
  async function verify(): Promise<void> {
    try {
      await describe();
    } catch (error) {
      if (isClosing() || state !== 'up') return;
      log.warn({ err: error }, 'Temporal does not answer any more');
      state = 'connecting';
      connecting = connect();
    }
  }

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    const call = work();
    inFlight.add(call);
    try {
      return await call;
    } catch (error) {
      if (!isGone(error)) throw error;
      if (state === 'up') void verify();
      throw new TemporalUnavailableError({ cause: error });
    } finally {
      inFlight.delete(call);
    }
  };

  const ready = (): Client => {
    if (state !== 'up') throw new TemporalUnavailableError();
    return client;
  };

  return {
    namespace,
    client: ready,
    call: (work, deadlineMs = DEADLINE_MS) =>
      guarded(() => connection.withDeadline(Date.now() + deadlineMs, async () => work(ready()))),
    check: () => guarded(describe),
    close: async () => {
      closing.abort();
      const stopped = retries.stop();
      await Promise.allSettled([connecting, ...inFlight, stopped]);
      await connection.close();
    },
  };
}
