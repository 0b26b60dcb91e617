import { errorCode } from '../../../config/error-code';
import type { Config } from '../../../config/schema';

/** How bad a finding is: `warn` lets the product run. */
export type Level = 'ok' | 'warn' | 'fail';

/** What a check found, and what to do about it. */
export interface Finding {
  readonly level: Level;
  readonly detail: string;
  readonly hint?: string;
}

/** A finding; without a hint there is nothing to do. */
export const found = (level: Level, detail: string, hint?: string): Finding => ({
  ...{ level, detail },
  ...(hint === undefined ? {} : { hint }),
});

/** A finding with the name of its check. */
export interface Outcome extends Finding {
  readonly name: string;
}

/** One thing to look at, of which more than one thing may be found. What it throws is a finding as well. */
export interface Check {
  readonly name: string;
  run(config: Config, env: NodeJS.ProcessEnv): Promise<Finding | readonly Finding[]> | Finding;
}

const TIMEOUT_MS = 15_000;

/** An error in a few words; connection errors often have nothing but a code. */
export function inWords(error: unknown): string {
  const message =
    error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
      ? String(error.message)
      : String(error);
  const code = errorCode(error);
  return message === '' ? code || 'unknown error' : message;
}

async function runOne(check: Check, config: Config, env: NodeJS.ProcessEnv): Promise<Outcome[]> {
  const { name } = check;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS, { level: 'fail', detail: `no answer within ${TIMEOUT_MS / 1_000} s` });
  });
  try {
    const found = [await Promise.race([check.run(config, env), late])].flat();
    return found.map((finding) => ({ name, ...finding }));
  } catch (error) {
    return [{ name, level: 'fail', detail: inWords(error) }];
  } finally {
    clearTimeout(timer);
  }
}

/** Runs all checks at once; their outcomes come in the order of the checks. */
export async function runChecks(checks: readonly Check[], config: Config, env: NodeJS.ProcessEnv): Promise<Outcome[]> {
  return (await Promise.all(checks.map((check) => runOne(check, config, env)))).flat();
}
