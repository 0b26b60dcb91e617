import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when a part of the product works; rejects when it does not. */
export type Probe = () => Promise<unknown>;

export type Probes = Readonly<Record<string, Probe>>;

/** Thrown by a probe to say what is wrong, to everybody: no addresses, no secrets. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** What is known of one part. */
export interface Check {
  readonly status: 'ok' | 'missing';
  /** What is wrong, where the probe says so. */
  readonly reason?: string;
  readonly error?: unknown;
}

const DEADLINE_MS = 2_500;

async function check(probe: Probe, deadlineMs: number): Promise<Check> {
  const late = new AbortController();
  try {
    const timeout = sleep(deadlineMs, undefined, { signal: late.signal }).then(() => {
      throw new NotReadyError('does not answer');
    });
    timeout.catch(() => undefined);
    await Promise.race([probe(), timeout]);
    return { status: 'ok' };
  } catch (error) {
    return { status: 'missing', reason: error instanceof NotReadyError ? error.message : 'not available', error };
  } finally {
    late.abort();
  }
}

/** Asks all parts at once; one that does not answer in time is missing. */
export async function runProbes(probes: Probes, deadlineMs = DEADLINE_MS): Promise<Record<string, Check>> {
  const checks = Object.entries(probes).map(async ([name, probe]) => [name, await check(probe, deadlineMs)] as const);
  return Object.fromEntries(await Promise.all(checks));
}
