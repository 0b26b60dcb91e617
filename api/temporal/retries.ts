import { setTimeout as sleep } from 'node:timers/promises';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type ConnectionOptions } from '@temporalio/client';

/** Retries of calls, for one connection. */
export interface Retries {
  readonly interceptors: NonNullable<ConnectionOptions['interceptors']>;
  /** Retries no more; resolves when the connection may be closed. */
  stop(): Promise<void>;
}

/** The longest pause between two tries; the SDK's own would outlast the deadlines of calls. */
const LONGEST_PAUSE_MS = 500;

/**
 * The SDK's retries of calls that failed for reasons that pass. A try that was put off is made even when its call has been
 * given up meanwhile, and on a closed connection it throws where nobody can catch it: so its time is waited for first.
 */
export function createRetries(): Retries {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions();
  let stopped = false;
  let latest = 0;
  const interceptor = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !stopped && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const pause = Math.min(LONGEST_PAUSE_MS, delayFunction(attempt, status));
      latest = Math.max(latest, performance.now() + pause);
      return pause;
    },
  });
  return {
    interceptors: [interceptor],
    stop: async () => {
      stopped = true;
      const left = latest - performance.now();
      // Timers fire in the order of their times: the retries before this one.
      if (left > -LONGEST_PAUSE_MS) await sleep(Math.max(0, left) + 20);
    },
  };
}
