import { Context } from '@temporalio/activity';

const EVERY_MS = 2_000;

/** Heartbeats while `work` runs, for work that cannot say itself how far it is (one long statement). */
export async function whileHeartbeating<T>(work: Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
